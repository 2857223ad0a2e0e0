"""Build any network of the catalog."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import keras

from xray_core.architectures.backbones import build_backbone, download_imagenet_weights
from xray_core.architectures.catalog import get_architecture
from xray_core.architectures.dense import build_dense
from xray_core.architectures.efficientnet_lite import (
    build_efficientnet_lite0,
    load_imagenet_weights,
)
from xray_core.architectures.plain_cnn import build_plain_cnn
from xray_core.architectures.small_cnn import build_small_cnn

_BUILDERS: dict[str, Callable[..., keras.Model]] = {
    "efficientnet-lite0": build_efficientnet_lite0,
    "small-cnn": build_small_cnn,
    "dense": build_dense,
    "cnn": build_plain_cnn,
    "vgg19": partial(build_backbone, "vgg19"),
    "inceptionv3": partial(build_backbone, "inceptionv3"),
    "densenet121": partial(build_backbone, "densenet121"),
    "mobilenetv3": partial(build_backbone, "mobilenetv3"),
    "convnext-tiny": partial(build_backbone, "convnext-tiny"),
}


def build_architecture(
    name: str,
    size: int,
    channels: int,
    dropout: float,
    options: Mapping[str, Any],
    classes: int = 2,
) -> keras.Model:
    """Return an untrained network of the catalog, from prepared pictures to logits.

    Args:
        name: in the catalog.
        size: side of the input in pixels.
        channels: 1 for grey, 2 for grey and lungs, 3 for RGB.
        dropout: share of neurons silenced in training.
        options: what the catalog entry lets one choose.
        classes: with 2 it ends in one logit, (B, 1), positive for pneumonia; with more in a logit
            for each, (B, classes), the first of them normal.
    """
    return _BUILDERS[name](size, channels, dropout, classes, **options)


def load_imagenet(name: str, model: keras.Model) -> None:
    """Set the ImageNet weights of a network that has some; the new layers stay as they are.

    Raises:
        InvalidConfigError: they have to be downloaded, and cannot be.
    """
    if get_architecture(name).has_imagenet == "download":
        download_imagenet_weights(name, model)
    else:
        load_imagenet_weights(model)
