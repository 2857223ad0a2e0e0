"""Train the U-Net that draws lungs."""

from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np
from keras import ops

from xray_core.architectures.unet import build_lung_unet
from xray_core.datasets.split import split_by_patient
from xray_core.training.augment import Augmentation
from xray_core.training.segmentation_data import (
    MaskedImage,
    SegmentationBatches,
    load_pairs,
)

LUNG_AUGMENTATION = Augmentation(
    rotation_degrees=8,
    zoom=0.15,
    stretch=0.15,
    shift=0.06,
    flip=0.5,
    gamma=1.6,
    contrast=0.3,
    brightness=0.12,
    noise=0.04,
    blur=0.3,
    jpeg=0.2,
)


def bce_and_dice_loss(masks: keras.KerasTensor, logits: keras.KerasTensor) -> keras.KerasTensor:
    """Return binary cross-entropy plus soft Dice loss, one value an image."""
    axes = (1, 2, 3)
    cross_entropy = ops.mean(
        ops.relu(logits) - logits * masks + ops.softplus(-ops.abs(logits)), axis=axes
    )
    lungs = ops.sigmoid(logits)
    overlap = ops.sum(lungs * masks, axis=axes)
    area = ops.sum(lungs, axis=axes) + ops.sum(masks, axis=axes)
    return cross_entropy + 1 - (2 * overlap + 1) / (area + 1)


def dice(masks: keras.KerasTensor, logits: keras.KerasTensor) -> keras.KerasTensor:
    """Return the Dice overlap at probability 0.5, one value an image."""
    axes = (1, 2, 3)
    lungs = ops.cast(logits > 0, "float32")
    masks = ops.cast(masks > 0.5, "float32")
    overlap = ops.sum(lungs * masks, axis=axes)
    return 2 * overlap / (ops.sum(lungs, axis=axes) + ops.sum(masks, axis=axes) + 1e-6)


def train_lung_unet(
    groups: Sequence[Sequence[MaskedImage]],
    run_folder: Path,
    size: int = 224,
    epochs: int = 10,
    batch_size: int = 32,
    images_per_epoch: int | None = None,
    learning_rate: float = 2e-3,
    seed: int = 0,
    start_from: Path | None = None,
) -> keras.Model:
    """Return a trained lung U-Net and leave its weights and history in `run_folder`.

    A tenth of each group's patients is kept for validation. The weights are the running average
    over the last steps.

    Args:
        groups: data sets of drawn lungs, each a list of pairs.
        run_folder: receives ``history.csv`` and ``model.weights.h5``.
        size: side of the square input in pixels.
        images_per_epoch: pictures drawn at random for each epoch; all of them if None.
        learning_rate: the highest, after a short rise; it then falls along a cosine to zero.
        start_from: weights of an earlier run to go on from.
    """
    keras.utils.set_random_seed(seed)
    run_folder.mkdir(parents=True, exist_ok=True)
    parts = [split_by_patient(group, lambda pair: pair.patient, 0.1) for group in groups]
    training = load_pairs([pair for part, _ in parts for pair in part], size)
    validation = load_pairs([pair for _, part in parts for pair in part], size)
    batches = SegmentationBatches(
        *training,
        batch_size,
        LUNG_AUGMENTATION,
        seed,
        images_per_epoch,
        workers=2,
        max_queue_size=8,
    )
    model = build_lung_unet(size)
    if start_from is not None:
        model.load_weights(start_from)
    steps = len(batches) * epochs
    rise = max(1, steps // 20)
    model.compile(
        keras.optimizers.AdamW(
            keras.optimizers.schedules.CosineDecay(
                0.0, steps - rise, warmup_target=learning_rate, warmup_steps=rise
            ),
            weight_decay=1e-4,
            use_ema=True,
            ema_momentum=0.99,
        ),
        loss=bce_and_dice_loss,
        metrics=[dice],
    )
    model.fit(
        batches,
        epochs=epochs,
        verbose=2,
        validation_data=SegmentationBatches(*validation, batch_size),
        callbacks=[
            keras.callbacks.SwapEMAWeights(swap_on_epoch=True),
            keras.callbacks.CSVLogger(str(run_folder / "history.csv")),
        ],
    )
    model.save_weights(run_folder / "model.weights.h5")
    return model


def predict_masks(model: keras.Model, images_uint8: np.ndarray) -> np.ndarray:
    """Return lung probabilities, float32 (N, S, S), for images uint8 (N, S, S)."""
    logits = model.predict(images_uint8[..., np.newaxis].astype(np.float32) / 255, verbose=0)
    return 1 / (1 + np.exp(-logits[..., 0]))
