"""What is laid on a film around the child: the collimator's edge and the side marker."""

import cv2
import numpy as np

from xray_core.datasets.drawn_chest.frame import blur_layer


def frame_film(rng: np.random.Generator, grey: np.ndarray) -> np.ndarray:
    """Return the picture, sometimes collimated and with an R or an L on the side it names."""
    if rng.random() < 0.3:
        grey = _collimate(rng, grey)
    if rng.random() < 0.7:
        letter = "R" if rng.random() < 0.8 else "L"
        grey = _stick_letter(rng, grey, letter)
    return grey


def _collimate(rng: np.random.Generator, grey: np.ndarray) -> np.ndarray:
    height, width = grey.shape
    open_field = np.zeros(grey.shape, np.uint8)
    left, top, right, bottom = rng.uniform(0, 0.06, 4)
    corner = (round(left * width), round(top * height))
    far = (round((1 - right) * width), round((1 - bottom) * height))
    cv2.rectangle(open_field, corner, far, 255, cv2.FILLED)
    return np.where(blur_layer(open_field, height / 400) > 127, grey, rng.uniform(0, 0.08))


def _stick_letter(rng: np.random.Generator, grey: np.ndarray, letter: str) -> np.ndarray:
    height, width = grey.shape
    stuck = np.zeros(grey.shape, np.uint8)
    x = rng.uniform(0.02, 0.07)
    place = ((x if letter == "R" else 0.94 - x) * width, rng.uniform(0.1, 0.6) * height)
    scale, thick = height / 512 * rng.uniform(0.7, 1.1), max(1, height // 256)
    corner = (round(place[0]), round(place[1]))
    cv2.putText(stuck, letter, corner, cv2.FONT_HERSHEY_SIMPLEX, scale, 255, thick, cv2.LINE_AA)
    return np.maximum(grey, stuck * np.float32(1 / 255))
