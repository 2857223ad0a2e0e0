"""Settings are checked before anything is started, and errors name the field."""

import json

import pytest
from pydantic import ValidationError

from xray_core.architectures.catalog import ARCHITECTURES, get_architecture
from xray_core.errors import InvalidConfigError, UnknownNameError
from xray_core.paths import SHIPPED_MODELS
from xray_core.training.config import TrainingConfig, change_config
from xray_core.training.presets.catalog import PRESETS, get_preset

LESSON = get_preset("lesson").config


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"input.size": 50}, "input.size: expected a multiple of 8"),
        ({"input.size": 4096}, "input.size: expected 16 to 512"),
        ({"input.colour": "rgb"}, "input.colour: expected grey"),
        ({"architecture": "dense"}, "input.outside_lungs: dense cannot pool"),
        (
            {"input.outside_lungs": "whole", "input.colour": "rgb"},
            "input.colour: expected grey for small-cnn",
        ),
        ({"architecture": ["dense"]}, "architecture: "),
        ({"architecture": "resnet"}, "architecture: No architecture is called 'resnet'"),
        ({"options.units": [3]}, "options.units: no such setting"),
        (
            {"architecture": "efficientnet-lite0", "options.filters": [8]},
            "options.filters: no such setting. Choose one of: frozen, stages",
        ),
        ({"epochs": 0}, "epochs: "),
        ({"learning_rte": 1}, "learning_rte: no such setting"),
        ({"learning_rate": "fast"}, "learning_rate: "),
        ({"initial_weights": "imagenet"}, "initial_weights: small-cnn has no ImageNet weights"),
        ({"folds": 3, "fold": 3}, "fold: expected 0 to 2, got 3"),
        ({"folds": 3, "validation": "val_folder"}, "folds: cross-validation is by patient"),
        ({"optimizer": "sgd", "weight_decay": 0.1}, "weight_decay: expected 0 for sgd"),
        ({"input.outside_lungs": "whole", "mask_jitter": 3}, "mask_jitter: expected 0"),
        (
            {"architecture": "cnn", "input.outside_lungs": "lung_mask", "average_mirror": True},
            "average_mirror: expected a network that averages its map, got cnn",
        ),
        (
            {"architecture": "cnn", "input.outside_lungs": "whole", "options": {"filters": []}},
            "options.filters: ",
        ),
    ],
)
def test_what_cannot_work_is_refused_by_name(changes, field):
    with pytest.raises(InvalidConfigError) as caught:
        change_config(LESSON, changes)
    assert str(caught.value).startswith(field)


def test_the_width_of_one_layer_needs_no_list():
    config = change_config(get_preset("a2-dense-second").config, {"options.units": 64})
    assert config.options["units"] == (64,)


def test_changes_reach_inside():
    config = change_config(
        get_preset("c6-cnn-final").config,
        {"options.filters": [8, 16], "augmentation.flip": 0.25, "input.size": 64},
    )
    assert config.options["filters"] == (8, 16)
    assert config.augmentation.flip == 0.25
    assert config.input.size == 64


def test_another_network_brings_its_own_options():
    config = change_config(
        get_preset("d1-base").config, {"architecture": "efficientnet-lite0", "input.size": 64}
    )
    assert config.options == {"stages": 7, "frozen": False}
    changes = {"architecture": "efficientnet-lite0", "options.frozen": True, "input.size": 64}
    assert change_config(LESSON, changes).options == {"stages": 7, "frozen": True}


def test_every_preset_says_where_it_comes_from_and_what_it_teaches():
    projects = {"A": 6, "B": 2, "C": 6, "D": 10, "E": 1}
    for letter, count in projects.items():
        found = [p for p in PRESETS.values() if p.source.startswith(f"Project {letter}")]
        assert len(found) == count
        assert all(preset.choices for preset in found)
    for name, preset in PRESETS.items():
        assert preset.name == name
        assert preset.teaches.endswith(".")
        if preset.reported_accuracy is not None:
            assert f"{100 * preset.reported_accuracy:.4g}".rstrip("0") in preset.reported


def test_unknown_names_list_the_valid_ones():
    with pytest.raises(UnknownNameError, match="lungs-only"):
        get_preset("lungs")
    with pytest.raises(UnknownNameError, match="small-cnn"):
        get_architecture("big-cnn")


def test_every_setting_of_the_form_says_why_one_would_change_it():
    models = [TrainingConfig, *(entry.options for entry in ARCHITECTURES.values())]
    shown = [field for model in models for field in model.model_fields.values() if field.title]
    assert len(shown) > 20
    assert all(field.description and field.description.endswith(".") for field in shown)


def test_settings_of_the_shipped_model_are_still_understood():
    card = json.loads((SHIPPED_MODELS / "lungs-only" / "card.json").read_text())
    assert TrainingConfig.model_validate(card["training"]["settings"]).epochs == 10


def test_settings_cannot_be_changed_in_place():
    with pytest.raises(ValidationError):
        LESSON.epochs = 3
