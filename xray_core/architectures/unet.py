"""A small U-Net that draws lungs."""

import keras
from keras import layers

WIDTHS = (16, 32, 64, 96, 128)
INNERMOST_LAYER = "innermost"


def build_lung_unet(size: int) -> keras.Model:
    """Return a network from an X-ray to its lungs' logits, (S, S, 1) float to (S, S, 1) float.

    It works at half the input's resolution and enlarges its answer, which takes a quarter of the
    arithmetic: lungs have smooth borders.

    Args:
        size: S in pixels, a multiple of 32.

    Source: Ronneberger, Fischer and Brox 2015, arXiv:1505.04597.
    """
    image = keras.Input((size, size, 1), name="image")
    x = layers.Rescaling(2.0, offset=-1.0)(image)
    x = _convolve(x, WIDTHS[0], kernel_size=5, strides=2)
    skips = []
    for depth, width in enumerate(WIDTHS):
        if depth:
            x = layers.MaxPooling2D()(x)
        x = _convolve(_convolve(x, width), width)
        skips.append(x)
    x = layers.Activation("linear", name=INNERMOST_LAYER)(x)
    for width, skip in zip(WIDTHS[-2::-1], skips[-2::-1], strict=True):
        x = layers.Concatenate()([layers.UpSampling2D()(x), skip])
        x = _convolve(_convolve(x, width), width)
    x = layers.Conv2D(1, 1, name="half_size_logits")(x)
    logits = layers.UpSampling2D(interpolation="bilinear", dtype="float32", name="lung_logits")(x)
    return keras.Model(image, logits, name="lung_unet")


def _convolve(
    x: keras.KerasTensor, width: int, kernel_size: int = 3, strides: int = 1
) -> keras.KerasTensor:
    x = layers.Conv2D(width, kernel_size, strides=strides, padding="same", use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization()(x))
