"""From a prepared picture to a probability and a heatmap."""

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from xray_core.diagnosis.cover import mean_grey, see_where
from xray_core.diagnosis.occlusion import cover_regions, patch_placement
from xray_core.errors import IncompatibleModelError
from xray_core.images.prepare import Box, box_to_input, picture_box, prepare
from xray_core.images.xray import WORKING_SIZE
from xray_core.litert import LiteModel
from xray_core.model_card import CellPlacement, ClassifierCard
from xray_core.model_store import (
    SERVING_FILE,
    has_network,
    read_classifier_card,
    read_model_file,
    tell_how_to_recreate,
)


@dataclass(frozen=True)
class Answer:
    """What the network says before anybody interprets it.

    Attributes:
        probability: calibrated, 0 to 1.
        heatmap: float32 (224, 224) over the whole picture, calibrated log-odds by map cell: what
            the cell adds, or what covering it takes away.
        classes: calibrated probability of each class; None where there are but two.
        features: how the lungs look to it, float32 (C,); None where its file does not tell.
    """

    probability: float
    heatmap: np.ndarray
    classes: Mapping[str, float] | None = None
    features: np.ndarray | None = None


class Classifier:
    """A trained network that tells pneumonia from normal and shows why."""

    def __init__(self, card: ClassifierCard, serving_file: bytes) -> None:
        """Load the network.

        Args:
            card: of the model.
            serving_file: its ``serving.tflite``, already checked against the card.

        Raises:
            IncompatibleModelError: the bytes are not a LiteRT network.
        """
        self.card = card
        self._network = LiteModel(serving_file)

    def answer(self, square: np.ndarray, lungs: np.ndarray | None) -> Answer:
        """Return the network's answer for one picture.

        Args:
            square: float32 (224, 224) in [0, 1].
            lungs: bool (224, 224); needed unless the model takes whole pictures.
        """
        prepared = prepare(square, lungs, self.card.input)
        outputs = self._run(prepared[np.newaxis])
        temperature = self.card.calibration.temperature
        probability = calibrate(float(outputs["logit"][0, 0]), temperature)
        if self.card.placement:
            cells, placement = outputs["heatmap"][0], self.card.placement
        else:
            fill = mean_grey(prepared, see_where(lungs, self.card.input))
            cells = cover_regions(lambda x: self._run(x)["logit"][:, 0], prepared, fill)
            placement = patch_placement(self.card.input.size)
        box = picture_box(self.card.input, lungs)
        classes = None
        if "class_logits" in outputs:
            kinds = outputs["class_logits"][0, 1:] / temperature
            classes = share_probability(probability, kinds, self.card.classes)
        return Answer(
            probability=probability,
            heatmap=place_heatmap(cells / temperature, placement, box, self.card.input.size),
            classes=classes,
            features=outputs["features"][0] if "features" in outputs else None,
        )

    def log_odds(self, batch: np.ndarray) -> np.ndarray:
        """Return the calibrated log-odds of pneumonia, float32 (B,), of prepared pictures."""
        return self._run(batch)["logit"][:, 0] / self.card.calibration.temperature

    def _run(self, batch: np.ndarray) -> dict[str, np.ndarray]:
        return dict(zip(self.card.outputs, self._network.run(batch), strict=True))


def load_classifier(model_id: str) -> Classifier:
    """Return a classifier of the store.

    Raises:
        UnknownNameError: there is no such model.
        IncompatibleModelError: its network was altered, or is not shipped.
    """
    card = read_classifier_card(model_id)
    if not has_network(card):
        raise IncompatibleModelError(f"{card.title} cannot answer. {tell_how_to_recreate(card)}")
    return Classifier(card, read_model_file(card, SERVING_FILE))


def calibrate(logit: float, temperature: float) -> float:
    """Return the calibrated probability of a logit.

    >>> calibrate(0.0, temperature=2.0)
    0.5
    """
    return float(1 / (1 + np.exp(-np.clip(logit / temperature, -500, 500))))


def share_probability(
    probability: float, kinds: np.ndarray, classes: tuple[str, ...]
) -> dict[str, float]:
    """Return the probability of each class; those of the kinds add up to that of pneumonia.

    Args:
        probability: of pneumonia, calibrated.
        kinds: calibrated logits of the kinds of pneumonia.
        classes: normal, then the kinds.

    >>> share_probability(0.5, np.array([0.0, 0.0]), ("normal", "bacterial", "viral"))
    {'normal': 0.5, 'bacterial': 0.25, 'viral': 0.25}
    """
    shares = np.exp(kinds - kinds.max())
    each = probability * shares / shares.sum()
    return dict(zip(classes, (1 - probability, *each.tolist()), strict=True))


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
