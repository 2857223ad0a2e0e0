"""From a trained Keras network to the file that diagnosis runs."""

from collections.abc import Callable

import cv2
import keras
import numpy as np
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from xray_core.architectures.lung_pooling import EVIDENCE_LAYER, LOGIT_LAYER, POOL_LAYER
from xray_core.errors import IncompatibleModelError
from xray_core.litert import LiteModel
from xray_core.model_card import CellPlacement

# What rounding may change: shares of a map's maximum, and probabilities.
_TOLERANCE = 1e-3

_BATCH = 32
_SPOTS = 12


def export_classifier(model: keras.Model) -> bytes:
    """Return a serving file from prepared pictures to ``heatmap`` and ``logit``.

    The heatmap's cells, float32 (B, rows, columns), plus the bias add up to the logit. Its positive
    part is Grad-CAM on the layer ``evidence_map``: with average pooling and one linear layer the
    gradient is the layer's weights, so it needs no gradient at run time (Zhou et al. 2016,
    arXiv:1512.04150; Selvaraju et al. 2017, arXiv:1610.02391).

    Args:
        model: ends in `add_classifier_head`.
    """
    evidence_and_logit = keras.Model(
        model.input, [model.get_layer(EVIDENCE_LAYER).output, model.output]
    )
    kernel, _bias = model.get_layer(LOGIT_LAYER).get_weights()

    def serve(prepared: tf.Tensor) -> dict[str, tf.Tensor]:
        evidence, logit = evidence_and_logit(prepared, training=False)
        cells = evidence.shape[1] * evidence.shape[2]
        heat = tf.squeeze(tf.nn.conv2d(evidence, kernel[None, None] / cells, 1, "VALID"), axis=3)
        return {"heatmap": heat, "logit": logit}

    # Half precision would halve the file, but moved the probabilities of a lungs-only model by up
    # to .008 and its heatmaps by up to 2.7 % of their maximum.
    return _convert(serve, model.input_shape[1:], float16=False)


def export_lung_unet(model: keras.Model) -> bytes:
    """Return a serving file from a picture (B, S, S, 1) to the lungs' logits of the same shape."""

    def serve(image: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"lung_logits": model(image, training=False)}

    return _convert(serve, model.input_shape[1:], float16=True)


def _convert(
    serve: Callable[[tf.Tensor], dict[str, tf.Tensor]], shape: tuple[int, ...], float16: bool
) -> bytes:
    signature = tf.TensorSpec([None, *shape], tf.float32)
    concrete = tf.function(serve).get_concrete_function(signature)
    # Without freezing the converter drops the variables silently and the file answers NaN.
    frozen = convert_variables_to_constants_v2(concrete)
    converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen])
    if float16:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_types = [tf.float16]
    return converter.convert()


def check_serving(serving_file: bytes, model: keras.Model, inputs: np.ndarray) -> None:
    """Compare a serving file with the network it was made from.

    Args:
        serving_file: from `export_classifier`.
        inputs: prepared pictures, float32 (N, S, S, channels).

    Raises:
        IncompatibleModelError: they differ by more than rounding explains.
    """
    heat, logits = LiteModel(serving_file).run(inputs)
    expected_heat, expected_logits = explain_with_keras(model, inputs)
    heat_error = float(np.abs(heat - expected_heat).max() / np.abs(expected_heat).max())
    error = float(np.abs(_sigmoid(logits) - _sigmoid(expected_logits)).max())
    if not max(heat_error, error) <= _TOLERANCE:  # so that NaN fails, too
        raise IncompatibleModelError(
            f"Expected the serving file to answer like the network, got a heatmap off by "
            f"{heat_error:.4f} of its maximum and a probability off by {error:.4f}."
        )


def explain_with_keras(model: keras.Model, inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (signed heatmap (N, rows, columns), logits (N, 1)), from TensorFlow's gradient."""
    both = keras.Model(model.input, [model.get_layer(EVIDENCE_LAYER).output, model.output])
    heats, all_logits = [], []
    for start in range(0, len(inputs), _BATCH):
        evidence, logits = both(tf.constant(inputs[start : start + _BATCH]), training=False)
        with tf.GradientTape() as tape:
            tape.watch(evidence)
            pooled = model.get_layer(POOL_LAYER)(evidence)
            total = tf.reduce_sum(model.get_layer(LOGIT_LAYER)(pooled))
        gradient = tape.gradient(total, evidence)
        heats.append(tf.reduce_sum(gradient * evidence, axis=-1).numpy())
        all_logits.append(logits.numpy())
    return np.concatenate(heats), np.concatenate(all_logits)


def measure_placement(model: keras.Model, inputs: np.ndarray) -> CellPlacement:
    """Return where the cells of the evidence map look.

    The distance between cells follows from the network; where the first one looks does not:
    one-sided padding shifts each strided layer, and training may shift it back. So soft bright
    spots are planted at known places in the lungs of real pictures and of their mirror images, and
    the centre of what they change in the map is compared with where they were planted. The mirror
    images even out that the left lung is not like the right one.

    Args:
        model: ends in `add_classifier_head`.
        inputs: prepared pictures, float32 (N, S, S, channels).
    """
    rows, columns = model.get_layer(EVIDENCE_LAYER).output.shape[1:3]
    stride = np.array([inputs.shape[1] / rows, inputs.shape[2] / columns])
    rng = np.random.default_rng(0)
    shifts = [
        place - stride * cell
        for picture in (*inputs, *inputs[:, :, ::-1])
        for place, cell in _plant_spots(model, picture, stride, rng)
    ]
    first = np.median(shifts, axis=0)
    return CellPlacement(
        rows=rows,
        columns=columns,
        first=(float(first[0]), float(first[1])),
        stride=(float(stride[0]), float(stride[1])),
    )


def _plant_spots(
    model: keras.Model, picture: np.ndarray, stride: np.ndarray, rng: np.random.Generator
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return (place in pixels, centre of change in cells), down and across, for some spots."""
    margin = round(float(stride.max()))
    inside = np.ones(picture.shape[:2], np.uint8)
    if picture.shape[-1] == 2:
        inside = (picture[..., 1] > 0.5).astype(np.uint8)
    inside[[0, -1]] = inside[:, [0, -1]] = 0
    inner = cv2.erode(inside, np.ones((2 * margin + 1,) * 2, np.uint8))
    places = np.argwhere(inner)
    if len(places) == 0:
        return []
    places = places[rng.integers(0, len(places), _SPOTS)]
    down, across = np.indices(picture.shape[:2])
    planted = np.repeat(picture[np.newaxis], _SPOTS + 1, axis=0)
    for changed, place in zip(planted[1:], places, strict=True):
        distance = ((down - place[0]) / stride[0]) ** 2 + ((across - place[1]) / stride[1]) ** 2
        changed[..., 0] += (1 - changed[..., 0]) * np.exp(-2 * distance)
    heat, _ = explain_with_keras(model, planted)
    change = np.square(heat[1:] - heat[0])
    change /= np.maximum(change.sum(axis=(1, 2), keepdims=True), np.finfo(np.float32).tiny)
    cells = np.stack(
        [
            change.sum(axis=2) @ np.arange(change.shape[1]),
            change.sum(axis=1) @ np.arange(change.shape[2]),
        ],
        axis=1,
    )
    return list(zip(places, cells, strict=True))


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))
