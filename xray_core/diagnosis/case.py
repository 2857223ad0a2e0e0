"""One picture as one classifier sees it, to ask it again with parts covered."""

from dataclasses import dataclass

import numpy as np

from xray_core.diagnosis.classifier import Classifier, calibrate, place_heatmap
from xray_core.diagnosis.cover import cover_pictures, mean_grey, see_where, to_input
from xray_core.diagnosis.occlusion import CELLS, patch_covers, patch_placement
from xray_core.images.prepare import picture_box, prepare
from xray_core.model_card import CellPlacement

_BATCH = 16  # other visitors' pictures get their turn in between


@dataclass(frozen=True)
class Case:
    """One picture, prepared for one classifier.

    Attributes:
        classifier: whom to ask.
        lungs: bool (224, 224).
        prepared: the network's input, float32 (S, S, channels).
        visible: how much of each pixel of it shows the picture, float32 (S, S) in [0, 1].
    """

    classifier: Classifier
    lungs: np.ndarray
    prepared: np.ndarray
    visible: np.ndarray

    @property
    def placement(self) -> CellPlacement:
        """Where the cells of the shown heatmap look."""
        return self.classifier.card.placement or self.patches

    @property
    def patches(self) -> CellPlacement:
        """Where the cells of an occlusion map look."""
        return patch_placement(self.classifier.card.input.size)

    def to_input(self, values: np.ndarray) -> np.ndarray:
        """Return what lies over the picture, (224, 224), as it lies over the input, (S, S)."""
        return to_input(values, self.lungs, self.classifier.card.input)

    def place(self, cells: np.ndarray, placement: CellPlacement) -> np.ndarray:
        """Return cells (rows, columns) where they look in the picture, float32 (224, 224)."""
        spec = self.classifier.card.input
        return place_heatmap(cells, placement, picture_box(spec, self.lungs), spec.size)

    def ask_covered(self, covers: np.ndarray) -> np.ndarray:
        """Return the calibrated log-odds of pneumonia under each cover, float32 (N,).

        A network that sees lungs alone is asked as if the covered part lay outside them: it is
        black, and it is not pooled over. A grey cover would not do there: of 24 validation
        pictures, the default model called every one pneumonia once its lungs were plain grey
        (log-odds of 4.0 to 7.3, healthy or not). A network that sees the whole picture gets the
        picture's mean grey.

        Args:
            covers: float32 (N, S, S) in [0, 1], how much of each pixel of the input is covered.
        """
        return np.concatenate(
            [
                self.classifier.log_odds(self._cover(covers[start : start + _BATCH]))
                for start in range(0, len(covers), _BATCH)
            ]
        )

    def _cover(self, covers: np.ndarray) -> np.ndarray:
        if self.classifier.card.input.needs_lungs:
            return (self.prepared * (1 - covers)[..., np.newaxis]).astype(np.float32)
        return cover_pictures(self.prepared, covers, mean_grey(self.prepared, self.visible))

    def ask_without(self, hidden: np.ndarray) -> float:
        """Return the probability of pneumonia, 0 to 1, had the network not seen a part.

        Args:
            hidden: bool (224, 224) over the whole picture.
        """
        log_odds = self.ask_covered(self.to_input(hidden)[np.newaxis])
        return calibrate(float(log_odds[0]), temperature=1.0)

    def share_hidden(self, hidden: np.ndarray) -> float:
        """Return how much of what the network sees lies in a part of the picture, 0 to 1."""
        return float(np.average(self.to_input(hidden), weights=self.visible))

    def map_occlusion(self) -> np.ndarray:
        """Return what covering each spot takes from the log-odds, float32 (224, 224)."""
        whole, *covered = self.ask_covered(
            np.concatenate(
                [np.zeros_like(self.visible)[np.newaxis], patch_covers(len(self.prepared))]
            )
        )
        return self.place((whole - np.array(covered)).reshape(CELLS, CELLS), self.patches)


def make_case(classifier: Classifier, square: np.ndarray, lungs: np.ndarray) -> Case:
    """Return a picture, float32 (224, 224) in [0, 1], as a classifier sees it.

    Args:
        classifier: whom to ask.
        square: the picture.
        lungs: bool (224, 224).
    """
    spec = classifier.card.input
    return Case(classifier, lungs, prepare(square, lungs, spec), see_where(lungs, spec))
