"""Does the overlay stay where it is when the picture hardly changes?

The whole way is gone again, from the lung outline on: what moves there moves the overlay, too.
Source: Alvarez-Melis & Jaakkola 2018, On the Robustness of Interpretability Methods
(arXiv:1806.08049).
"""

from dataclasses import dataclass

import cv2
import numpy as np

from xray_core.diagnosis.classifier import Classifier
from xray_core.diagnosis.trust.rank_correlation import correlate_ranks
from xray_core.errors import LungsNotFoundError
from xray_core.lungs.segment import LungSegmenter


@dataclass(frozen=True)
class Change:
    """A small change of a picture: shifted in pixels of the working square, then re-exposed.

    Attributes:
        title: its name on screen.
        down, across: shift in pixels of the 224 x 224 picture.
        contrast: how much differences from mid-grey are stretched.
        brightness: what is added then, on a scale from black, 0, to white, 1.
    """

    title: str
    down: int = 0
    across: int = 0
    contrast: float = 1.0
    brightness: float = 0.0


# Far less than training's own augmentation does: rotation of 10 degrees, contrast of 25 %.
CHANGES = (
    Change("shifted up", down=-5),
    Change("shifted down", down=5),
    Change("shifted left", across=-5),
    Change("shifted right", across=5),
    Change("contrast less by 10 %", contrast=0.9),
    Change("contrast more by 10 %", contrast=1.1),
    Change("darker", brightness=-0.04),
    Change("brighter", brightness=0.04),
)


@dataclass(frozen=True)
class Changed:
    """What is answered for a picture after a small change.

    Attributes:
        change: what was done to it.
        likeness: rank correlation of the two overlays in the lungs; 0 without an answer.
        probability: calibrated, 0 to 1; None where no lungs were found any more.
    """

    change: Change
    likeness: float
    probability: float | None


def apply_change(square: np.ndarray, change: Change) -> np.ndarray:
    """Return the changed picture, float32 (224, 224) in [0, 1]."""
    moved = _move(square, change.down, change.across)
    exposed = (moved - 0.5) * change.contrast + 0.5 + change.brightness
    return np.clip(exposed, 0, 1).astype(np.float32)


def measure_change(
    classifier: Classifier,
    segmenter: LungSegmenter,
    square: np.ndarray,
    heatmap: np.ndarray,
    change: Change,
) -> Changed:
    """Return how the answer for a picture withstands one small change.

    Args:
        classifier, segmenter: who answered.
        square: the picture, float32 (224, 224) in [0, 1].
        heatmap: the overlay of the picture as it is, float32 (224, 224).
        change: what to do to it.
    """
    try:
        lungs = segmenter.find(changed := apply_change(square, change)).both
    except LungsNotFoundError:
        return Changed(change, 0.0, None)
    answer = classifier.answer(changed, lungs)
    back = _move(answer.heatmap, -change.down, -change.across)
    inside = _move(lungs.astype(np.float32), -change.down, -change.across) > 0.5
    return Changed(change, correlate_ranks(heatmap, back, inside), answer.probability)


def _move(values: np.ndarray, down: int, across: int) -> np.ndarray:
    matrix = np.array([[1, 0, across], [0, 1, down]], np.float32)
    return cv2.warpAffine(values, matrix, values.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
