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


def draw_pair(xray: XRay, diagnosis: Diagnosis) -> tuple[np.ndarray, np.ndarray]:
    """Return the X-ray without and with its evidence, both uint8 RGB (H, W, 3).

    The longer side has at most 1200 pixels.
    """
    scale = min(1.0, MAX_SIDE / max(xray.width, xray.height))
    if scale < 1:
        size = max(1, round(xray.width * scale)), max(1, round(xray.height * scale))
        small = cv2.resize(xray.pixels, size, interpolation=cv2.INTER_AREA)
        xray = replace(xray, pixels=np.clip(small, 0, 1))
    grey = cv2.convertScaleAbs(xray.pixels, alpha=255)
    return cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), render_overlay(xray, diagnosis)


def write_overlay(xray: XRay, diagnosis: Diagnosis, warning: str = "") -> bytes:
    """Return the overlay at the X-ray's own size as a PNG file, with all warnings in a band below.

    Args:
        xray, diagnosis: the picture and the answer, whose concerns stand in the band.
        warning: why nobody should rely on the overlay, if checks of it failed.
    """
    overlay = render_overlay(xray, diagnosis)
    lines = [*filter(None, [warning]), *(concern.sentence for concern in diagnosis.concerns)]
    if lines:
        overlay = add_lines(overlay, lines)
    _, data = cv2.imencode(".png", overlay[..., ::-1])
    return data.tobytes()


def add_lines(picture: np.ndarray, lines: Sequence[str]) -> np.ndarray:
    """Return a picture with sentences in a black band below it, uint8 RGB (H, W, 3).

    Args:
        picture: uint8 RGB (H, W, 3).
        lines: broken further where the picture is too narrow for them.
    """
    height, width = picture.shape[:2]
    letter = max(10, round(width * _LETTER_SHARE))
    font = ImageFont.truetype(TEXT_FONT, letter)
    broken = [part for line in lines for part in _break(line, font, width - 2 * letter)]
    page = Image.new("RGB", (width, height + round(letter * (1.2 + 1.6 * len(broken)))))
    page.paste(Image.fromarray(picture))
    draw = ImageDraw.Draw(page)
    for number, line in enumerate(broken):
        draw.text((letter, height + letter * (0.5 + 1.6 * number)), line, "white", font)
    return np.asarray(page)


def _break(line: str, font: ImageFont.FreeTypeFont, pixels: int) -> Iterator[str]:
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
