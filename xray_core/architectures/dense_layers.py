"""Dense layers whose gradient LiteRT can compute, since Grad-CAM is part of the serving file.

LiteRT has no operation for the gradients that TensorFlow gives ReLU, tanh and sigmoid; each is
written here as products of what it has.
"""

from collections.abc import Callable, Sequence

import keras
from keras import layers, ops

_Function = Callable[[keras.KerasTensor], keras.KerasTensor]


@ops.custom_gradient
def _relu(x: keras.KerasTensor) -> tuple[keras.KerasTensor, _Function]:
    return ops.maximum(x, 0), lambda upstream: upstream * ops.cast(x > 0, x.dtype)


@ops.custom_gradient
def _tanh(x: keras.KerasTensor) -> tuple[keras.KerasTensor, _Function]:
    y = ops.tanh(x)
    return y, lambda upstream: upstream * (1 - y * y)


@ops.custom_gradient
def _sigmoid(x: keras.KerasTensor) -> tuple[keras.KerasTensor, _Function]:
    y = ops.sigmoid(x)
    return y, lambda upstream: upstream * y * (1 - y)


@keras.saving.register_keras_serializable("pneumoscope")
def relu(x: keras.KerasTensor) -> keras.KerasTensor:
    """Return the positive part."""
    return _relu(x)


@keras.saving.register_keras_serializable("pneumoscope")
def tanh(x: keras.KerasTensor) -> keras.KerasTensor:
    """Return the hyperbolic tangent."""
    return _tanh(x)


@keras.saving.register_keras_serializable("pneumoscope")
def sigmoid(x: keras.KerasTensor) -> keras.KerasTensor:
    """Return the logistic function."""
    return _sigmoid(x)


ACTIVATIONS: dict[str, _Function] = {"relu": relu, "tanh": tanh, "sigmoid": sigmoid}


def add_dense_layers(
    features: keras.KerasTensor,
    units: Sequence[int],
    activation: str,
    dropouts: Sequence[float],
    penalty: keras.Regularizer | None = None,
) -> keras.KerasTensor:
    """Return (B, units[-1]) from features (B, C); the features themselves without any layer.

    Args:
        units: neurons in each layer.
        activation: in `ACTIVATIONS`.
        dropouts: share of neurons silenced after each layer, as many as `units`.
        penalty: on the weights of each layer.
    """
    x = features
    for width, share in zip(units, dropouts, strict=True):
        x = layers.Dense(width, ACTIVATIONS[activation], kernel_regularizer=penalty)(x)
        x = add_dropout(x, share)
    return x


def add_dropout(x: keras.KerasTensor, share: float) -> keras.KerasTensor:
    """Return the same with a share of it silenced in training."""
    return layers.Dropout(share)(x) if share else x


def spread_dropout(share: float, layer_count: int, dropout_layers: int) -> list[float]:
    """Return the dropout after each layer: the share for the last of them, nothing before.

    >>> spread_dropout(0.2, layer_count=4, dropout_layers=3)
    [0.0, 0.2, 0.2, 0.2]
    """
    return [share if layer_count - i <= dropout_layers else 0.0 for i in range(layer_count)]


def make_penalty(l1: float, l2: float) -> keras.Regularizer | None:
    """Return the penalty on weights, or None where both are zero."""
    return keras.regularizers.L1L2(l1, l2) if l1 or l2 else None
