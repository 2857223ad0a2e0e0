"""The flat view of settings that forms are made from."""

import pytest

from xray_core.architectures.catalog import ARCHITECTURES
from xray_core.errors import InvalidConfigError
from xray_core.training.presets.catalog import PRESETS, get_preset_config
from xray_core.training.settings import (
    build_config,
    flatten_config,
    list_differences,
    list_relevant,
    list_settings,
)


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_comes_back_from_its_flat_values(name):
    preset = get_preset_config(name)
    assert build_config(preset, flatten_config(preset)) == preset
    assert not list_differences(flatten_config(preset), preset)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_setting_has_words_for_people(architecture):
    for name, field in list_settings(architecture).items():
        assert field.title, name
        assert field.description, name


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_another_network_takes_its_own_options(architecture):
    preset = get_preset_config("a1-dense-baseline")
    values = flatten_config(preset) | {"architecture": architecture, "input.size": 96}
    config = build_config(preset, values)
    fields = ARCHITECTURES[architecture].options.model_fields
    assert set(config.options) == set(fields)
    assert config.options.get("activation", "tanh") == "tanh"


def test_what_does_not_matter_is_hidden_and_back_at_its_default():
    preset = get_preset_config("lungs-only")
    values = flatten_config(preset) | {"input.outside_lungs": "whole", "optimizer": "sgd"}
    hidden = set(list_settings("efficientnet-lite0")) - set(list_relevant(values))
    assert {"mask_jitter", "input.margin", "weight_decay"} <= hidden
    config = build_config(preset, values)
    assert config.mask_jitter == 0
    assert config.weight_decay == 0
    assert {change.name for change in list_differences(values, preset)} == {
        "input.outside_lungs",
        "optimizer",
    }


@pytest.mark.parametrize(
    ("preset", "changes", "field"),
    [
        ("lungs-only", {"input.size": 100}, "input.size"),
        ("e1-simple-cnn", {"input.outside_lungs": "lung_pool"}, "input.outside_lungs"),
        ("d5-split", {"folds": 5}, "folds"),
        ("e1-simple-cnn", {"options.filters": (8,) * 8}, "options.filters"),
        ("lesson", {"learning_rate": 0.0}, "learning_rate"),
        ("lesson", {"augmentation.zoom": 3.0}, "augmentation.zoom"),
    ],
)
def test_an_impossible_combination_is_refused_by_name(preset, changes, field):
    config = get_preset_config(preset)
    with pytest.raises(InvalidConfigError, match=f"^{field}: "):
        build_config(config, flatten_config(config) | changes)
