"""Training curves of many runs as one figure, drawn within half a second for fifty of them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from xray_core.comparison.contenders import Contender
from xray_core.comparison.many_lines import MANY, simplify_lines
from xray_core.comparison.style import Style
from xray_core.comparison.training_curves import (
    CURVES,
    PARTS,
    VALIDATION,
    average_clocks,
    count_members,
    draw_together,
    group_by_seed,
    measure_overfitting,
    measure_progress,
    smooth,
)
from xray_core.palette import NEUTRAL

_TEXT_PIXELS = 18  # a line of the labels
_PANEL_PIXELS, _GAP = 190, 0.06
_MOST_WITH_GAP = 3  # more shaded gaps hide each other
_MOST_IN_ONE_LABEL = 30  # lines; a longer label covers what it tells of


@dataclass(frozen=True)
class CurveView:
    """What of the curves is drawn, and how.

    Attributes:
        metrics: of `CURVES`.
        parts: of `PARTS`.
        by_time: minutes instead of epochs.
        smoothing: 0 to below 1, see `smooth`.
        log_scale: of every vertical axis.
        seed_bands: runs that differ by seed at most become a mean and a band.
    """

    metrics: tuple[str, ...] = tuple(CURVES)
    parts: tuple[str, ...] = PARTS
    by_time: bool = False
    smoothing: float = 0.0
    log_scale: bool = False
    seed_bands: bool = True


def draw_training_curves(
    contenders: Sequence[Contender],
    names: Mapping[str, str],
    styles: Mapping[str, Style],
    view: CurveView,
) -> go.Figure:
    """Return one panel for each metric, all with the same horizontal axis and one hover.

    Validation is drawn bold, training thin. Of many runs training is grey, and of many epochs 25 to
    100 are drawn.
    The figure is not validated by Plotly, which takes longer for fifty runs than making it.
    """
    shown = [contender for contender in contenders if len(contender.history)]
    alone = {contender.id: [contender] for contender in shown}
    groups = group_by_seed(shown) if view.seed_bands else alone
    many = len(groups) > MANY
    traces: list[dict[str, Any]] = []
    for panel, metric in enumerate(view.metrics):
        for first, members in groups.items():
            name = names[first] + (f", {count_members(members)}" if len(members) > 1 else "")
            traces += _trace_group(members, name, styles[first], metric, panel, view, many)
    if many:
        traces = simplify_lines(traces)
    if "loss" in view.metrics and set(PARTS) <= set(view.parts):
        gaps = _trace_gaps(groups, styles, view.metrics.index("loss"), view)
        traces = gaps + traces
    layout = _lay_out(view) | _lay_out_hover(len(groups), view)
    layout["showlegend"] = not many  # it would take more room than the curves
    return go.Figure({"data": traces, "layout": layout}, _validate=False)


def list_without(contenders: Sequence[Contender], by_time: bool) -> list[Contender]:
    """Return those that cannot be drawn: no curves were kept, or no times."""
    return [
        contender
        for contender in contenders
        if contender.history.empty or measure_progress(contender.history, by_time) is None
    ]


def _trace_group(
    members: list[Contender],
    name: str,
    style: Style,
    metric: str,
    panel: int,
    view: CurveView,
    many: bool,
) -> list[dict[str, Any]]:
    """Return the lines of one run, or of the seeds of one setting, in one panel.

    Of many runs, training is grey: their colours repeat, and each more costs the browser time.
    """
    traces: list[dict[str, Any]] = []
    for part in view.parts:
        column = (VALIDATION if part == "validation" else "") + metric
        drawn = [
            (along, smooth(run.history[column].to_numpy(float), view.smoothing))
            for run in members
            if column in run.history
            and (along := measure_progress(run.history, view.by_time)) is not None
        ]
        if not drawn:
            continue
        along = average_clocks([along for along, _ in drawn])
        mean, low, high = draw_together([values for _, values in drawn])
        axis = {"yaxis": f"y{panel + 1}" if panel else "y", "x": along.astype(np.float32)}
        if len(drawn) > 1:
            traces += _trace_band(low, high, style, axis)
        bold = part == "validation"
        traces.append(
            axis
            | {
                "y": mean.astype(np.float32),
                "mode": "lines+markers" if len(along) == 1 else "lines",
                "name": f"{name}, {part}",
                "legendgroup": name,
                "showlegend": panel == 0 and part == view.parts[-1],
                "line": _draw_line(style, bold, many),
                "hovertemplate": f"{CURVES[metric]} %{{y:.3g}}",
            }
        )
    return traces


def _draw_line(style: Style, bold: bool, many: bool) -> dict[str, Any]:
    if bold:
        return {"color": style.colour, "dash": style.dash, "width": 1.5 if many else 2.5}
    return {"color": NEUTRAL if many else style.shade(0.6), "dash": style.dash, "width": 1}


def _trace_band(
    low: np.ndarray, high: np.ndarray, style: Style, axis: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return the area between the lowest and the highest of some seeds."""
    known = np.isfinite(low)
    along = axis["x"][known]
    return [
        {
            "x": np.concatenate([along, along[::-1]]),
            "y": np.concatenate([high[known], low[known][::-1]]).astype(np.float32),
            "yaxis": axis["yaxis"],
            "mode": "lines",
            "fill": "toself",
            "fillcolor": style.shade(0.18),
            "line": {"width": 0},
            "hoverinfo": "skip",
            "showlegend": False,
        }
    ]


