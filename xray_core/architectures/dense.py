"""A network of dense layers alone: every pixel is a number of its own."""

from collections.abc import Sequence

import keras
from keras import layers

from xray_core.architectures.answer import add_logits
from xray_core.architectures.dense_layers import add_dense_layers, make_penalty, spread_dropout


def build_dense(
    size: int,
    channels: int,
    dropout: float,
    classes: int,
    units: Sequence[int],
    activation: str,
    dropout_layers: int,
    l1: float,
    l2: float,
) -> keras.Model:
    """Return a network from a prepared X-ray, (S, S, channels) in [0, 1], to its logits.

    It has no evidence map: there is no convolution to explain.

    Args:
        size: S in pixels.
        dropout: share of neurons silenced after the last `dropout_layers` layers.
        classes: as in `add_logits`.
        units, activation, l1, l2: of the dense layers.
    """
    inputs = keras.Input((size, size, channels), name="prepared")
    dropouts = spread_dropout(dropout, len(units), dropout_layers)
    flat = layers.Flatten()(inputs)
    x = add_dense_layers(flat, units, activation, dropouts, make_penalty(l1, l2))
    return keras.Model(inputs, add_logits(x, classes), name="dense")
