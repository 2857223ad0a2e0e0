"""The curves of a training run: as a Plotly figure, or, while it learns, as one that grows."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from xray_core.palette import ACCENT, NEUTRAL

_CURVES = {
    "loss": "Loss",
    "accuracy": "Accuracy",
    "precision": "Precision",
    "recall": "Recall",
    "auc": "AUC",
    "learning_rate": "Learning rate",
}
_COLUMNS = 3
_TICKS = 6
_STEPS = (1, 2, 5, 10, 20, 50, 100)  # between two epochs on the axis
_PARTS = {"training": "", "validation": "val_"}
_COLOURS = {"training": NEUTRAL, "validation": ACCENT}
_DASHES = {"training": "dot", "validation": "solid"}


def tabulate_curves(history: pd.DataFrame) -> pd.DataFrame:
    """Return a run's history with epochs counted from 1, and without columns that nobody draws."""
    names = [before + name for name in _CURVES for before in _PARTS.values()]
    table = history[[name for name in names if name in history]]
    table.insert(0, "epoch", range(1, len(history) + 1))
    return table


def describe_growing_curve(name: str, epochs: int) -> dict[str, Any]:
    """Return the Vega-Lite chart of one figure, the same however many epochs have ended.

    A browser puts new points into it. Plotly's is drawn from nothing each time, and blinks.

    Args:
        name: a column of ``history.csv``, such as ``loss``.
        epochs: of the whole run.
    """
    margin, parts = 0.03 * epochs, list(_PARTS)
    dashes = [[2, 3] if _DASHES[part] == "dot" else [1, 0] for part in parts]
    colour = {"domain": parts, "range": [_COLOURS[part] for part in parts]}
    return {
        "title": {"text": _CURVES[name], "anchor": "middle"},
        "height": 220,
        "mark": {"type": "line", "point": {"size": 25}},
        "encoding": {
            "x": {
                "field": "epoch",
                "type": "quantitative",
                "scale": {"domain": [1 - margin, max(epochs, 2) + margin], "nice": False},
                "axis": {"title": None, "tickMinStep": 1, "tickCount": _TICKS, "grid": False},
            },
            "y": {
                "field": "value",
                "type": "quantitative",
                "scale": {"zero": name == "learning_rate"},
                "axis": {"title": None, "tickCount": 4},
            },
            "color": {"field": "part", "type": "nominal", "scale": colour, "legend": None},
            "strokeDash": {
                "field": "part",
                "type": "nominal",
                "scale": {"domain": parts, "range": dashes},
                "legend": None,
            },
            "tooltip": [
                {"field": "part", "title": "of"},
                {"field": "epoch"},
                {"field": "value", "format": ".4~g"},
            ],
        },
    }


def tabulate_growing_curves(history: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the points of each figure for `describe_growing_curve`: ``epoch, part, value``."""
    table = tabulate_curves(history)
    grown = {}
    for name in _CURVES:
        known = {before + name: part for part, before in _PARTS.items() if before + name in table}
        if known:
            points = table[["epoch", *known]].rename(columns=known)
            grown[name] = points.melt("epoch", var_name="part")
    return grown


def draw_curves(history: pd.DataFrame, epochs: int) -> go.Figure:
    """Return one small chart for each figure, training dotted and validation solid.

    Args:
        history: from a run's ``history.csv``.
        epochs: of the whole run, so that the axis does not jump while it grows.
    """
    table = tabulate_curves(history)
    figure = make_subplots(
        -(-len(_CURVES) // _COLUMNS),
        _COLUMNS,
        subplot_titles=list(_CURVES.values()),
        horizontal_spacing=0.08,
        vertical_spacing=0.16,
    )
    for place, name in enumerate(_CURVES):
        for part, before in _PARTS.items():
            if before + name not in table:
                continue
            figure.add_scatter(
                x=table["epoch"],
                y=table[before + name],
                mode="lines+markers",
                name=part,
                legendgroup=part,
                showlegend=place == 0,
                line={"color": _COLOURS[part], "dash": _DASHES[part]},
                marker={"size": 5},
                hovertemplate=f"epoch %{{x}}: %{{y:.4g}}<extra>{part}</extra>",
                row=place // _COLUMNS + 1,
                col=place % _COLUMNS + 1,
            )
    margin = 0.03 * epochs
    figure.update_xaxes(
        range=[1 - margin, max(epochs, 2) + margin],
        dtick=next(step for step in _STEPS if epochs / step <= _TICKS),
    )
    figure.update_xaxes(title="Epoch", row=-(-len(_CURVES) // _COLUMNS))
    if "learning_rate" in table:
        # A rate that stays as it is would stand at nought on an axis from -1 to 1.
        place = list(_CURVES).index("learning_rate")
        figure.update_yaxes(
            range=[0, 1.1 * table["learning_rate"].max()],
            row=place // _COLUMNS + 1,
            col=place % _COLUMNS + 1,
        )
    figure.update_layout(
        height=480,
        margin={"l": 10, "r": 10, "t": 60, "b": 10},
        legend={"orientation": "h", "y": 1.08, "yanchor": "bottom", "x": 0},
    )
    return figure
