"""Negatives of chest radiographs, told by what they show rather than by what their file claims."""

import cv2
import numpy as np

# What a frontal chest radiograph looks like at 8 x 8, times 100 and mirrored to be symmetric: dark
# corners (air) and lungs, a bright spine, heart and diaphragm. Fitted by ridge regression (0.01) of
# standardised pictures, varied in crop, exposure and border, on 1 for radiographs (the train folder
# of Kermany et al. 2018 and shenzhen_montgomery, equal weight) and 0 (weight 0.3) for the same
# pictures turned by 90, 180, 270 degrees and half of the MedNIST pictures of other body parts.
_CHEST_PATTERN = np.array(
    [
        [-17, -10, -11, 6, 6, -11, -10, -17],
        [6, 5, -14, -5, -5, -14, 5, 6],
        [0, -1, -18, 4, 4, -18, -1, 0],
        [-4, -4, -5, 12, 12, -5, -4, -4],
        [-13, -8, -3, 14, 14, -3, -8, -13],
        [-14, -6, 1, 15, 15, 1, -6, -14],
        [-11, -1, 13, 21, 21, 13, -1, -11],
        [-20, 13, 26, 28, 28, 26, 13, -20],
    ],
    np.float64,
)

# Measured with this code. Upright pictures taken for negatives: 0 of 5,216 (train folder), 0 of 704
# (shenzhen_montgomery), 0 of 40 full-size originals, and still 0 after cropping 20 % of each side,
# gamma 0.4 or 2.5, a hard window, or a white border; turned by 90 degrees: 6 of 11,920. Negatives
# missed: 7, 0 and 0; after cropping 20 %: 219, 7 and 3. In five folds split by patient, patterns
# fitted without the fold called no upright picture of it a negative either. Of 200 MedNIST pictures
# of other body parts 6 are taken for negatives; they are no chest radiographs either way.
_NEGATIVE_SCORE = -0.3

# A band this flat, as a share of the picture's range, is a border around the film and no anatomy.
_BORDER_CONTRAST = 0.03


def score_chest(pixels: np.ndarray) -> float:
    """Return how much a picture looks like a frontal chest radiograph, from -1 (its negative) to 1.

    Args:
        pixels: float32 (H, W) in [0, 1], any exposure.

    >>> score_chest(np.zeros((64, 64), np.float32))
    0.0
    """
    return _score_small(_shrink(pixels))


def judge_chest(pixels: np.ndarray) -> tuple[float, bool]:
    """Return `score_chest`, and whether the picture is a negative, air bright and bone dark.

    The doubtful stay as they are. Nor is a picture called a negative when it looks more like a
    radiograph that lies on its side or on its head.

    Args:
        pixels: float32 (H, W) in [0, 1], any exposure.
    """
    small = _shrink(pixels)
    upright = _score_small(small)
    if upright >= _NEGATIVE_SCORE:
        return upright, False
    return upright, max(_score_small(np.rot90(small, turns)) for turns in (1, 2, 3)) < -upright


def _shrink(pixels: np.ndarray) -> np.ndarray:
    """Return the picture without flat borders, at 8 x 8."""
    small = cv2.resize(pixels.astype(np.float32), (64, 64), interpolation=cv2.INTER_AREA)
    flat = _BORDER_CONTRAST * float(np.ptp(small))
    rows = np.flatnonzero(np.ptp(small, axis=1) > flat)
    columns = np.flatnonzero(np.ptp(small, axis=0) > flat)
    if rows.size and columns.size:
        small = small[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return cv2.resize(np.ascontiguousarray(small), (8, 8), interpolation=cv2.INTER_AREA)


def _score_small(small: np.ndarray) -> float:
    centred = small.astype(np.float64) - small.mean(dtype=np.float64)
    length = np.linalg.norm(centred) * np.linalg.norm(_CHEST_PATTERN)
    return float((centred * _CHEST_PATTERN).sum() / length) if length > 1e-9 else 0.0
