"""Pictures with a bright patch planted in one lung, and a network trained to find it."""

import numpy as np

from xray_core.images.prepare import InputSpec
from xray_core.training.classification_data import LoadedImages
from xray_core.training.config import TrainingConfig

PATCH = 26

CONFIG = TrainingConfig(
    preset="planted",
    architecture="small-cnn",
    input=InputSpec(size=64, outside_lungs="lung_pool"),
    epochs=8,
    batch_size=16,
    learning_rate=2e-3,
    label_smoothing=0.02,
    validation_share=0.25,
)


def two_boxes() -> np.ndarray:
    """Return a bool (224, 224) mask of two upright boxes in place of lungs."""
    lungs = np.zeros((224, 224), bool)
    lungs[40:190, 30:100] = True
    lungs[40:190, 124:194] = True
    return lungs


def plant_patch(rng: np.random.Generator, sick: bool) -> tuple[np.ndarray, tuple[int, int]]:
    """Return (picture uint8 (224, 224), the patch's centre (row, column))."""
    picture = rng.normal(90, 12, (224, 224))
    # Bright specks everywhere, so that the spread of exposure does not give the patch away.
    picture[rng.random((224, 224)) < 0.04] += 90
    row = int(rng.integers(56, 174))
    column = int(rng.choice([65, 159]) + rng.integers(-18, 19))
    if sick:
        half = PATCH // 2
        picture[row - half : row + half, column - half : column + half] += 90
    # The same patch outside the lungs, sick or not: it must not count.
    picture[4:30, 100:126] += 90
    return np.clip(picture, 0, 255).astype(np.uint8), (row, column)


def draw_planted(count: int, seed: int) -> LoadedImages:
    """Return pictures, every second one with a planted patch, one patient each."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    squares = np.stack([plant_patch(rng, bool(label))[0] for label in labels])
    names = tuple(f"planted-{index}" for index in range(count))
    lungs = np.repeat(two_boxes()[np.newaxis], count, axis=0)
    return LoadedImages(squares, lungs, labels, names, names, ())
