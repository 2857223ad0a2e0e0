"""Pictures as an endless stream of batches, by tf.data."""

import os
from dataclasses import dataclass, field

import cv2
import numpy as np
import psutil
import tensorflow as tf

from xray_core.images.prepare import Exposed, expose, prepare
from xray_core.images.xray import WORKING_SIZE
from xray_core.training.augment import Augmentation, augment_exposed, augment_picture
from xray_core.training.classification_data import LoadedImages, class_numbers, prepare_all
from xray_core.training.config import TrainingConfig

Batch = tuple[np.ndarray, np.ndarray, np.ndarray]

_AHEAD_BYTES = 2**30
_MEMORY_SHARE = 0.25  # of what is free, for what is done once and for all


@dataclass
class BatchMaker:
    """Makes the batch of any number, the same one whenever it is asked for.

    A run that goes on where it stopped, and preparing several batches at once, follow from that:
    nothing depends on what was made before.

    Attributes:
        loaded: the pictures.
        config: decides how they are prepared, changed and mixed.
        training: False gives every picture once, in order and unchanged.
    """

    loaded: LoadedImages
    config: TrainingConfig
    training: bool = True
    _prepared: np.ndarray | None = field(init=False, default=None)
    _exposed: list[Exposed] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.size = self.config.batch_size or len(self.loaded)
        self.classes = class_numbers(self.loaded, self.config)
        self.class_weights = _class_weights(self.classes, self.config, self.training)
        self.augments = self.training and _augments(self.config)
        needed = len(self.loaded) * kept_bytes(self.config, self.training)
        if needed > _MEMORY_SHARE * psutil.virtual_memory().available:
            return
        if not self.augments:
            self._prepared = prepare_all(self.loaded, self.config)
        elif needed:
            self._exposed = [self._expose(place) for place in range(len(self.loaded))]

    def __len__(self) -> int:
        """Steps of one epoch."""
        return -(-len(self.loaded) // self.size)

    def make(self, number: int) -> Batch:
        """Return (inputs (B, S, S, channels), targets, weights (B,)) of one step of the run.

        Args:
            number: counts on through the epochs.
        """
        epoch, step = divmod(number, len(self))
        places = self._order(epoch)[step * self.size : (step + 1) * self.size]
        classes = self.classes[places]
        return (
            self._inputs(places, np.random.default_rng([self.config.seed, epoch, step])),
            _targets(classes, self.config),
            self.class_weights[classes],
        )

    def _order(self, epoch: int) -> np.ndarray:
        if not self.training:
            return np.arange(len(self.loaded))
        return np.random.default_rng([self.config.seed, epoch]).permutation(len(self.loaded))

    def _inputs(self, places: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        if self._prepared is not None:
            return self._prepared[places]
        return np.stack([self._input(int(place), rng) for place in places])

    def _input(self, place: int, rng: np.random.Generator) -> np.ndarray:
        spec = self.config.input
        if self._exposed is not None:
            return augment_exposed(self._exposed[place], spec, self.config.augmentation, rng)
        square, lungs = self.loaded.square(place), self.loaded.lungs_of(place)
        if not self.augments:
            return prepare(square, lungs, spec)
        setting, jitter = self.config.augmentation, self.config.mask_jitter
        return augment_picture(square, lungs, spec, setting, jitter, rng)

    def _expose(self, place: int) -> Exposed:
        return expose(self.loaded.square(place), self.loaded.lungs_of(place), self.config.input)


def stream_batches(maker: BatchMaker, first: int, last: int) -> tf.data.Dataset:
    """Return the batches of the steps `first` to `last` - 1, made ahead of time on all cores.

    Of batches so large that a few fill the memory, fewer are made at once.
    """
    cv2.setNumThreads(1)  # batches are made side by side as it is
    spec = maker.config.input
    targets = 1 if maker.config.task == "pneumonia" else len(maker.config.classes)

    def make(number: tf.Tensor) -> tuple[tf.Tensor, ...]:
        made = tf.numpy_function(
            lambda number: maker.make(int(number)), [number], [tf.float32] * 3, stateful=False
        )
        shapes = ([None, spec.size, spec.size, spec.channels], [None, targets], [None])
        return tuple(tf.ensure_shape(part, shape) for part, shape in zip(made, shapes, strict=True))

    numbers = tf.data.Dataset.range(first, last)
    at_once, waiting = batches_ahead(maker.size * picture_bytes(maker.config))
    batches = numbers.map(make, num_parallel_calls=at_once, deterministic=True)
    return batches.prefetch(waiting)


def picture_bytes(config: TrainingConfig) -> int:
    """Return what one prepared picture takes in memory."""
    return 4 * config.input.size**2 * config.input.channels


def kept_bytes(config: TrainingConfig, training: bool = True) -> int:
    """Return what is kept of each picture because no epoch changes it: all, its exposure or 0."""
    if not (training and _augments(config)):
        return picture_bytes(config)
    changes = config.mask_jitter or config.augmentation.changes_exposure
    return 4 * WORKING_SIZE**2 if config.input.spread_exposure and not changes else 0


def _augments(config: TrainingConfig) -> bool:
    return config.augmentation != Augmentation() or config.mask_jitter > 0


def batches_ahead(batch_bytes: int) -> tuple[int, int]:
    """Return how many batches of so many bytes are made at once, and how many may wait ready.

    >>> batches_ahead(10**10)
    (1, 1)
    """
    at_once = max(1, min(os.cpu_count() or 1, _AHEAD_BYTES // batch_bytes))
    return at_once, min(at_once, 2)


def _targets(classes: np.ndarray, config: TrainingConfig) -> np.ndarray:
    """Return what a network is to answer: (B, 1), or one column for each of three classes."""
    if config.task == "pneumonia":
        return classes.astype(np.float32)[:, np.newaxis]
    return np.eye(len(config.classes), dtype=np.float32)[classes]


def _class_weights(classes: np.ndarray, config: TrainingConfig, training: bool) -> np.ndarray:
    count = len(config.classes)
    if not (training and config.balance_classes):
        return np.ones(count, np.float32)
    counts = np.maximum(np.bincount(classes, minlength=count), 1)
    return (len(classes) / (count * counts)).astype(np.float32)
