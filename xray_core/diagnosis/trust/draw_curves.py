"""Deletion and insertion as Plotly figures."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from xray_core.diagnosis.trust.faithfulness import Curves, Faithfulness
from xray_core.palette import ACCENT

_BAND = "rgba(128, 128, 128, 0.3)"


def draw_faithfulness(curves: Curves, title: str, across: str) -> go.Figure:
    """Return the overlay's curve over the band of the random maps.

    Args:
        curves: deletion or insertion.
        title: above the chart.
        across: what the horizontal axis counts.
    """
    shares, probabilities = 100 * curves.shares, 100 * to_probability(curves.random)
    figure = go.Figure()
    figure.add_scatter(
        x=[*shares, *shares[::-1]],
        y=[*probabilities.max(axis=0), *probabilities.min(axis=0)[::-1]],
        mode="lines",
        fill="toself",
        fillcolor=_BAND,
        line={"width": 0},
        name=f"{len(curves.random)} random maps, from lowest to highest",
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=shares,
        y=100 * to_probability(curves.overlay),
        name="The overlay",
        line={"color": ACCENT, "width": 3},
        hovertemplate="%{x:.0f} %: probability %{y:.1f} %<extra></extra>",
    )
    figure.update_layout(
        title={"text": title, "font": {"size": 15}},
        height=300,
        margin={"l": 10, "r": 10, "t": 40, "b": 10},
        legend={"orientation": "h", "y": -0.3},
    )
    figure.update_xaxes(title=across, ticksuffix=" %")
    figure.update_yaxes(title="Probability of pneumonia", range=[0, 100], ticksuffix=" %")
    return figure


def tabulate_faithfulness(found: Faithfulness) -> pd.DataFrame:
    """Return both curves: ``curve, share, overlay, random_lowest, random_highest``."""
    rows = [
        pd.DataFrame(
            {
                "curve": name,
                "share": curves.shares,
                "overlay": to_probability(curves.overlay),
                "random_lowest": to_probability(curves.random).min(axis=0),
                "random_highest": to_probability(curves.random).max(axis=0),
            }
        )
        for name, curves in (("deletion", found.deletion), ("insertion", found.insertion))
    ]
    return pd.concat(rows, ignore_index=True)


def to_probability(log_odds: np.ndarray) -> np.ndarray:
    """Return the probability of each log-odds.

    >>> to_probability(np.array([0.0]))
    array([0.5])
    """
    return 1 / (1 + np.exp(-log_odds))
