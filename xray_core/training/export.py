"""From a trained Keras network to the file that diagnosis runs."""

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from xray_core.architectures.answer import (
    has_evidence_map,
    pneumonia_log_odds,
    split_at_evidence,
)
from xray_core.architectures.unet import INNERMOST_LAYER
from xray_core.errors import IncompatibleModelError
from xray_core.litert import LiteModel

# What rounding may change: shares of a map's maximum, and probabilities.
_TOLERANCE = 1e-3

_BATCH = 32


def export_classifier(model: keras.Model) -> bytes:
    """Return a serving file from prepared pictures to the outputs of `answer_with_keras`.

    The gradient that the heatmap needs is part of the file. With average pooling and one linear
    layer it is the layer's weights: the heatmap's cells and the bias then add up to the logit (Zhou
    et al. 2016, arXiv:1512.04150).

    Args:
        model: from `build_architecture`.
    """
    # Half precision would halve the file, but moved the probabilities of a lungs-only model by up
    # to .008 and its heatmaps by up to 2.7 % of their maximum.
    return _convert(_answer_of(model), model.input_shape[1:], float16=False)


def export_lung_unet(model: keras.Model) -> bytes:
    """Return a serving file from a picture (B, S, S, 1) to what `LungSegmenter.draw` reads.

    ``features``, its innermost map, (B, S / 32, S / 32, C), and ``lung_logits``, (B, S, S, 1).
    """
    both = keras.Model(model.input, (model.get_layer(INNERMOST_LAYER).output, model.output))

    def serve(image: tf.Tensor) -> dict[str, tf.Tensor]:
        features, logits = both(image, training=False)
        return {"features": features, "lung_logits": logits}

    return _convert(serve, model.input_shape[1:], float16=True)


def answer_with_keras(model: keras.Model, inputs: np.ndarray) -> dict[str, np.ndarray]:
    """Return what the serving file answers, in the order of its outputs.

    ``class_logits`` (N, classes), where there are more than two; ``features`` (N, C), the layer
    ``evidence_map`` averaged over the lungs, where there is one; ``heatmap`` (N, rows, columns),
    signed HiResCAM on the layer ``evidence_map``, where there is one (Draelos & Carin 2020,
    arXiv:2011.08891), which is Grad-CAM (Selvaraju et al. 2017, arXiv:1610.02391) wherever the map
    is averaged: Grad-CAM itself forgets where a network that flattens its map looked; ``logit``
    (N, 1), the log-odds of pneumonia.

    Args:
        inputs: prepared pictures, float32 (N, S, S, channels).
    """
    answer = _answer_of(model)
    parts = [
        answer(tf.constant(inputs[start : start + _BATCH]))
        for start in range(0, len(inputs), _BATCH)
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def explain_with_keras(model: keras.Model, inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (signed heatmap (N, rows, columns), logits (N, 1)), from TensorFlow's gradient.

    Raises:
        ValueError: the network has no evidence map.
    """
    answer = answer_with_keras(model, inputs)
    if "heatmap" not in answer:
        raise ValueError(f"Expected a network with an evidence map, got {model.name}.")
    return answer["heatmap"], answer["logit"]


def check_serving(serving_file: bytes, model: keras.Model, inputs: np.ndarray) -> None:
    """Compare a serving file with the network it was made from.

    Args:
        serving_file: from `export_classifier`.
        inputs: prepared pictures, float32 (N, S, S, channels).

    Raises:
        IncompatibleModelError: they differ by more than rounding explains.
    """
    expected = answer_with_keras(model, inputs)
    found = dict(zip(expected, LiteModel(serving_file).run(inputs), strict=True))
    error = float(np.abs(_sigmoid(found["logit"]) - _sigmoid(expected["logit"])).max())
    heat_error = _relative_error(found, expected) if "heatmap" in expected else 0.0
    if not (heat_error <= _TOLERANCE and error <= _TOLERANCE):  # so that NaN fails, too
        raise IncompatibleModelError(
            f"Expected the serving file to answer like the network, got a heatmap off by "
            f"{heat_error:.4f} of its maximum and a probability off by {error:.4f}."
        )


def weigh_evidence(head: keras.Model, evidence: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Return (logits (B, 1 or classes), how the log-odds change with the evidence, same shape).

    Args:
        head: from `split_at_evidence`.
        evidence: (B, rows, columns, C).
    """
    with tf.GradientTape() as tape:
        tape.watch(evidence)
        logits = head(evidence, training=False)
        log_odds = pneumonia_log_odds(logits)
    return logits, tape.gradient(log_odds, evidence)


def _answer_of(model: keras.Model) -> Callable[[tf.Tensor], dict[str, tf.Tensor]]:
    """Return the function that is served; its outputs are in alphabetical order, as LiteRT's."""

    def name_all(logits: tf.Tensor, **others: tf.Tensor) -> dict[str, tf.Tensor]:
        several = {"class_logits": logits} if logits.shape[-1] > 1 else {}
        return {**several, **others, "logit": pneumonia_log_odds(logits)}

    if not has_evidence_map(model):
        return lambda prepared: name_all(model(prepared, training=False))
    trunk, head = split_at_evidence(model)

    def answer(prepared: tf.Tensor) -> dict[str, tf.Tensor]:
        evidence = trunk(prepared, training=False)
        logits, slope = weigh_evidence(head, evidence)
        return name_all(
            logits,
            features=tf.reduce_mean(evidence, axis=(1, 2)),
            heatmap=tf.reduce_sum(slope * evidence, axis=3),
        )

    return answer


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


def _relative_error(found: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> float:
    """Return the largest error of a heatmap as a share of the largest expected value."""
    scale = np.abs(expected["heatmap"]).max()
    largest = np.abs(found["heatmap"] - expected["heatmap"]).max()
    return float(largest / max(scale, np.finfo(np.float32).tiny))


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))
