"""Labelled X-rays with their lungs, as batches for a classifier."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from xray_core.datasets.folder import LabelledImage
from xray_core.errors import LungsNotFoundError, UnreadableImageError
from xray_core.images.decode import decode_xray
from xray_core.images.prepare import prepare
from xray_core.images.xray import to_working_square
from xray_core.lungs.segment import LungSegmenter
from xray_core.training.augment import augment_picture
from xray_core.training.config import TrainingConfig


@dataclass(frozen=True)
class LoadedImages:
    """Pictures in memory, ready to be prepared.

    Attributes:
        squares_uint8: uint8 (N, 224, 224).
        lungs: bool (N, 224, 224).
        labels: int (N,), 1 for pneumonia.
        patients: whose each picture is.
        paths: where each came from.
        left_out: a sentence for each file that could not be used.
    """

    squares_uint8: np.ndarray
    lungs: np.ndarray
    labels: np.ndarray
    patients: tuple[str, ...]
    paths: tuple[str, ...]
    left_out: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, rows: Sequence[int]) -> "LoadedImages":
        """Return the pictures in the given rows."""
        index = np.asarray(rows, int)
        return LoadedImages(
            self.squares_uint8[index],
            self.lungs[index],
            self.labels[index],
            tuple(self.patients[row] for row in index),
            tuple(self.paths[row] for row in index),
            self.left_out,
        )


def load_images(
    images: Sequence[LabelledImage],
    segmenter: LungSegmenter,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> LoadedImages:
    """Return the pictures with the lungs that our own network finds, as users will get them.

    A file that cannot be read, or in which no lungs are found, is left out and named.
    """
    squares, lungs, used, left_out = [], [], [], []
    for done, image in enumerate(images):
        on_progress(done, len(images))
        try:
            square = to_working_square(decode_xray(image.path.read_bytes(), image.path.name))
            lungs.append(segmenter.find(square).both)
        except (UnreadableImageError, LungsNotFoundError) as error:
            left_out.append(f"{image.path.name}: {error}")
            continue
        squares.append(np.rint(square * 255).astype(np.uint8))
        used.append(image)
    on_progress(len(images), len(images))
    return LoadedImages(
        np.stack(squares),
        np.stack(lungs),
        np.array([image.label for image in used]),
        tuple(image.patient for image in used),
        tuple(str(image.path) for image in used),
        tuple(left_out),
    )


def fingerprint_images(loaded: LoadedImages) -> str:
    """Return a SHA-256 over the pictures and labels, the same wherever the folder lies."""
    digest = hashlib.sha256()
    for patient, label, square in zip(
        loaded.patients, loaded.labels, loaded.squares_uint8, strict=True
    ):
        digest.update(f"{patient}/{label}/".encode())
        digest.update(square.tobytes())
    return digest.hexdigest()


def prepare_all(loaded: LoadedImages, config: TrainingConfig) -> np.ndarray:
    """Return every picture as the network takes it, float32 (N, S, S, channels)."""
    return np.stack(
        [
            prepare(square.astype(np.float32) / 255, lungs, config.input)
            for square, lungs in zip(loaded.squares_uint8, loaded.lungs, strict=True)
        ]
    )


class ClassificationBatches(keras.utils.PyDataset):
    """Augmented batches of (input, label, weight), the same for the same seed."""

    def __init__(self, loaded: LoadedImages, config: TrainingConfig, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.loaded, self.config = loaded, config
        self.class_weights = _class_weights(loaded.labels, config.balance_classes)
        self.epoch = 0
        self.order = self._draw_order()

    def __len__(self) -> int:
        return -(-len(self.loaded) // self.config.batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        size = self.config.batch_size
        rows = self.order[index * size : (index + 1) * size]
        rng = np.random.default_rng([self.config.seed, self.epoch, index])
        labels = self.loaded.labels[rows]
        return (
            np.stack([self._example(row, rng) for row in rows]),
            labels.astype(np.float32)[:, np.newaxis],
            self.class_weights[labels],
        )

    def on_epoch_end(self) -> None:
        self.epoch += 1
        self.order = self._draw_order()

    def _draw_order(self) -> np.ndarray:
        return np.random.default_rng([self.config.seed, self.epoch]).permutation(len(self.loaded))

    def _example(self, row: int, rng: np.random.Generator) -> np.ndarray:
        return augment_picture(
            self.loaded.squares_uint8[row].astype(np.float32) / 255,
            self.loaded.lungs[row],
            self.config.input,
            self.config.augmentation,
            self.config.mask_jitter,
            rng,
        )


def _class_weights(labels: np.ndarray, balance: bool) -> np.ndarray:
    if not balance:
        return np.ones(2, np.float32)
    counts = np.maximum(np.bincount(labels, minlength=2), 1)
    return (len(labels) / (2 * counts)).astype(np.float32)
