"""Published networks get their pixels as their weights expect them, and weights only if asked."""

import socket
import urllib.request
from collections.abc import Iterator
from dataclasses import replace

import keras
import numpy as np
import pytest

from xray_core.architectures import backbones
from xray_core.architectures.build import build_architecture, load_imagenet
from xray_core.errors import InvalidConfigError

OPTIONS = {"units": (8,), "activation": "relu", "dropout_layers": 1, "l1": 0.0, "l2": 0.01}


def build(name="mobilenetv3", size=32, channels=1, frozen=True) -> keras.Model:
    return build_architecture(name, size, channels, 0.2, {**OPTIONS, "frozen": frozen})


@pytest.fixture
def silent_server() -> Iterator[str]:
    """The address of a server that takes a connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/weights.h5"


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("vgg19", "caffe"),
        ("inceptionv3", "tf"),
        ("densenet121", "torch"),
        ("mobilenetv3", "tf"),
        ("convnext-tiny", "torch"),
    ],
)
def test_pixels_are_scaled_as_keras_applications_scales_them(name, mode):
    rgb = np.random.default_rng(0).random((2, 8, 8, 3), np.float32)
    expected = keras.applications.imagenet_utils.preprocess_input(rgb * 255, mode=mode)
    scaled = np.asarray(backbones._BACKBONES[name].scale(keras.ops.convert_to_tensor(rgb)))
    np.testing.assert_allclose(scaled, expected, atol=1e-4)


@pytest.mark.slow
def test_grey_is_the_same_as_three_equal_colours():
    grey, rgb = build(channels=1), build(channels=3)
    rgb.set_weights(grey.get_weights())
    picture = np.random.default_rng(0).random((2, 32, 32, 1), np.float32)
    expected = rgb(np.repeat(picture, 3, axis=-1), training=False)
    np.testing.assert_allclose(grey(picture, training=False), expected, atol=1e-6)


@pytest.mark.parametrize("frozen", [True, False])
def test_a_frozen_backbone_stays_as_it_is_in_training(frozen):
    model = build(frozen=frozen)
    norm = next(x for x in model.layers if isinstance(x, keras.layers.BatchNormalization))
    before = norm.get_weights()
    model.compile("sgd", keras.losses.BinaryCrossentropy(from_logits=True), run_eagerly=True)
    pictures = np.random.default_rng(0).random((4, 32, 32, 1), np.float32)
    model.train_on_batch(pictures, np.float32([[0], [1], [0], [1]]))
    same = all(np.array_equal(*pair) for pair in zip(before, norm.get_weights(), strict=True))
    assert same == frozen
    learning = [x for x in model.layers if x.trainable_weights]
    assert all(isinstance(x, keras.layers.Dense) for x in learning) == frozen


def test_penalties_act_on_the_dense_layers_alone():
    model = build()
    penalised = [x for x in model.layers if getattr(x, "kernel_regularizer", None)]
    assert [type(x).__name__ for x in penalised] == ["Dense"]
    assert len(model.losses) == 1


def test_imagenet_weights_reach_the_backbone_and_leave_the_new_layers(monkeypatch):
    create = backbones._BACKBONES["mobilenetv3"].create
    sources = []

    def download(weights, **arguments):
        assert weights == "imagenet"
        sources.append(create(weights=None, **arguments))
        return sources[0]

    fake = replace(backbones._BACKBONES["mobilenetv3"], create=download)
    model = build(size=64)
    new = model.get_layer("logit").get_weights()
    monkeypatch.setitem(backbones._BACKBONES, "mobilenetv3", fake)
    load_imagenet("mobilenetv3", model)
    expected = sources[0].get_weights()
    for one, other in zip(model.get_weights(), expected, strict=False):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(model.get_layer("logit").get_weights()[0], new[0])


@pytest.mark.parametrize("name", ["vgg19", "mobilenetv3", "convnext-tiny"])
def test_without_internet_a_random_start_is_proposed(monkeypatch, name):
    def fail(*_args, **_kwargs):
        raise Exception("URL fetch failure on https://…: None -- [Errno -2] Name not known")

    model = build(name)
    monkeypatch.setattr("keras.src.utils.file_utils.get_file", fail)
    with pytest.raises(InvalidConfigError, match=r"^initial_weights: .*Choose random"):
        load_imagenet(name, model)


def test_a_server_that_says_nothing_is_given_up_soon(monkeypatch, silent_server):
    def download(*_args, **_kwargs):
        return urllib.request.urlretrieve(silent_server)

    model = build()
    monkeypatch.setattr("keras.src.utils.file_utils.get_file", download)
    monkeypatch.setattr(backbones, "_SILENCE_SECONDS", 0.2)
    with pytest.raises(InvalidConfigError, match="timed out"):
        load_imagenet("mobilenetv3", model)
    assert socket.getdefaulttimeout() is None
