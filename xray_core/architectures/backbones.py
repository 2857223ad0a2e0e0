"""Networks published for photographs, from keras.applications, with new dense layers on top."""

import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import keras
from keras import layers, ops

from xray_core.architectures.answer import add_evidence_map, add_logits
from xray_core.architectures.dense_layers import (
    add_dense_layers,
    add_dropout,
    make_penalty,
    spread_dropout,
)
from xray_core.errors import InvalidConfigError

# A server that says nothing for so long is not there.
_SILENCE_SECONDS = 10.0

_IMAGENET_SHAPE = (224, 224, 3)  # the weights fit every size
_IMAGENET_MEAN = (0.485, 0.456, 0.406)
_IMAGENET_STD = (0.229, 0.224, 0.225)
_CAFFE_MEAN_BGR = (103.939, 116.779, 123.68)


@dataclass(frozen=True)
class _Backbone:
    """A network without its top.

    Attributes:
        create: makes it, from RGB (S, S, 3) scaled as its ImageNet weights expect.
        scale: from RGB in [0, 1] to that scale, as keras.applications' ``preprocess_input``.
    """

    create: Callable[..., keras.Model]
    scale: Callable[[keras.KerasTensor], keras.KerasTensor]


def _minus_one_to_one(rgb: keras.KerasTensor) -> keras.KerasTensor:
    return layers.Rescaling(2.0, offset=-1.0)(rgb)


def _standardise(rgb: keras.KerasTensor) -> keras.KerasTensor:
    scale = [1 / std for std in _IMAGENET_STD]
    offset = [-mean / std for mean, std in zip(_IMAGENET_MEAN, _IMAGENET_STD, strict=True)]
    return layers.Rescaling(scale, offset=offset)(rgb)


def _caffe(rgb: keras.KerasTensor) -> keras.KerasTensor:
    bgr = ops.flip(rgb, axis=-1)
    return layers.Rescaling(255.0, offset=[-mean for mean in _CAFFE_MEAN_BGR])(bgr)


def _mobilenet(**arguments: object) -> keras.Model:
    return keras.applications.MobileNetV3Small(include_preprocessing=False, **arguments)


def _convnext(**arguments: object) -> keras.Model:
    return keras.applications.ConvNeXtTiny(include_preprocessing=False, **arguments)


_BACKBONES = {
    "vgg19": _Backbone(keras.applications.VGG19, _caffe),
    "inceptionv3": _Backbone(keras.applications.InceptionV3, _minus_one_to_one),
    "densenet121": _Backbone(keras.applications.DenseNet121, _standardise),
    "mobilenetv3": _Backbone(_mobilenet, _minus_one_to_one),
    "convnext-tiny": _Backbone(_convnext, _standardise),
}


def build_backbone(
    name: str,
    size: int,
    channels: int,
    dropout: float,
    classes: int,
    frozen: bool,
    units: Sequence[int],
    activation: str,
    dropout_layers: int,
    l1: float,
    l2: float,
) -> keras.Model:
    """Return a network from a prepared X-ray, (S, S, channels) in [0, 1], to its logits.

    Everything lies in one flat network: tf-keras-vis cannot look into a nested one.

    Args:
        name: in the catalog.
        size: S in pixels.
        channels: 1 for grey, which is repeated three times; or 3.
        dropout: share silenced after the last `dropout_layers` layers, of which the pooled
            features are the first.
        classes: as in `add_logits`.
        frozen: leave the backbone as it is in training.
        units, activation, l1, l2: of the dense layers.
    """
    backbone = _BACKBONES[name]
    inputs = keras.Input((size, size, channels), name="prepared")
    rgb = inputs if channels == 3 else layers.Concatenate()([inputs] * 3)
    body = backbone.create(include_top=False, weights=None, input_tensor=backbone.scale(rgb))
    for layer in body.layers if frozen else []:
        layer.trainable = False  # batch normalisations then keep their statistics, too
    dropouts = spread_dropout(dropout, 1 + len(units), dropout_layers)
    x = layers.GlobalAveragePooling2D()(add_evidence_map(body.output))
    x = add_dropout(x, dropouts[0])
    x = add_dense_layers(x, units, activation, dropouts[1:], make_penalty(l1, l2))
    return keras.Model(inputs, add_logits(x, classes), name=name.replace("-", "_"))


def download_imagenet_weights(name: str, model: keras.Model) -> None:
    """Set a backbone's ImageNet weights; Keras downloads them once and keeps them.

    Raises:
        InvalidConfigError: they are not here and cannot be downloaded.
    """
    try:
        with _giving_up_after(_SILENCE_SECONDS):
            source = _BACKBONES[name].create(
                include_top=False, weights="imagenet", input_shape=_IMAGENET_SHAPE
            )
    except Exception as error:  # Keras raises nothing narrower where a download fails
        raise InvalidConfigError(
            f"initial_weights: expected to download the ImageNet weights of {name}, got: {error}. "
            f"Choose random, or connect to the internet once."
        ) from error
    # Both were built alike, and the new layers come last.
    weighted = [layer for layer in model.layers if layer.weights]
    for layer, trained in zip(weighted, (x for x in source.layers if x.weights), strict=False):
        layer.set_weights(trained.get_weights())


@contextmanager
def _giving_up_after(seconds: float) -> Iterator[None]:
    """Let no new connection wait longer for an answer; Keras sets no limit."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
