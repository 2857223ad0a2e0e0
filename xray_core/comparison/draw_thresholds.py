"""What models say over all thresholds: ROC, precision and recall, reliability, net benefit."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots
from sklearn.metrics import precision_recall_curve, roc_curve

from xray_core.comparison.predictions import Predictions
from xray_core.comparison.style import REFERENCE_COLOUR, Style, finish
from xray_core.evaluation.decision import net_benefits
from xray_core.evaluation.metrics import ECE_BINS, Confusion, bin_probabilities, count_calls
from xray_core.evaluation.wilson import wilson_interval

_STEPS = np.arange(1, 100) / 100
_SQUARE_PIXELS = 460
_PICTURES = "Pictures"
_MOST_WITH_WHISKERS = 3  # those of more models hide each other


def draw_roc(
    tests: Mapping[str, Predictions],
    thresholds: Mapping[str, float],
    names: Mapping[str, str],
    styles: Mapping[str, Style],
) -> go.Figure:
    """Return the ROC curve of each model, with a mark where its threshold puts it.

    Args:
        tests: model id to its answers; both classes must occur.
        thresholds: model id to threshold.
        names, styles: model id to name and style.
    """
    figure = go.Figure()
    _add_line(figure, [0, 1], [0, 1], "a coin")
    for model_id, test in tests.items():
        answered = test.take(test.answered)
        alarms, found, _ = roc_curve(answered.labels, answered.probabilities)
        _add_curve(figure, alarms, found, names[model_id], styles[model_id])
        counts = count_calls(answered.labels, answered.probabilities, thresholds[model_id])
        point = (counts.fp / max(1, counts.fp + counts.tn), counts.tp / max(1, _ill(counts)))
        _add_point(figure, point, names[model_id], styles[model_id], thresholds[model_id])
    figure.update_xaxes(title="False alarms (1 − specificity)", range=[-0.01, 1.01])
    figure.update_yaxes(title="Pneumonias found (sensitivity)", range=[-0.01, 1.01])
    return finish(figure, _SQUARE_PIXELS)


def draw_precision_recall(
    tests: Mapping[str, Predictions],
    thresholds: Mapping[str, float],
    names: Mapping[str, str],
    styles: Mapping[str, Style],
) -> go.Figure:
    """Return precision over sensitivity of each model, with a mark where its threshold puts it."""
    figure = go.Figure()
    for model_id, test in tests.items():
        answered = test.take(test.answered)
        precision, found, _ = precision_recall_curve(answered.labels, answered.probabilities)
        _add_curve(figure, found, precision, names[model_id], styles[model_id])
        counts = count_calls(answered.labels, answered.probabilities, thresholds[model_id])
        if counts.tp + counts.fp:
            point = (counts.tp / max(1, _ill(counts)), counts.tp / (counts.tp + counts.fp))
            _add_point(figure, point, names[model_id], styles[model_id], thresholds[model_id])
        share = float(answered.labels.mean())
    if tests:
        _add_line(figure, [0, 1], [share, share], "calling all pneumonia")
    figure.update_xaxes(title="Pneumonias found (sensitivity)", range=[-0.01, 1.01])
    figure.update_yaxes(title="Calls that are right (precision)", rangemode="tozero")
    return finish(figure, _SQUARE_PIXELS)


def draw_reliability(
    tests: Mapping[str, Predictions], names: Mapping[str, str], styles: Mapping[str, Style]
) -> go.Figure:
    """Return how often pneumonia was there for each stated probability, over a histogram of them.

    On the dotted line a stated 70 % is right in 70 of 100 pictures; bins as in the calibration
    error, larger marks for more pictures. Of up to three models each bin has its 95 % interval, as
    if no two pictures were of one patient.
    """
    few = len(tests) <= _MOST_WITH_WHISKERS
    figure = make_subplots(2, 1, shared_xaxes=True, row_heights=[0.72, 0.28], vertical_spacing=0.05)
    _add_line(figure, [0, 1], [0, 1], "perfectly calibrated")
    edges = np.linspace(0, 1, ECE_BINS + 1)
    for model_id, test in tests.items():
        answered = test.take(test.answered)
        bins = bin_probabilities(answered.probabilities)
        counts = np.bincount(bins, minlength=ECE_BINS)
        stated, seen = (
            np.bincount(bins, values, ECE_BINS)[counts > 0] / counts[counts > 0]
            for values in (answered.probabilities, answered.labels)
        )
        style = styles[model_id]
        figure.add_scatter(
            x=stated,
            y=seen,
            mode="lines+markers",
            name=names[model_id],
            legendgroup=model_id,
            line={"color": style.colour, "dash": style.dash},
            marker={"symbol": style.symbol, "size": 4 + np.sqrt(counts[counts > 0]).clip(max=14)},
            error_y=_draw_whiskers(seen, counts[counts > 0], style) if few else None,
            customdata=counts[counts > 0],
            meta=_PICTURES,
            hovertemplate="stated %{x:.3r}, seen %{y:.3r} in %{customdata} pictures"
            "<extra>%{fullData.name}</extra>",
        )
        figure.add_bar(
            x=(edges[:-1] + edges[1:]) / 2,
            y=counts,
            name=names[model_id],
            legendgroup=model_id,
            showlegend=False,
            marker={"color": style.colour},
            hovertemplate="%{y} pictures<extra>%{fullData.name}</extra>",
            row=2,
            col=1,
        )
    title = "Share with pneumonia" + (", 95 % interval" if few else "")
    figure.update_yaxes(title=title, range=[-0.02, 1.02], row=1, col=1)
    figure.update_yaxes(title=_PICTURES, row=2, col=1)
    figure.update_xaxes(title="Stated probability of pneumonia", range=[0, 1], row=2, col=1)
    return finish(figure, _SQUARE_PIXELS + 60)


def _draw_whiskers(shares: np.ndarray, counts: np.ndarray, style: Style) -> dict[str, Any]:
    pairs = zip(shares, counts, strict=True)
    low, high = np.array([wilson_interval(share, count) for share, count in pairs]).T
    return {
        "array": high - shares,
        "arrayminus": shares - low,
        "color": style.shade(0.5),
        "thickness": 1.5,
        "width": 0,
    }


def draw_net_benefit(
    tests: Mapping[str, Predictions],
    names: Mapping[str, str],
    styles: Mapping[str, Style],
    prevalence: float,
) -> go.Figure:
    """Return the decision curve of each model, beside acting on every picture and on none.

    Args:
        prevalence: of pneumonia where the models would be used, 0 to 1.
    """
    figure = go.Figure()
    for name, probability in (("act on all", 1.0), ("act on none", 0.0)):
        both = net_benefits([0, 1], [probability] * 2, _STEPS, prevalence)
        _add_line(figure, _STEPS, both, name, "dot" if probability else "dash")
    highest = prevalence
    for model_id, test in tests.items():
        answered = test.take(test.answered)
        benefit = net_benefits(answered.labels, answered.probabilities, _STEPS, prevalence)
        _add_curve(figure, _STEPS, benefit, names[model_id], styles[model_id])
    figure.update_xaxes(title="Probability from which one would act", range=[0, 1])
    figure.update_yaxes(title="Net benefit", range=[-0.25 * highest, 1.08 * highest])
    return finish(figure, _SQUARE_PIXELS)


def _ill(counts: Confusion) -> int:
    return counts.tp + counts.fn


def _add_curve(figure: go.Figure, x: np.ndarray, y: np.ndarray, name: str, style: Style) -> None:
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines",
        name=name,
        legendgroup=name,
        line={"color": style.colour, "dash": style.dash, "width": 2.2},
        hovertemplate="%{x:.3f}, %{y:.3f}<extra>%{fullData.name}</extra>",
    )


def _add_point(
    figure: go.Figure, point: tuple[float, float], name: str, style: Style, threshold: float
) -> None:
    figure.add_scatter(
        x=point[:1],
        y=point[1:],
        mode="markers",
        name=name,
        legendgroup=name,
        showlegend=False,
        marker={
            "color": style.colour,
            "symbol": style.symbol,
            "size": 12,
            "line": {"color": "#ffffff", "width": 1.5},
        },
        hovertemplate=f"at threshold {threshold:.3f}: %{{x:.3f}}, %{{y:.3f}}"
        "<extra>%{fullData.name}</extra>",
    )


def _add_line(
    figure: go.Figure, x: np.ndarray | list[float], y: object, name: str, dash: str = "dot"
) -> None:
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines",
        name=name,
        line={"color": REFERENCE_COLOUR, "dash": dash, "width": 1.5},
        hoverinfo="skip",
    )
