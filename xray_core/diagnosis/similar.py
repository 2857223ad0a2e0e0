"""Which known X-rays have lungs that look most like these to the classifier."""

import io
import zipfile
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from xray_core.errors import IncompatibleModelError

PROTOTYPES_FILE = "prototypes.npz"
SHOWN_CASES = 5


@dataclass(frozen=True)
class KnownCases:
    """X-rays whose label is known, as the classifier sees their lungs.

    Attributes:
        features: float32 (N, C), as `Diagnosis.features`.
        labels: int (N,), 1 for pneumonia and 0 for normal.
    """

    features: np.ndarray
    labels: np.ndarray

    @cached_property
    def mean(self) -> np.ndarray:
        """The mean of all features, float32 (C,)."""
        return self.features.mean(axis=0)

    @cached_property
    def directions(self) -> np.ndarray:
        """The way from the mean to each case, float32 (N, C) of length 1."""
        return _to_length_one(self.features - self.mean)


@dataclass(frozen=True)
class SimilarCase:
    """One of the nearest.

    Attributes:
        place: its row among the known cases.
        label: 1 for pneumonia, 0 for normal.
        similarity: cosine of the two feature vectors, seen from the mean of all; 1 for the same.
    """

    place: int
    label: int
    similarity: float


def find_similar(features: np.ndarray, known: KnownCases) -> list[SimilarCase]:
    """Return the five most similar known cases, or as many as there are, the nearest first.

    Args:
        features: float32 (C,), from a `Diagnosis`.
        known: seen by the same model.

    >>> known = KnownCases(np.eye(3, dtype=np.float32), np.array([0, 1, 1]))
    >>> find_similar(np.float32([0, 0, 1]), known)[0]
    SimilarCase(place=2, label=1, similarity=1.0)
    """
    cosines = known.directions @ _to_length_one(features - known.mean)
    nearest = np.argsort(-cosines, kind="stable")[:SHOWN_CASES]
    return [
        SimilarCase(int(at), int(known.labels[at]), round(float(cosines[at]), 4)) for at in nearest
    ]


def _to_length_one(vectors: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.maximum(lengths, np.finfo(np.float32).tiny)


def write_prototypes(known: KnownCases) -> bytes:
    """Return the contents of ``prototypes.npz``; half precision is enough to compare."""
    file = io.BytesIO()
    np.savez_compressed(
        file, features=known.features.astype(np.float16), labels=known.labels.astype(np.uint8)
    )
    return file.getvalue()


def read_prototypes(data: bytes) -> KnownCases:
    """Return what `write_prototypes` wrote.

    Raises:
        IncompatibleModelError: the bytes are something else.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as kept:
            return KnownCases(kept["features"].astype(np.float32), kept["labels"].astype(int))
    except (ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise IncompatibleModelError(
            f"Expected {PROTOTYPES_FILE} with features and labels, got something else: {error}. "
            f"Download or train the model again."
        ) from error