def _trace_gaps(
    groups: Mapping[str, list[Contender]], styles: Mapping[str, Style], panel: int, view: CurveView
) -> list[dict[str, Any]]:
    """Return the area between training and validation loss, named at its end."""
    if len(groups) > _MOST_WITH_GAP:
        return []
    traces: list[dict[str, Any]] = []
    labels: list[dict[str, Any]] = []
    for first, members in groups.items():
        history = members[0].history
        along = measure_progress(history, view.by_time)
        found = measure_overfitting(history)
        if len(members) > 1 or along is None or found is None or math.isnan(found.gap):
            continue
        training, validation = (
            smooth(history[column].to_numpy(float), view.smoothing)
            for column in ("loss", VALIDATION + "loss")
        )
        axis = {"yaxis": f"y{panel + 1}" if panel else "y", "x": along}
        traces += _trace_band(training, validation, styles[first], axis)
        labels.append(
            {
                "x": along[-1:],
                "y": (training[-1:] + validation[-1:]) / 2,
                "yaxis": axis["yaxis"],
                "mode": "text",
                "text": [f"gap {found.gap:+#.3g}"],
                "textposition": "middle right",
                "cliponaxis": False,
                "textfont": {"color": styles[first].colour},
                "hoverinfo": "skip",
                "showlegend": False,
            }
        )
    if labels:
        areas = np.concatenate([trace["y"] for trace in traces])
        places = np.concatenate([label["y"] for label in labels])
        for label, place in zip(labels, _part(places, areas, view.log_scale), strict=True):
            label["y"] = place[np.newaxis]
    return traces + labels


def _part(places: np.ndarray, areas: np.ndarray, log_scale: bool) -> np.ndarray:
    """Return heights of labels, moved apart until each can be read, in their order.

    Args:
        places: where each belongs.
        areas: all heights that are drawn, which tell the height of a line of text.
        log_scale: whether the axis is logarithmic.
    """
    if log_scale:
        with np.errstate(divide="ignore"):
            return np.exp(_part(np.log(places), np.log(areas), False))
    known = areas[np.isfinite(areas)]
    line = _TEXT_PIXELS / _PANEL_PIXELS * (known.max() - known.min())
    order = np.argsort(places, kind="stable")
    steps = line * np.arange(len(places))
    # As in a stack: each at least a line above the one below.
    moved = np.empty(len(places))
    moved[order] = np.maximum.accumulate(places[order] - steps) + steps
    return moved


def _lay_out_hover(groups: int, view: CurveView) -> dict[str, Any]:
    """Return one label for all panels, or for the panel below the pointer where it has many lines.

    Either way a line through all panels tells where they are read. Very many runs are joined to a
    few traces, of which one label would tell one run each: there the nearest line is named.
    """
    lines = groups * len(view.metrics) * len(view.parts)
    return {
        "hovermode": "closest" if groups > MANY else "x unified",
        "hoversubplots": "axis" if lines <= _MOST_IN_ONE_LABEL else "single",
    }


def _lay_out(view: CurveView) -> dict[str, Any]:
    """Return a column of panels over one horizontal axis."""
    count = max(1, len(view.metrics))
    height = (1 - _GAP * (count - 1)) / count
    layout: dict[str, Any] = {
        "height": 90 + _PANEL_PIXELS * count,
        "margin": {"l": 70, "r": 80, "t": 40, "b": 50},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        "hoverlabel": {"namelength": -1},
        "xaxis": {
            "title": {"text": "Minutes" if view.by_time else "Epoch"},
            "anchor": f"y{count}" if count > 1 else "y",
            "showspikes": True,
            "spikemode": "across",
            "spikesnap": "data",
            "spikethickness": 1,
            "rangemode": "tozero" if view.by_time else "normal",
            "automargin": False,  # which would draw everything twice
        },
    }
    for panel, metric in enumerate(view.metrics):
        top = 1 - panel * (height + _GAP)
        layout[f"yaxis{panel + 1}" if panel else "yaxis"] = {
            "title": {"text": CURVES[metric]},
            "domain": [max(0.0, top - height), top],
            "type": "log" if view.log_scale else "linear",
            "nticks": 5,
            "automargin": False,
        }
    return layout
