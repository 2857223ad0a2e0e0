"""A heatmap and lung outlines, laid over the X-ray they belong to."""

import base64
from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np

from xray_core.diagnosis.diagnosis import Diagnosis
from xray_core.diagnosis.report import describe_scale, format_percent
from xray_core.images.xray import WORKING_SIZE, XRay
from xray_core.lungs.zones import ZONE_NAMES, Lungs, number_zones

DEFAULT_OPACITY = 0.7
# The dark end of inferno would read as shadow on an X-ray; the part above keeps its even steps of
# lightness, which all common kinds of colour blindness can follow.
_FIRST_COLOUR = 70
_VIEW_PIXELS = 1200
_OUTLINE_FINENESS = 4
_OUTLINE_COLOUR = (125, 235, 255)


@dataclass(frozen=True)
class ZoneLabel:
    """Where a zone's name belongs, in pixels of the view, and what it says."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class View:
    """All that a browser needs to draw an X-ray and what a diagnosis says of it, if there is one.

    Attributes:
        width, height: size of the picture that is sent.
        picture: the X-ray as a data URI.
        heat: the coloured evidence as a data URI with transparency, over the whole picture.
        lung_path, zone_path: SVG path data for the two lungs and for the borders between zones.
        zone_labels: the six zones with their share of the evidence.
        legend: CSS colours from no evidence to full scale, evenly spaced.
        full_scale: log-odds at the end of the legend.
        meaning: what the colours stand for, in a sentence.
        warning: written across the evidence; empty where there is nothing to warn of.
    """

    width: int
    height: int
    picture: str
    heat: str = ""
    lung_path: str = ""
    zone_path: str = ""
    zone_labels: tuple[ZoneLabel, ...] = ()
    legend: tuple[str, ...] = ()
    full_scale: float = 0.0
    meaning: str = ""
    warning: str = ""


def heat_to_rgba(heatmap: np.ndarray, full_scale: float) -> np.ndarray:
    """Return the positive evidence in colour, uint8 (H, W, 4), transparent where there is none.

    The scale is absolute: a heatmap is never stretched by its own maximum, which would paint
    noise in full colour.

    Args:
        heatmap: float (H, W) in log-odds; what speaks against pneumonia stays transparent.
        full_scale: log-odds from which the colour no longer changes.

    >>> heat_to_rgba(np.float32([[-1, 0, 2]]), full_scale=1.0)[0, :, 3].tolist()
    [0, 0, 255]
    """
    levels = np.clip(heatmap * (255 / full_scale), 0, 255).astype(np.uint8)
    return _heat_colours()[levels]


def render_overlay(
    xray: XRay, diagnosis: Diagnosis, opacity: float = DEFAULT_OPACITY
) -> np.ndarray:
    """Return the X-ray with evidence and lung outline over it, uint8 RGB (H, W, 3).

    Args:
        opacity: 0 leaves the evidence out, 1 hides the X-ray under the strongest evidence.
    """
    size = (xray.width, xray.height)
    rgba = heat_to_rgba(diagnosis.heatmap, diagnosis.heat_full_scale)
    alpha = rgba[..., 3:] * (opacity / 255)
    small = np.dstack([rgba[..., :3] * alpha, 255 * (1 - alpha)]).round().astype(np.uint8)
    layer = cv2.resize(small, size, interpolation=cv2.INTER_LINEAR)
    shaded = cv2.multiply(_to_uint8(xray.pixels), cv2.extractChannel(layer, 3), scale=1 / 255)
    colour = cv2.cvtColor(layer, cv2.COLOR_RGBA2RGB)
    overlay: np.ndarray = cv2.add(cv2.merge([shaded] * 3), colour)
    thickness = max(1, round(max(size) / 700))
    for lung in (diagnosis.lungs.right, diagnosis.lungs.left):
        outlines = [np.round(path * size * 16).astype(np.int32) for path in outline_paths(lung)]
        cv2.polylines(overlay, outlines, True, _OUTLINE_COLOUR, thickness, cv2.LINE_AA, shift=4)
    return overlay


def encode_overlay(xray: XRay, diagnosis: Diagnosis, opacity: float = DEFAULT_OPACITY) -> bytes:
    """Return the overlay at the X-ray's own size as the bytes of a PNG file."""
    return _encode(".png", render_overlay(xray, diagnosis, opacity)[..., ::-1])


def outline_paths(mask: np.ndarray) -> list[np.ndarray]:
    """Return the smoothed borders of a mask, each float (N, 2): x, y as shares of the picture.

    Args:
        mask: bool (224, 224).
    """
    fine = cv2.resize(mask.astype(np.uint8) * 255, None, fx=_OUTLINE_FINENESS, fy=_OUTLINE_FINENESS)
    fine = cv2.GaussianBlur(fine, (0, 0), _OUTLINE_FINENESS / 2)
    contours, _ = cv2.findContours(
        (fine > 127).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_TC89_L1
    )
    return [(contour[:, 0] + 0.5) / fine.shape[::-1] for contour in contours]


