"""Areas behind training curves: the band of some seeds, and the named gap of overfitting."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from xray_core.comparison.contenders import Contender
from xray_core.comparison.curve_view import PANEL_PIXELS, CurveView
from xray_core.comparison.style import Style
from xray_core.comparison.training_curves import (
    VALIDATION,
    measure_overfitting,
    measure_progress,
    smooth,
)

_TEXT_PIXELS = 18  # a line of the labels
_MOST_WITH_GAP = 3  # more shaded gaps hide each other


def trace_band(
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


def trace_gaps(
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
        traces += trace_band(training, validation, styles[first], axis)
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
    line = _TEXT_PIXELS / PANEL_PIXELS * (known.max() - known.min())
    order = np.argsort(places, kind="stable")
    steps = line * np.arange(len(places))
    # As in a stack: each at least a line above the one below.
    moved = np.empty(len(places))
    moved[order] = np.maximum.accumulate(places[order] - steps) + steps
    return moved
