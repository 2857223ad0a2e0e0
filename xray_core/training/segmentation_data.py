"""X-rays with drawn lungs, as batches for the lung U-Net."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import keras
import numpy as np

from xray_core.datasets.naming import read_name
from xray_core.datasets.walk_pictures import IMAGE_SUFFIXES
from xray_core.errors import DatasetError
from xray_core.images.prepare import warp
from xray_core.training.augment import (
    Augmentation,
    random_exposure,
    random_geometry,
    random_level,
)


@dataclass(frozen=True)
class MaskedImage:
    """An X-ray file, the file of its lung mask, and whose they are."""

    image: Path
    mask: Path
    patient: str


def pair_masks(image_folder: Path, mask_folder: Path) -> list[MaskedImage]:
    """Return every image below one folder that has a mask of the same stem below the other.

    Raises:
        DatasetError: there is no such pair.
    """
    masks = {path.stem: path for path in mask_folder.rglob("*.png")}
    pairs = [
        MaskedImage(path, masks[path.stem], read_name(path.stem).patient)
        for path in sorted(image_folder.rglob("*"))
        if path.suffix.lower() in IMAGE_SUFFIXES and path.stem in masks
    ]
    if not pairs:
        raise DatasetError(
            f"Expected masks in {mask_folder} named like the images in {image_folder}, found none."
        )
    return pairs


def load_pairs(pairs: Iterable[MaskedImage], size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return (images, masks), each uint8 (N, size, size); masks are 0 or 255."""
    images, masks = [], []
    for pair in pairs:
        images.append(_read_square(pair.image, size))
        masks.append(_read_square(pair.mask, size))
    return np.stack(images), np.where(np.stack(masks) > 127, 255, 0).astype(np.uint8)


def _read_square(path: Path, size: int) -> np.ndarray:
    picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise DatasetError(f"Expected an image that can be read, found {path}. Remove it.")
    return cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA)


class SegmentationBatches(keras.utils.PyDataset):
    """Batches of (images, masks), float32 (B, S, S, 1) in [0, 1], the same for the same seed."""

    def __init__(
        self,
        images_uint8: np.ndarray,
        masks_uint8: np.ndarray,
        batch_size: int,
        augmentation: Augmentation | None = None,
        seed: int = 0,
        images_per_epoch: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.images, self.masks = images_uint8, masks_uint8
        self.batch_size, self.augmentation, self.seed = batch_size, augmentation, seed
        self.length = min(images_per_epoch or len(images_uint8), len(images_uint8))
        self.epoch = 0
        self.order = self._draw_order()

    def __len__(self) -> int:
        return -(-self.length // self.batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        rows = self.order[index * self.batch_size : (index + 1) * self.batch_size]
        rng = np.random.default_rng([self.seed, self.epoch, index])
        pairs = [self._example(row, rng) for row in rows]
        images, masks = (np.stack(part)[..., np.newaxis] for part in zip(*pairs, strict=True))
        return images, masks

    def on_epoch_end(self) -> None:
        self.epoch += 1
        self.order = self._draw_order()

    def _draw_order(self) -> np.ndarray:
        if self.augmentation is None:
            return np.arange(self.length)
        return np.random.default_rng([self.seed, self.epoch]).permutation(len(self.images))[
            : self.length
        ]

    def _example(self, row: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        image = self.images[row].astype(np.float32) / 255
        mask = self.masks[row].astype(np.float32) / 255
        if self.augmentation is None:
            return image, mask
        size = image.shape[0]
        matrix = random_geometry(size, self.augmentation, rng)
        image, mask = warp(image, matrix, size), warp(mask, matrix, size)
        image = random_exposure(image, self.augmentation, rng)[..., np.newaxis]
        return random_level(image, self.augmentation, rng)[..., 0], mask
