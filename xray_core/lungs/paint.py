"""Paint over the lungs of X-rays, so that nobody can see them."""

import cv2
import numpy as np

# Wide enough to hide the lungs' own border and outlines that are a little off.
_MARGIN_PIXELS = 9  # of 224


def paint_lungs(lungs: np.ndarray) -> np.ndarray:
    """Return where paint hides the lungs of a picture, and a margin: float32 (224, 224), 0 or 1.

    Args:
        lungs: bool or float32 (224, 224).
    """
    side = 2 * _MARGIN_PIXELS + 1
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return cv2.dilate(lungs.astype(np.float32), brush)


def paint_over(pictures: np.ndarray, paint: np.ndarray) -> np.ndarray:
    """Return pictures with the mean shade of what stays where the paint is, float32 (F, S, S).

    Args:
        pictures: float32 (F, S, S).
        paint: bool (F, S, S).
    """
    stays = np.where(paint, 0, pictures).sum(axis=(1, 2))
    shade = stays / np.maximum((~paint).sum(axis=(1, 2)), 1)
    return np.where(paint, shade[:, np.newaxis, np.newaxis], pictures).astype(np.float32)
