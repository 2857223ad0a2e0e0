"""Labelled X-rays with their lungs, decoded once and ready to be prepared."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from xray_core.images.prepare import prepare
from xray_core.training.config import TrainingConfig

NORMAL, BACTERIAL, VIRAL = range(3)
_KINDS = {"bacteria": BACTERIAL, "virus": VIRAL}


def kind_of(label: int, subtype: str) -> int | None:
    """Return 0 for normal, 1 for bacterial, 2 for viral, None where the file does not tell.

    >>> kind_of(0, ""), kind_of(1, "virus"), kind_of(1, "")
    (0, 2, None)
    """
    return NORMAL if label == 0 else _KINDS.get(subtype)


@dataclass(frozen=True)
class LoadedImages:
    """Decoded pictures; selections share the pixels, which may lie on disk.

    Attributes:
        squares_uint8: uint8 (M, 224, 224).
        lungs: bool (M, 224, 224); None where nobody looked for lungs.
        labels: int (N,), 1 for pneumonia.
        patients: whose each picture is.
        paths: where each came from.
        left_out: a sentence for each file that could not be used.
        subtypes: ``bacteria``, ``virus`` or empty, for each picture.
        rows: int (N,), which of the M squares these pictures are; all of them if left out.
    """

    squares_uint8: np.ndarray
    lungs: np.ndarray | None
    labels: np.ndarray
    patients: tuple[str, ...]
    paths: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    subtypes: tuple[str, ...] = ()
    rows: np.ndarray = field(default_factory=lambda: np.zeros(0, int))

    def __post_init__(self) -> None:
        if len(self.rows) != len(self.labels):
            object.__setattr__(self, "rows", np.arange(len(self.labels)))
        if not self.subtypes:
            object.__setattr__(self, "subtypes", ("",) * len(self.labels))

    def __len__(self) -> int:
        return len(self.labels)

    def square(self, place: int) -> np.ndarray:
        """Return one picture, float32 (224, 224) in [0, 1]."""
        return self.squares_uint8[self.rows[place]].astype(np.float32) / 255

    def lungs_of(self, place: int) -> np.ndarray | None:
        """Return the lungs of one picture, bool (224, 224), or None where nobody looked."""
        return None if self.lungs is None else np.asarray(self.lungs[self.rows[place]])

    def take(self, places: Sequence[int]) -> "LoadedImages":
        """Return the pictures at the given places."""
        index = np.asarray(places, int)
        return LoadedImages(
            self.squares_uint8,
            self.lungs,
            self.labels[index],
            tuple(self.patients[place] for place in index),
            tuple(self.paths[place] for place in index),
            self.left_out,
            tuple(self.subtypes[place] for place in index),
            self.rows[index],
        )


def class_numbers(loaded: LoadedImages, config: TrainingConfig) -> np.ndarray:
    """Return the number of each picture's class among ``config.classes``, int (N,)."""
    if config.task == "pneumonia":
        return loaded.labels
    told = zip(loaded.labels, loaded.subtypes, strict=True)
    return np.array([kind_of(int(label), subtype) for label, subtype in told])


def fingerprint_images(loaded: LoadedImages) -> str:
    """Return a SHA-256 over the pictures and labels, the same wherever the folder lies."""
    digest = hashlib.sha256()
    for place, (patient, label) in enumerate(zip(loaded.patients, loaded.labels, strict=True)):
        digest.update(f"{patient}/{label}/".encode())
        digest.update(loaded.squares_uint8[loaded.rows[place]].tobytes())
    return digest.hexdigest()


def prepare_all(loaded: LoadedImages, config: TrainingConfig) -> np.ndarray:
    """Return every picture as the network takes it, float32 (N, S, S, channels)."""
    spec = config.input
    prepared = np.empty((len(loaded), spec.size, spec.size, spec.channels), np.float32)
    for place in range(len(loaded)):  # in place: a list of them would take as much again
        prepared[place] = prepare(loaded.square(place), loaded.lungs_of(place), spec)
    return prepared
