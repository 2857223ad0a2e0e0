"""Training curves of many runs as one figure; of fifty, too, the browser draws few traces."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from xray_core.comparison.contenders import Contender
from xray_core.comparison.curve_areas import trace_band, trace_gaps
from xray_core.comparison.curve_view import CurveView, lay_out_hover, lay_out_panels
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
    measure_progress,
    smooth,
)
from xray_core.palette import NEUTRAL


def draw_training_curves(
    contenders: Sequence[Contender],
    names: Mapping[str, str],
    styles: Mapping[str, Style],
    view: CurveView,
) -> go.Figure:
    """Return one panel for each metric, all with the same horizontal axis and one hover.

    Validation is drawn bold, training thin. Of many runs training is grey, and of many epochs 25 to
    100 are drawn. Plotly does not validate the figure: for fifty runs that takes longer than
    making it.
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
        gaps = trace_gaps(groups, styles, view.metrics.index("loss"), view)
        traces = gaps + traces
    layout = lay_out_panels(view) | lay_out_hover(len(groups), view)
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
            traces += trace_band(low, high, style, axis)
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
