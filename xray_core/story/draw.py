"""Pictures of the story, as files that a browser shows."""

import base64

import cv2
import numpy as np

from xray_core.diagnosis.diagnosis import Diagnosis
from xray_core.diagnosis.overlay import View
from xray_core.images.prepare import InputSpec, prepare
from xray_core.images.xray import XRay, to_working_square


def draw_layers(view: View, lungs: bool = False, heat: bool = False, zones: bool = False) -> str:
    """Return an X-ray with some of its layers as the data URI of an SVG picture.

    Args:
        view: the layers.
        lungs: draw the outlines of the lungs.
        heat: draw the evidence over it.
        zones: draw the borders of the zones, and their shares of the evidence.
    """
    line = max(view.width, view.height) / 350
    layers = [_image(view, view.picture)]
    if heat:
        layers.append(_image(view, view.heat, opacity=0.7))
    if lungs:
        layers.append(_path(view.lung_path, line))
    if zones:
        layers.append(_path(view.zone_path, line, dashed=True))
        layers += [
            _text(label.x, label.y, label.text, view.height / 20) for label in view.zone_labels
        ]
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {view.width} {view.height}" '
        f'width="{view.width}" height="{view.height}">{"".join(layers)}</svg>'
    )
    return _to_uri("svg+xml", svg.encode())


def draw_input(xray: XRay, diagnosis: Diagnosis, spec: InputSpec) -> str:
    """Return what a network is given of an X-ray, as the data URI of a PNG picture."""
    given = prepare(to_working_square(xray), diagnosis.lungs.both, spec)[..., 0]
    return _to_uri("png", _encode(".png", given))


def draw_picture(xray: XRay) -> str:
    """Return an X-ray, at most 900 pixels high, as the data URI of a JPEG picture."""
    scale = min(1.0, 900 / xray.height)
    small = cv2.resize(xray.pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return _to_uri("jpeg", _encode(".jpg", small))


def _image(view: View, uri: str, opacity: float = 1.0) -> str:
    return (
        f'<image href="{uri}" width="{view.width}" height="{view.height}" '
        f'preserveAspectRatio="none" opacity="{opacity:g}"/>'
    )


def _path(path: str, line: float, dashed: bool = False) -> str:
    dash = f' stroke-dasharray="{3 * line:.1f} {2 * line:.1f}"' if dashed else ""
    return f'<path d="{path}" fill="none" stroke="#7debff" stroke-width="{line:.1f}"{dash}/>'


def _text(x: float, y: float, text: str, size: float) -> str:
    told = text.replace("&", "&amp;").replace("<", "&lt;")
    return (
        f'<text x="{x}" y="{y}" font-family="sans-serif" font-size="{size:.0f}" font-weight="600" '
        f'text-anchor="middle" dominant-baseline="central" fill="#fff" stroke="#000" '
        f'stroke-width="{size / 5:.1f}" paint-order="stroke" stroke-linejoin="round">{told}</text>'
    )


def _encode(extension: str, pixels_float: np.ndarray) -> bytes:
    return cv2.imencode(extension, cv2.convertScaleAbs(pixels_float, alpha=255))[1].tobytes()


def _to_uri(kind: str, data: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"