def encode_view(xray: XRay, diagnosis: Diagnosis) -> View:
    """Return what a browser draws: the picture, the evidence, the outlines, each a layer."""
    view = encode_picture(xray)
    size = (view.width, view.height)
    heat = heat_to_rgba(diagnosis.heatmap, diagnosis.heat_full_scale)
    lungs = diagnosis.lungs
    return replace(
        view,
        heat=_data_uri("png", _encode(".png", cv2.cvtColor(heat, cv2.COLOR_RGBA2BGRA))),
        lung_path=" ".join(
            _svg_path(path * size, closed=True)
            for lung in (lungs.right, lungs.left)
            for path in outline_paths(lung)
        ),
        zone_path=" ".join(_svg_path(line * size) for line in _zone_borders(lungs)),
        zone_labels=_zone_labels(diagnosis, size),
        legend=tuple(
            f"rgba({red}, {green}, {blue}, {alpha / 255:.2f})"
            for red, green, blue, alpha in _heat_colours()[::17].tolist()
        ),
        full_scale=diagnosis.heat_full_scale,
        meaning=describe_scale(diagnosis.explained_by),
    )


def encode_picture(xray: XRay, longest_side: int = _VIEW_PIXELS) -> View:
    """Return what a browser draws of an X-ray that nobody diagnosed: the picture alone.

    Args:
        longest_side: in pixels; larger pictures are shrunk to it.
    """
    reduction = min(1.0, longest_side / max(xray.width, xray.height))
    size = (max(1, round(xray.width * reduction)), max(1, round(xray.height * reduction)))
    pixels = _to_uint8(xray.pixels)
    if reduction < 1:
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    picture = _data_uri("jpeg", _encode(".jpg", pixels, cv2.IMWRITE_JPEG_QUALITY, 95))
    return View(width=size[0], height=size[1], picture=picture)


def without_evidence(view: View) -> View:
    """Return the picture alone: nothing of the answer reaches a browser that gets this."""
    return View(view.width, view.height, view.picture)


@cache
def _heat_colours() -> np.ndarray:
    """Return uint8 (256, 4): red, green, blue, alpha for no evidence to full scale."""
    share = np.linspace(0, 1, 256)
    steps = (_FIRST_COLOUR + share * (255 - _FIRST_COLOUR)).round().astype(np.uint8)
    colours = cv2.applyColorMap(steps[:, np.newaxis], cv2.COLORMAP_INFERNO)[:, 0, ::-1]
    alpha = 255 * (1 - (1 - share) ** 3)
    return np.column_stack([colours, alpha.round().astype(np.uint8)])


def _zone_borders(lungs: Lungs) -> list[np.ndarray]:
    """Return the lines between zones of one lung, each float (2, 2) as shares of the picture."""
    numbers = number_zones(lungs)
    borders = []
    for number in (1, 2, 4, 5):
        rows = np.flatnonzero((numbers == number).any(axis=1))
        if len(rows):
            columns = np.flatnonzero(numbers[rows[-1]] == number)
            borders.append(np.array([[columns[0], rows[-1] + 1], [columns[-1] + 1, rows[-1] + 1]]))
    return [border / WORKING_SIZE for border in borders]


def _zone_labels(diagnosis: Diagnosis, size: tuple[int, int]) -> tuple[ZoneLabel, ...]:
    numbers = number_zones(diagnosis.lungs)
    labels = []
    for number, name in enumerate(ZONE_NAMES, start=1):
        rows, columns = np.nonzero(numbers == number)
        if not len(rows):
            continue
        text = format_percent(diagnosis.evidence.zones[name]) if diagnosis.evidence else "–"
        x, y = (np.array([columns.mean(), rows.mean()]) + 0.5) / WORKING_SIZE * size
        labels.append(ZoneLabel(round(float(x), 1), round(float(y), 1), text))
    return tuple(labels)


def _svg_path(points: np.ndarray, closed: bool = False) -> str:
    """Return SVG path data.

    >>> _svg_path(np.array([[0, 0], [2, 1.25]]))
    'M0 0L2 1.2'
    """
    corners = (
        f"{x:.1f}".removesuffix(".0") + " " + f"{y:.1f}".removesuffix(".0") for x, y in points
    )
    return "M" + "L".join(corners) + ("Z" if closed else "")


def _to_uint8(pixels: np.ndarray) -> np.ndarray:
    return cv2.convertScaleAbs(pixels, alpha=255)


def _encode(extension: str, pixels: np.ndarray, *options: int) -> bytes:
    _, data = cv2.imencode(extension, pixels, list(options))
    return data.tobytes()


def _data_uri(kind: str, data: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"
