"""Convolutions with pooling, flattened into dense layers, as in a first course."""

from collections.abc import Sequence

import keras
from keras import layers

from xray_core.architectures.answer import add_evidence_map, add_logits
from xray_core.architectures.dense_layers import (
    add_dense_layers,
    add_dropout,
    make_penalty,
    spread_dropout,
)


def build_plain_cnn(
    size: int,
    channels: int,
    dropout: float,
    classes: int,
    filters: Sequence[int],
    kernel: int,
    units: Sequence[int],
    activation: str,
    dropout_layers: int,
    l1: float,
    l2: float,
) -> keras.Model:
    """Return a network from a prepared X-ray, (S, S, channels) in [0, 1], to its logits.

    Its evidence map is the last pooled one, before it is flattened.

    Args:
        size: S in pixels.
        dropout: share silenced after the last `dropout_layers` layers: dense ones, then pooled
            convolutions.
        classes: as in `add_logits`.
        filters, kernel: of the convolutions.
        units, activation: of the dense layers; the activation is the convolutions', too.
        l1, l2: penalties on the last convolution's weights.
    """
    dropouts = spread_dropout(dropout, len(filters) + len(units), dropout_layers)
    last = len(filters) - 1
    x = inputs = keras.Input((size, size, channels), name="prepared")
    for depth, width in enumerate(filters):
        penalty = make_penalty(l1, l2) if depth == last else None
        x = layers.Conv2D(
            width, kernel, padding="same", activation=activation, kernel_regularizer=penalty
        )(x)
        x = layers.MaxPooling2D()(x)
        if depth == last:
            x = add_evidence_map(x)
        x = add_dropout(x, dropouts[depth])
    flat = layers.Flatten()(x)
    x = add_dense_layers(flat, units, activation, dropouts[len(filters) :])
    return keras.Model(inputs, add_logits(x, classes), name="plain_cnn")
