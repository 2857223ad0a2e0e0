"""A small network of four convolutions: trains in a minute, for lessons and tests."""

import keras
from keras import layers

from xray_core.architectures.lung_pooling import add_classifier_head

_WIDTHS = (16, 32, 48, 64)
_MAP_STRIDE = 8


def build_small_cnn(size: int, channels: int, dropout: float, classes: int = 2) -> keras.Model:
    """Return a network from a prepared X-ray, (S, S, channels) in [0, 1], to its logits.

    Args:
        size: S in pixels, a multiple of 8.
        channels: 2 to pool over the lungs, 1 to pool over the whole picture.
        dropout: share of the pooled features dropped in training.
        classes: as in `add_logits`.
    """
    inputs = keras.Input((size, size, channels), name="prepared")
    x = inputs[..., :1]
    for depth, width in enumerate(_WIDTHS):
        x = layers.Conv2D(width, 3, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
        if depth < len(_WIDTHS) - 1:
            x = layers.MaxPooling2D()(x)
    lungs = inputs[..., 1:] if channels == 2 else None
    logits = add_classifier_head(x, lungs, _MAP_STRIDE, dropout, classes)
    return keras.Model(inputs, logits, name="small")
