"""The picture that an X-ray machine makes of densities."""

import cv2
import numpy as np

from xray_core.datasets.drawn_chest.frame import Frame, blur_layer


def expose(rng: np.random.Generator, frame: Frame, density: np.ndarray) -> np.ndarray:
    """Return the picture that detector, processing and film room make of the densities."""
    height = frame.shape[0]
    sharp = blur_layer(density, rng.uniform(0.2, 0.8) * height / 512)
    # Makers' software evens out large differences, so that ribs show over liver and lung alike.
    local = sharp + rng.uniform(0.5, 1.1) * (sharp - frame.soften(sharp, 0.16))
    black, white = rng.uniform(0.05, 0.09), float(np.percentile(local[::8, ::8], 99.5))
    grey = np.clip((local - black) / (white - black), 0, 1.2) ** rng.uniform(0.68, 1.0)
    grey *= rng.uniform(0.77, 0.93)
    # A stream of its own: else the size would decide what is drawn after it.
    noise = rng.spawn(1)[0].standard_normal(frame.shape, np.float32)
    grey += rng.uniform(0.006, 0.014) * (0.6 * noise + 1.2 * blur_layer(noise, height / 512))
    bright = grey > 0.8  # film and screens saturate slowly
    grey[bright] = 0.8 + 0.2 * np.tanh((grey[bright] - 0.8) / 0.2)
    return np.clip(_frame_film(rng, grey + 0.02), 0, 1).astype(np.float32)


def _frame_film(rng: np.random.Generator, grey: np.ndarray) -> np.ndarray:
    """Sometimes close the collimator around the child, and stick an R at its right side."""
    height, width = grey.shape
    open_field = np.zeros(grey.shape, np.uint8)
    if rng.random() < 0.3:
        left, top, right, bottom = rng.uniform(0, 0.06, 4)
        corner = (round(left * width), round(top * height))
        far = (round((1 - right) * width), round((1 - bottom) * height))
        cv2.rectangle(open_field, corner, far, 255, cv2.FILLED)
        grey = np.where(blur_layer(open_field, height / 400) > 127, grey, rng.uniform(0, 0.08))
    if rng.random() < 0.7:
        letter = np.zeros(grey.shape, np.uint8)
        place = (round(rng.uniform(0.02, 0.08) * width), round(rng.uniform(0.1, 0.6) * height))
        scale, thick = height / 512 * rng.uniform(0.7, 1.1), max(1, height // 256)
        cv2.putText(letter, "R", place, cv2.FONT_HERSHEY_SIMPLEX, scale, 255, thick, cv2.LINE_AA)
        grey = np.maximum(grey, letter * np.float32(1 / 255))
    return grey
