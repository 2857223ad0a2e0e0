"""What of some training curves is drawn, and where."""

from dataclasses import dataclass
from typing import Any

from xray_core.comparison.many_lines import MANY
from xray_core.comparison.training_curves import CURVES, PARTS

PANEL_PIXELS = 190
_GAP = 0.06
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


def lay_out_panels(view: CurveView) -> dict[str, Any]:
    """Return a column of panels over one horizontal axis."""
    count = max(1, len(view.metrics))
    height = (1 - _GAP * (count - 1)) / count
    layout: dict[str, Any] = {
        "height": 90 + PANEL_PIXELS * count,
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


def lay_out_hover(groups: int, view: CurveView) -> dict[str, Any]:
    """Return one label for all panels, or for the panel below the pointer where it has many lines.

    Either way a line through all panels tells where they are read. Very many runs are joined to a
    few traces, of which one label would tell one run each: there the nearest line is named.
    """
    lines = groups * len(view.metrics) * len(view.parts)
    return {
        "hovermode": "closest" if groups > MANY else "x unified",
        "hoversubplots": "axis" if lines <= _MOST_IN_ONE_LABEL else "single",
    }
