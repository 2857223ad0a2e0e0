"""What would the answer be if …: parts of the picture to cover, and the figure to draw them on."""

import base64
from enum import StrEnum

import cv2
import numpy as np
import plotly.graph_objects as go

from xray_core.diagnosis.overlay import View
from xray_core.images.xray import WORKING_SIZE
from xray_core.lungs.zones import ZONE_NAMES, Lungs, number_zones

_GRID = 24
_COVER = (128, 128, 128, 215)  # grey, through which the part can still be made out
_WIDTH, _MOST_HEIGHT = 640, 520  # pixels of a page of usual width


class Cover(StrEnum):
    """What can be covered beside the six zones, which have their own names."""

    BOX = "a box that I draw"
    OUTSIDE = "everything but the lungs"


def name_covers() -> list[str]:
    """Return everything that can be covered."""
    return [*Cover, *(f"{name} zone" for name in ZONE_NAMES)]


def cover_named(name: str, lungs: Lungs) -> np.ndarray:
    """Return where a part of `name_covers` other than a box lies, bool (224, 224)."""
    if name == Cover.OUTSIDE:
        return ~lungs.both
    return number_zones(lungs) == 1 + ZONE_NAMES.index(name.removesuffix(" zone"))


def cover_box(across: tuple[float, float], down: tuple[float, float]) -> np.ndarray:
    """Return where a box lies, bool (224, 224); a pixel belongs if its centre does.

    Args:
        across, down: two sides each, as shares of the picture, in any order.

    >>> int(cover_box((0.5, 0.0), (0.0, 1.0)).sum()) == 224 * 112
    True
    """
    centres = (np.arange(WORKING_SIZE) + 0.5) / WORKING_SIZE
    columns = (centres >= min(across)) & (centres <= max(across))
    rows = (centres >= min(down)) & (centres <= max(down))
    return rows[:, np.newaxis] & columns


def draw_picture(view: View, hidden: np.ndarray | None = None) -> go.Figure:
    """Return the X-ray as a figure on which a box can be drawn, in shares of the picture.

    Args:
        view: the X-ray.
        hidden: bool (224, 224), where a cover lies over it.
    """
    figure = go.Figure()
    # Plotly draws boxes only where there are points to choose: these cannot be seen.
    places = (np.indices((_GRID, _GRID)).reshape(2, -1) + 0.5) / _GRID
    figure.add_scatter(
        x=places[1], y=places[0], mode="markers", marker={"opacity": 0}, hoverinfo="skip"
    )
    _add_image(figure, view.picture, "below")
    if hidden is not None:
        # Of two images below the same axes, Plotly draws the first alone.
        _add_image(figure, _draw_cover(hidden), "above")
    aspect = view.height / view.width
    figure.update_xaxes(range=[0, 1], visible=False, constrain="domain", fixedrange=True)
    figure.update_yaxes(
        range=[1, 0],
        visible=False,
        scaleanchor="x",
        scaleratio=aspect,
        constrain="domain",
        constraintoward="top",
        fixedrange=True,
    )
    return figure.update_layout(
        dragmode="select",
        height=min(_MOST_HEIGHT, round(_WIDTH * aspect)),
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        showlegend=False,
        paper_bgcolor="rgba(0, 0, 0, 0)",
        plot_bgcolor="rgba(0, 0, 0, 0)",
        newselection={"line": {"color": "#7debff", "width": 2, "dash": "solid"}},
    )


def _add_image(figure: go.Figure, source: str, layer: str) -> None:
    """Stretch an image over the whole figure."""
    figure.add_layout_image(
        source=source,
        xref="x",
        yref="y",
        x=0,
        y=0,
        sizex=1,
        sizey=1,
        sizing="stretch",
        layer=layer,
    )


def _draw_cover(hidden: np.ndarray) -> str:
    """Return a cover as a data URI."""
    pixels = np.where(hidden[..., np.newaxis], np.array(_COVER, np.uint8), np.uint8(0))
    _, data = cv2.imencode(".png", pixels)
    return f"data:image/png;base64,{base64.b64encode(data.tobytes()).decode('ascii')}"
