"""Maps that need the gradient of the network, or its features: for the catalog of explanations."""

from collections.abc import Callable

import cv2
import keras
import numpy as np
import tensorflow as tf

from xray_core.architectures.answer import (
    has_evidence_map,
    pneumonia_log_odds,
    split_at_evidence,
)
from xray_core.diagnosis.cover import mean_grey
from xray_core.diagnosis.occlusion import CELLS, cover_regions
from xray_core.diagnosis.trust.methods import EXPLANATIONS
from xray_core.model_card import ExplainedBy
from xray_core.training.export import answer_with_keras, weigh_evidence

_BATCH = 16
# Masked copies of the picture that Score-CAM asks about. The features that vary most over the
# picture say where; asking about all 1,280 of EfficientNet-Lite0 would take minutes.
_FEATURES = 32
_NOISY_COPIES, _COPIES_AT_ONCE = 12, 4
_NOISE = 0.1  # of the range from black to white; Smilkov et al. found 10 to 20 % to work

Method = Callable[[keras.Model, np.ndarray, np.ndarray], np.ndarray]


def map_served(model: keras.Model, prepared: np.ndarray, visible: np.ndarray) -> np.ndarray:
    """Return the map that the model's serving file gives, float32 (rows, columns), signed."""
    return answer_with_keras(model, prepared[np.newaxis])["heatmap"][0]


def map_grad_cam(model: keras.Model, prepared: np.ndarray, visible: np.ndarray) -> np.ndarray:
    """Return Grad-CAM of the evidence map in log-odds, float32 (rows, columns), 0 or more.

    Each feature has one weight for the whole map, as in the paper, also where the network flattens
    its map and the serving file has HiResCAM.
    """
    features, slope = _weigh_picture(model, prepared)
    return np.maximum(features @ slope.mean(axis=(0, 1)), 0).astype(np.float32)


def map_grad_cam_plus_plus(
    model: keras.Model, prepared: np.ndarray, visible: np.ndarray
) -> np.ndarray:
    """Return Grad-CAM++ of the evidence map, float32 (rows, columns), 0 or more.

    As tf-keras-vis has it, with the log-odds as score, but without a copy of the network for each
    picture.
    """
    features, slope = _weigh_picture(model, prepared)
    below = 2 * slope**2 + slope**3 * features.sum(axis=(0, 1))
    shares = np.divide(slope**2, below, out=np.zeros_like(slope), where=below != 0)
    sums = shares.sum(axis=(0, 1))
    shares /= np.where(sums == 0, 1, sums)
    weights = (np.maximum(slope, 0) * shares).sum(axis=(0, 1))
    return np.maximum(features @ weights, 0).astype(np.float32)


def map_score_cam(model: keras.Model, prepared: np.ndarray, visible: np.ndarray) -> np.ndarray:
    """Return Score-CAM of the evidence map in log-odds, float32 (rows, columns), 0 or more.

    Our own: tf-keras-vis 0.8.7 puts a softmax over the outputs, and a single output is always 1
    there. Of the features only those that vary most are asked about, as in Faster-Score-CAM
    (github.com/tabayashi0117/Score-CAM).
    """
    trunk, _ = split_at_evidence(model)
    features = trunk(tf.constant(prepared[np.newaxis]), training=False)[0].numpy()
    chosen = np.argsort(-features.std(axis=(0, 1)))[:_FEATURES]
    features = features[..., chosen]
    low, high = features.min(axis=(0, 1)), features.max(axis=(0, 1))
    shares = (features - low) / np.maximum(high - low, 1e-12)
    masks = [
        cv2.resize(np.ascontiguousarray(shares[..., place]), prepared.shape[1::-1])
        for place in range(len(chosen))
    ]
    masked = np.repeat(prepared[np.newaxis], len(masks) + 1, axis=0)
    shades = slice(0, 1 if prepared.shape[-1] == 2 else None)  # the lungs stay as they are
    masked[0, ..., shades] = 0
    for picture, mask in zip(masked[1:], masks, strict=True):
        picture[..., shades] *= mask[..., np.newaxis]
    log_odds = _answer(model, masked)
    return np.maximum(features @ (log_odds[1:] - log_odds[0]), 0).astype(np.float32)


def map_smooth_grad(model: keras.Model, prepared: np.ndarray, visible: np.ndarray) -> np.ndarray:
    """Return the size of the gradient, averaged over noisy copies, float32 (14, 14), 0 or more.

    Our own: tf-keras-vis adds noise to the lungs that the network pools over, too.
    """
    shades = slice(0, 1 if prepared.shape[-1] == 2 else None)
    rng = np.random.default_rng(0)
    total = np.zeros(prepared.shape[:2])
    for _ in range(0, _NOISY_COPIES, _COPIES_AT_ONCE):
        noisy = np.repeat(prepared[np.newaxis], _COPIES_AT_ONCE, axis=0)
        noise = rng.normal(0, _NOISE, noisy.shape[:3]).astype(np.float32)
        noisy[..., shades] += (noise * visible)[..., np.newaxis]
        pictures = tf.constant(noisy)
        with tf.GradientTape() as tape:
            tape.watch(pictures)
            log_odds = pneumonia_log_odds(model(pictures, training=False))
        slope = tape.gradient(log_odds, pictures)[..., shades]
        total += slope.numpy().sum(axis=(0, 3))
    fine = (np.abs(total) * visible).astype(np.float32)
    return cv2.resize(fine, (CELLS, CELLS), interpolation=cv2.INTER_AREA)


def map_occlusion(model: keras.Model, prepared: np.ndarray, visible: np.ndarray) -> np.ndarray:
    """Return what covering each spot takes from the log-odds, float32 (14, 14), signed."""
    fill = mean_grey(prepared, visible)
    return cover_regions(lambda batch: _answer(model, batch), prepared, fill)


def map_as_shown(model: keras.Model, prepared: np.ndarray, visible: np.ndarray) -> np.ndarray:
    """Return the kind of map that diagnosis shows for such a network."""
    draw = map_served if has_evidence_map(model) else map_occlusion
    return draw(model, prepared, visible)


# By the names of `EXPLANATIONS`; the app draws the others itself.
METHODS: dict[str, Method] = {
    "grad_cam": map_grad_cam,
    "grad_cam_plus_plus": map_grad_cam_plus_plus,
    "score_cam": map_score_cam,
    "smooth_grad": map_smooth_grad,
}


def choose_methods(model: keras.Model, explained_by: ExplainedBy) -> list[str]:
    """Return the names of the methods that draw something else than the overlay.

    Args:
        model: the network.
        explained_by: what the overlay is, as on the card.
    """
    return [
        name
        for name in METHODS
        if name != explained_by and (has_evidence_map(model) or not EXPLANATIONS[name].needs_map)
    ]


def _weigh_picture(model: keras.Model, prepared: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (the evidence map of one picture, how the log-odds change with it), same shape."""
    trunk, head = split_at_evidence(model)
    evidence = trunk(tf.constant(prepared[np.newaxis]), training=False)
    _, slope = weigh_evidence(head, evidence)
    return evidence[0].numpy(), slope[0].numpy()


def _answer(model: keras.Model, batch: np.ndarray) -> np.ndarray:
    parts = [
        pneumonia_log_odds(model(tf.constant(batch[start : start + _BATCH]), training=False))
        for start in range(0, len(batch), _BATCH)
    ]
    return np.concatenate(parts)[:, 0]
