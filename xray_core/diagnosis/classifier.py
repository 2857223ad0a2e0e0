"""From a prepared picture to a probability and a heatmap."""

from dataclasses import dataclass

import cv2
import numpy as np

from xray_core.images.prepare import Box, box_to_input, picture_box, prepare
from xray_core.images.xray import WORKING_SIZE
from xray_core.litert import LiteModel
from xray_core.model_card import CellPlacement, ClassifierCard
from xray_core.model_store import SERVING_FILE, read_classifier_card, read_model_file


@dataclass(frozen=True)
class Answer:
    """What the network says before anybody interprets it.

    Attributes:
        probability: calibrated, 0 to 1.
        heatmap: float32 (224, 224) over the whole picture, calibrated log-odds by map cell.
    """

    probability: float
    heatmap: np.ndarray


class Classifier:
    """A trained network that tells pneumonia from normal and shows why."""

    def __init__(self, model_id: str) -> None:
        """Load the network.

        Raises:
            UnknownNameError, IncompatibleModelError: there is no such model, or it was altered.
        """
        self.card: ClassifierCard = read_classifier_card(model_id)
        self._network = LiteModel(read_model_file(self.card, SERVING_FILE))

    def answer(self, square: np.ndarray, lungs: np.ndarray | None) -> Answer:
        """Return the network's answer for one picture.

        Args:
            square: float32 (224, 224) in [0, 1].
            lungs: bool (224, 224); needed unless the model takes whole pictures.
        """
        batch = prepare(square, lungs, self.card.input)[np.newaxis]
        heat, logits = self._network.run(batch)
        temperature = self.card.calibration.temperature
        spec = self.card.input
        return Answer(
            probability=calibrate(float(logits[0, 0]), temperature),
            heatmap=place_heatmap(
                heat[0] / temperature, self.card.placement, picture_box(spec, lungs), spec.size
            ),
        )


def calibrate(logit: float, temperature: float) -> float:
    """Return the calibrated probability of a logit.

    >>> calibrate(0.0, temperature=2.0)
    0.5
    """
    return float(1 / (1 + np.exp(-np.clip(logit / temperature, -500, 500))))


def place_heatmap(
    cells: np.ndarray, placement: CellPlacement, box: Box, input_size: int
) -> np.ndarray:
    """Return a heatmap's cells where they look in the picture, float32 (224, 224).

    Between the measured centres of the cells the values are interpolated linearly; beyond the
    outermost centres the edge value holds up to half a cell, and outside the box there is nothing.

    Args:
        cells: float32 (rows, columns).
        placement: where the cells look, in pixels of the input.
        box: the part of the working square that the input shows.
        input_size: side of the input in pixels.
    """
    rows, columns = np.mgrid[0:WORKING_SIZE, 0:WORKING_SIZE].astype(np.float32)
    (scale_x, _, offset_x), (_, scale_y, offset_y) = box_to_input(box, input_size)
    down = (rows * scale_y + offset_y - placement.first[0]) / placement.stride[0]
    across = (columns * scale_x + offset_x - placement.first[1]) / placement.stride[1]
    placed = cv2.remap(
        cells.astype(np.float32), across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    left, top, right, bottom = box
    inside = (columns >= left) & (columns < right) & (rows >= top) & (rows < bottom)
    return np.where(inside, placed, 0).astype(np.float32)
