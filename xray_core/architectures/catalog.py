"""Every classifier network by name."""

from collections.abc import Callable
from dataclasses import dataclass

import keras

from xray_core.architectures.efficientnet_lite import (
    build_efficientnet_lite0,
    load_imagenet_weights,
)
from xray_core.architectures.small_cnn import build_small_cnn
from xray_core.errors import UnknownNameError


@dataclass(frozen=True)
class Architecture:
    """How to build one kind of network.

    Attributes:
        build: from (size, channels, dropout) and the entry's own options to a Keras model whose
            layers ``evidence_map`` and ``logit`` are those of `add_classifier_head`.
        load_imagenet: sets ImageNet weights; None where there are none.
        size_multiple: the input's side must be a multiple of it.
    """

    build: Callable[..., keras.Model]
    load_imagenet: Callable[[keras.Model], None] | None
    size_multiple: int


ARCHITECTURES = {
    "efficientnet-lite0": Architecture(build_efficientnet_lite0, load_imagenet_weights, 16),
    "small-cnn": Architecture(build_small_cnn, None, 8),
}


def get_architecture(name: str) -> Architecture:
    """Return the entry of this name.

    Raises:
        UnknownNameError: there is none.
    """
    try:
        return ARCHITECTURES[name]
    except KeyError:
        raise UnknownNameError("architecture", name, ARCHITECTURES) from None
