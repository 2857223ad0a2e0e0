"""Several devices and half precision, tried on a processor that stands in for graphics cards."""

import json
import subprocess
import sys

import numpy as np
import pytest

from tests.training.planted import CONFIG, draw_planted
from xray_core.paths import ROOT
from xray_core.training.config import change_config
from xray_core.training.train_classifier import train_classifier

_ON_TWO_CARDS = """
import json, sys
from pathlib import Path
import tensorflow as tf
parts = [tf.config.LogicalDeviceConfiguration()] * 2
tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], parts)
from tests.training import test_devices
from xray_core.training import devices
devices.list_cards = lambda: tf.config.list_logical_devices("CPU")
print("RESULT" + json.dumps(test_devices.train(Path(sys.argv[1]))))
"""


def train(folder):
    """Return the validation logits of a short run, and the precision it ends in."""
    config = change_config(CONFIG, {"epochs": 2, "average_momentum": 0.9, "learning_rate": 1e-3})
    pictures = draw_planted(48, seed=4)
    trained = train_classifier(
        config, pictures.take(range(32)), pictures.take(range(32, 48)), folder
    )
    return trained.validation_logits.tolist(), trained.model.compute_dtype


@pytest.mark.slow
def test_two_cards_in_half_precision_learn_nearly_the_same(tmp_path):
    process = subprocess.run(
        [sys.executable, "-c", _ON_TWO_CARDS, str(tmp_path / "cards")],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert process.returncode == 0, process.stderr
    cards, precision = json.loads(process.stdout.partition("RESULT")[2])
    plain, _ = train(tmp_path / "plain")
    assert precision == "float32", "what is published is in single precision"
    assert plain != cards, "nothing was spread or rounded"
    np.testing.assert_allclose(plain, cards, atol=0.2)
