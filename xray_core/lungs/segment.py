"""From pixels to two lungs."""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from xray_core.errors import LungsNotFoundError
from xray_core.images.inversion import score_chest
from xray_core.images.xray import WORKING_SIZE
from xray_core.litert import LiteModel
from xray_core.lungs.zones import Lungs
from xray_core.model_store import DEFAULT_LUNGS, SERVING_FILE, read_card, read_model_file

# In the 5,211 annotated training pictures one lung covers 7 to 37 % of the picture, and the smaller
# one has at least half the area of the larger; the limits leave room for lungs partly drawn.
_SMALLEST_LUNG, _LARGEST_LUNG = 0.02, 0.4
_SMALLEST_TO_LARGEST = 0.25
_SMALLEST_DISTANCE = 0.15
_NARROWEST_PAIR = 0.4

# A network that draws lungs finds some in a hand, too. Of 5,215 training pictures of children and
# 704 of adults none looks less like a chest than .278, and none has an outline more blurred than
# .693 (children: .596).
_LEAST_CHEST_SCORE = 0.25
_MOST_BLURRED = 0.7
_UNSURE = 0.4


@dataclass(frozen=True)
class Drawing:
    """What the network makes of one picture.

    Attributes:
        probability: of lung, float32 (224, 224).
        features: its innermost map, float32 (7, 7, 128): what the picture shows, and where.
    """

    probability: np.ndarray
    features: np.ndarray


class LungSegmenter:
    """Draws lungs with a trained network."""

    def __init__(self, model_id: str = DEFAULT_LUNGS) -> None:
        """Load the network.

        Raises:
            UnknownNameError, IncompatibleModelError: there is no such model, or it was altered.
        """
        self.card = read_card(model_id)
        self._model_id = model_id

    @cached_property
    def _network(self) -> LiteModel:
        return LiteModel(read_model_file(self.card, SERVING_FILE))

    def draw(self, square: np.ndarray) -> Drawing:
        """Return what the network makes of a picture, float32 (224, 224) in [0, 1]."""
        batch = np.ascontiguousarray(square[np.newaxis, :, :, np.newaxis], np.float32)
        features, logits = self._network.run(batch)
        return Drawing(1 / (1 + np.exp(-logits[0, :, :, 0])), features[0])

    def find(self, square: np.ndarray) -> Lungs:
        """Return the two lungs in a picture, float32 (224, 224) in [0, 1].

        Raises:
            LungsNotFoundError: there are no two plausible lungs.
        """
        return find_lungs(square, self.draw(square))


def find_lungs(square: np.ndarray, drawing: Drawing) -> Lungs:
    """Return the two lungs in a picture that was drawn already.

    Args:
        square: float32 (224, 224) in [0, 1].
        drawing: of the same picture.

    Raises:
        LungsNotFoundError: there are no two plausible lungs.
    """
    if score_chest(square) < _LEAST_CHEST_SCORE:
        raise _not_found("a picture that does not look like one")
    lungs = separate_lungs(drawing.probability > 0.5)
    unsure = np.abs(drawing.probability - 0.5) < _UNSURE
    if unsure.sum() > _MOST_BLURRED * lungs.both.sum():
        raise _not_found("areas without a clear outline")
    return lungs


def separate_lungs(mask: np.ndarray) -> Lungs:
    """Return the right and the left lung of a lung mask, bool (224, 224).

    Small islands are dropped and holes filled. Lungs that touch are cut where the bridge between
    them is thinnest.

    Raises:
        LungsNotFoundError: there are no two plausible lungs.
    """
    parts = _largest_parts(mask)
    if len(parts) == 1 and parts[0].any(axis=0).mean() > _NARROWEST_PAIR:
        parts = _largest_parts(_cut_bridge(parts[0]))
    if len(parts) < 2:
        raise _not_found("one lung" if parts else "no lung")
    right, left = sorted((_fill_holes(part) for part in parts[:2]), key=_centre_column)
    _check_plausible(right, left)
    return Lungs(right=right, left=left)


def _largest_parts(mask: np.ndarray) -> list[np.ndarray]:
    """Return the connected parts that are large enough for a lung, the largest first."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    areas = stats[:, cv2.CC_STAT_AREA] / mask.size
    order = sorted(range(1, count), key=lambda label: -areas[label])
    return [labels == label for label in order if areas[label] >= _SMALLEST_LUNG]


def _cut_bridge(part: np.ndarray) -> np.ndarray:
    """Return the part without the column where it is thinnest, in its middle half."""
    heights = part.sum(axis=0)
    columns = np.flatnonzero(heights)
    first, last = columns[0], columns[-1]
    quarter = (last - first) // 4
    middle = slice(first + quarter, last - quarter + 1)
    cut = part.copy()
    cut[:, first + quarter + int(np.argmin(heights[middle]))] = False
    return cut


def _fill_holes(part: np.ndarray) -> np.ndarray:
    contours, _ = cv2.findContours(part.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros(part.shape, np.uint8)
    cv2.drawContours(filled, contours, -1, 1, cv2.FILLED)
    return filled.astype(bool)


def _centre_column(part: np.ndarray) -> float:
    return float(np.nonzero(part)[1].mean())


def _check_plausible(right: np.ndarray, left: np.ndarray) -> None:
    areas = sorted((float(right.mean()), float(left.mean())))
    if areas[1] > _LARGEST_LUNG or areas[0] < _SMALLEST_TO_LARGEST * areas[1]:
        raise _not_found("two areas of unlikely size")
    if _centre_column(left) - _centre_column(right) < _SMALLEST_DISTANCE * WORKING_SIZE:
        raise _not_found("two areas that do not lie side by side")
    if not (right.any(axis=1) & left.any(axis=1)).any():
        raise _not_found("two areas at different heights")


def _not_found(found: str) -> LungsNotFoundError:
    return LungsNotFoundError(
        f"Expected a frontal chest X-ray with both lungs in view, found {found}. No verdict is "
        f"given for such a picture: check that it is the right file, upright and not cropped."
    )
