"""The pictures of a report, at a size that a page or a screen can show."""

from dataclasses import replace

import cv2
import numpy as np

from xray_core.diagnosis.diagnosis import Diagnosis
from xray_core.diagnosis.overlay import render_overlay
from xray_core.images.xray import XRay

MAX_SIDE = 1200


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
