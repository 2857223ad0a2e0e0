"""The pictures of a report, at a size that a page or a screen can show."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from xray_core.diagnosis.diagnosis import Diagnosis
from xray_core.diagnosis.overlay import render_overlay
from xray_core.images.xray import XRay
from xray_core.reports.fonts import TEXT_FONT

MAX_SIDE = 1200
_LETTER_SHARE = 0.022  # height of a letter, of the picture's width
_WARNING_COLOUR = (156, 28, 18)  # the page's own, ui/viewer/viewer.css


def draw_pair(xray: XRay, diagnosis: Diagnosis, warning: str = "") -> tuple[np.ndarray, np.ndarray]:
    """Return the X-ray without and with its evidence, both uint8 RGB (H, W, 3).

    The longer side has at most 1200 pixels.

    Args:
        xray, diagnosis: the picture and the answer.
        warning: why nobody should rely on the overlay, if checks of it failed; stands across it.
    """
    scale = min(1.0, MAX_SIDE / max(xray.width, xray.height))
    if scale < 1:
        size = max(1, round(xray.width * scale)), max(1, round(xray.height * scale))
        small = cv2.resize(xray.pixels, size, interpolation=cv2.INTER_AREA)
        xray = replace(xray, pixels=np.clip(small, 0, 1))
    grey = cv2.convertScaleAbs(xray.pixels, alpha=255)
    overlay = warn_across(render_overlay(xray, diagnosis), warning)
    return cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), overlay


def write_overlay(xray: XRay, diagnosis: Diagnosis, warning: str = "") -> bytes:
    """Return the overlay at the X-ray's own size as a PNG file.

    Args:
        xray, diagnosis: the picture and the answer, whose concerns stand in a band below.
        warning: why nobody should rely on the overlay, if checks of it failed; stands across it.
    """
    overlay = warn_across(render_overlay(xray, diagnosis), warning)
    if diagnosis.concerns:
        overlay = add_lines(overlay, [concern.sentence for concern in diagnosis.concerns])
    _, data = cv2.imencode(".png", overlay[..., ::-1])
    return data.tobytes()


def warn_across(overlay: np.ndarray, warning: str) -> np.ndarray:
    """Return an overlay with a warning in a red band across its middle, as the page shows it.

    Args:
        overlay: uint8 RGB (H, W, 3).
        warning: a sentence; without one, the overlay comes back as it is.
    """
    if not warning:
        return overlay
    height, width = overlay.shape[:2]
    font = _choose_font(width)
    lines = _break_all([warning], font, width)
    page = Image.fromarray(overlay)
    band = _measure_band(lines, font)
    top = max(0, (height - band) // 2)
    draw = ImageDraw.Draw(page)
    draw.rectangle((0, top, width, top + band), fill=_WARNING_COLOUR)
    _write_lines(draw, lines, font, top)
    return np.asarray(page)


def add_lines(picture: np.ndarray, lines: Sequence[str]) -> np.ndarray:
    """Return a picture with sentences in a black band below it, uint8 RGB (H, W, 3).

    Args:
        picture: uint8 RGB (H, W, 3).
        lines: broken further where the picture is too narrow for them.
    """
    height, width = picture.shape[:2]
    font = _choose_font(width)
    broken = _break_all(lines, font, width)
    page = Image.new("RGB", (width, height + _measure_band(broken, font)))
    page.paste(Image.fromarray(picture))
    _write_lines(ImageDraw.Draw(page), broken, font, height)
    return np.asarray(page)


def _choose_font(width: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(TEXT_FONT, max(10, round(width * _LETTER_SHARE)))


def _measure_band(lines: Sequence[str], font: ImageFont.FreeTypeFont) -> int:
    """Return the height of a band with these lines in it, in pixels."""
    return round(font.size * (1.2 + 1.6 * len(lines)))


def _write_lines(
    draw: ImageDraw.ImageDraw, lines: Sequence[str], font: ImageFont.FreeTypeFont, top: int
) -> None:
    for number, line in enumerate(lines):
        draw.text((font.size, top + font.size * (0.5 + 1.6 * number)), line, "white", font)


def _break_all(lines: Sequence[str], font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Return sentences in parts that fit a picture's width, with a margin of one letter."""
    return [part for line in lines for part in _break(line, font, width - 2 * font.size)]


def _break(line: str, font: ImageFont.FreeTypeFont, pixels: float) -> Iterator[str]:
    """Yield a sentence in parts that fit the width, whole words each."""
    kept = ""
    for word in line.split():
        longer = f"{kept} {word}".strip()
        if kept and font.getlength(longer) > pixels:
            yield kept
            kept = word
        else:
            kept = longer
    yield kept
