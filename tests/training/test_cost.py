"""What a run will cost, measured in a process of its own."""

import pytest

from xray_core.errors import PneumoscopeError, StoppedError
from xray_core.model_store import read_classifier_card
from xray_core.training import cost as cost_module
from xray_core.training.config import TrainingConfig, change_config
from xray_core.training.cost import measure_cost, name_cost
from xray_core.training.networks import build_blank_network
from xray_core.training.presets.catalog import get_preset_config

LESSON = get_preset_config("lesson")


@pytest.mark.slow
def test_a_small_network_is_measured():
    config = change_config(LESSON, {"input.size": 48, "batch_size": 0})
    cost = measure_cost(config, pictures=200)
    assert cost.layers[0].output == (48, 48, 2)
    assert sum(layer.parameters for layer in cost.layers) == cost.parameters
    assert 0 < cost.trainable < cost.parameters
    assert 0 < cost.epoch_seconds < 60
    assert cost.memory_bytes > 2**28
    assert cost.measured_pictures >= 200


def test_settings_that_cost_the_same_are_measured_once():
    other = change_config(LESSON, {"seed": 3, "epochs": 9, "learning_rate": 1e-4})
    assert name_cost(other, 100) == name_cost(LESSON, 100)
    for change in ({"batch_size": 24}, {"augmentation.blur": 0.5}, {"input.size": 80}):
        assert name_cost(change_config(LESSON, change), 100) != name_cost(LESSON, 100)
    assert name_cost(LESSON, 101) != name_cost(LESSON, 100)


def test_measuring_can_be_stopped():
    with pytest.raises(StoppedError):
        measure_cost(LESSON, 100, should_stop=lambda: True)


def test_a_network_too_slow_to_measure_is_given_up(monkeypatch):
    monkeypatch.setattr(cost_module, "_MOST_SECONDS", 0.0)
    with pytest.raises(PneumoscopeError, match="very large for this machine"):
        measure_cost(LESSON, 100)


def test_a_measurement_that_breaks_says_why(monkeypatch):
    monkeypatch.setattr(cost_module.sys, "executable", "/bin/false")
    with pytest.raises(PneumoscopeError, match="could not be measured: it ended with 1"):
        measure_cost(LESSON, 100)


@pytest.mark.parametrize("model_id", ["a1-dense-baseline", "a3-dense-third"])
def test_a_card_tells_the_parameters_of_the_network_that_its_settings_make(model_id):
    training = read_classifier_card(model_id).training
    network = build_blank_network(TrainingConfig.model_validate(training.settings))
    assert training.parameters == network.count_params()
