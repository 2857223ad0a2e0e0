"""The small fitted model behind the gate: what the lung outline's features tell of a picture."""

import io
import zipfile
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

import numpy as np

from xray_core.errors import IncompatibleModelError

GATE_FILE = "gate.npz"
# How a picture may lie. The order is that of the fitted weights.
POSES = ("upright", "mirrored", "upside-down", "on its side")


@dataclass(frozen=True)
class GateModel:
    """Linear models on the features of the lung outline, and limits from validation pictures.

    Attributes:
        pose_weights, pose_bias: float32 (F, 4) and (4,): logits of `POSES`, by logistic regression
            on training pictures and on the same pictures mirrored and turned.
        adult_weights, adult_bias: float32 (F, 1) and (1,): logit of coming from an adult.
        mean, axes: float32 (C,) and (C, K): the mean of the training pictures' features, averaged
            over the picture, and their main axes, scaled so that every one of them spreads by 1.
        farthest: distance from the mean, in standard deviations, beyond which it is no whole chest.
        cropped_mean, cropped_axes, cropped_farthest: the same of training pictures with a part cut
            off one side; beyond this distance, too, it is no chest.
        quality_low, quality_high: float32 (5,): limits of `PictureQuality`, field by field.
    """

    pose_weights: np.ndarray
    pose_bias: np.ndarray
    adult_weights: np.ndarray
    adult_bias: np.ndarray
    mean: np.ndarray
    axes: np.ndarray
    farthest: np.ndarray
    cropped_mean: np.ndarray
    cropped_axes: np.ndarray
    cropped_farthest: np.ndarray
    quality_low: np.ndarray
    quality_high: np.ndarray

    def pose_logits(self, features: np.ndarray) -> np.ndarray:
        """Return the logits of `POSES`, float32 (4,), from features (7, 7, 128)."""
        return features.ravel() @ self.pose_weights + self.pose_bias

    def adult_logit(self, features: np.ndarray) -> float:
        """Return the log-odds of an adult, from features (7, 7, 128)."""
        return float((features.ravel() @ self.adult_weights + self.adult_bias)[0])

    def is_whole_chest(self, features: np.ndarray) -> bool:
        """Return whether features (7, 7, 128) are like those of training pictures."""
        return measure_distance(features, self.mean, self.axes) <= float(self.farthest)

    def is_cropped_chest(self, features: np.ndarray) -> bool:
        """Return whether features (7, 7, 128) are like those of cropped training pictures."""
        distance = measure_distance(features, self.cropped_mean, self.cropped_axes)
        return distance <= float(self.cropped_farthest)


def measure_distance(features: np.ndarray, mean: np.ndarray, axes: np.ndarray) -> float:
    """Return how far features (7, 7, C) lie from the mean of others, in standard deviations.

    Args:
        features: of one picture.
        mean, axes: of the others, float (C,) and (C, K), each axis scaled to a spread of 1.

    Source: Lee et al. 2018, arXiv:1807.03888 (Mahalanobis distance in feature space).
    """
    place = (features.mean(axis=(0, 1)) - mean) @ axes
    return float(np.sqrt(np.square(place).mean()))


def write_gate_model(model: GateModel) -> bytes:
    """Return the contents of ``gate.npz``; half precision is enough for the weights."""
    file = io.BytesIO()
    arrays: dict[str, Any] = {
        field.name: np.asarray(
            getattr(model, field.name),
            np.float16 if field.name.endswith("_weights") else np.float32,
        )
        for field in fields(model)
    }
    np.savez_compressed(file, **arrays)
    return file.getvalue()


@lru_cache(maxsize=2)
def read_gate_model(data: bytes) -> GateModel:
    """Return what `write_gate_model` wrote.

    Raises:
        IncompatibleModelError: the bytes are something else.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as kept:
            return GateModel(
                **{field.name: kept[field.name].astype(np.float32) for field in fields(GateModel)}
            )
    except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise IncompatibleModelError(
            f"Expected {GATE_FILE} with the gate's weights and limits, got something else: "
            f"{error}. Download or train the model again."
        ) from error
