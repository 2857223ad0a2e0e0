"""Settings as a flat list, by dotted names: what can be set, what matters, what was changed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic.fields import FieldInfo

from xray_core.architectures.catalog import get_architecture
from xray_core.images.prepare import InputSpec
from xray_core.training.augment import Augmentation
from xray_core.training.config import TrainingConfig, make_config

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Difference:
    """One setting that is not as it was.

    Attributes:
        name: of the setting, dotted.
        title: its name on screen.
        value, was: as the settings hold them.
    """

    name: str
    title: str
    value: Any
    was: Any


def list_settings(architecture: str) -> dict[str, FieldInfo]:
    """Return every setting that a form can show, by its dotted name.

    Raises:
        UnknownNameError: there is no such architecture.

    >>> list_settings("cnn")["input.size"].title
    'Size (pixels)'
    """
    options = get_architecture(architecture).options
    parts = {
        "": TrainingConfig.model_fields,
        "input.": InputSpec.model_fields,
        "augmentation.": Augmentation.__pydantic_fields__,  # type: ignore[attr-defined]
        "options.": options.model_fields,
    }
    return {
        above + name: field
        for above, fields in parts.items()
        for name, field in fields.items()
        if field.title
    }


def flatten_config(config: TrainingConfig) -> dict[str, Any]:
    """Return each setting's value by its dotted name."""
    values = config.model_dump()
    return {name: _reach(values, name) for name in list_settings(config.architecture)}


def list_relevant(values: Values) -> list[str]:
    """Return the settings that make a difference beside the others.

    >>> whole = {"architecture": "cnn", "input.outside_lungs": "whole"}
    >>> "mask_jitter" in list_relevant(whole)
    False
    """
    return [
        name
        for name in list_settings(values["architecture"])
        if name not in _MATTERS or _MATTERS[name](values)
    ]


def build_config(preset: TrainingConfig, values: Values) -> TrainingConfig:
    """Return a preset's settings with other values; what does not matter is left at its default.

    Args:
        preset: what was started from.
        values: by dotted name; what is missing is left at its default.

    Raises:
        InvalidConfigError: a value or a combination cannot work; the message names the field.
    """
    relevant = set(list_relevant(values))
    settings = preset.model_dump() | {"options": {}}
    for name, field in list_settings(values["architecture"]).items():
        value = values.get(name, field.default) if name in relevant else field.default
        above, _, inside = name.rpartition(".")
        (settings[above] if above else settings)[inside] = value
    return make_config(settings)


def list_differences(values: Values, preset: TrainingConfig) -> list[Difference]:
    """Return the settings that matter and are not as the preset has them.

    Args:
        values: by dotted name, all of the chosen network.
        preset: what was started from.
    """
    fields, before = list_settings(values["architecture"]), flatten_config(preset)
    told = [
        Difference(
            name, str(fields[name].title), values[name], before.get(name, fields[name].default)
        )
        for name in list_relevant(values)
    ]
    return [difference for difference in told if difference.value != difference.was]


def _reach(values: Values, name: str) -> Any:
    for part in name.split("."):
        values = values[part]
    return values


def _sees_lungs_only(values: Values) -> bool:
    return values.get("input.outside_lungs", "whole") != "whole"


def _has_layers(values: Values) -> bool:
    return bool(values.get("options.units") or values.get("options.filters"))


def _has_features(values: Values) -> bool:
    """Return whether something lies between the pixels and the answer."""
    return values["architecture"] != "dense" or _has_layers(values)


def _drops_out(values: Values) -> bool:
    return values.get("dropout", 0) > 0


def _holds_back_a_share(values: Values) -> bool:
    validation = values.get("validation", "patients")
    return validation == "pictures" or (validation == "patients" and values.get("folds", 1) == 1)


_MATTERS: dict[str, Callable[[Values], bool]] = {
    "input.margin": _sees_lungs_only,
    "mask_jitter": _sees_lungs_only,
    "input.colour": lambda values: not get_architecture(values["architecture"]).pools_over_lungs,
    "average_mirror": lambda values: get_architecture(values["architecture"]).pools_over_lungs,
    "initial_weights": lambda values: get_architecture(values["architecture"]).has_imagenet != "no",
    "weight_decay": lambda values: values.get("optimizer", "adamw") == "adamw",
    "dropout": _has_features,
    "options.activation": _has_layers,
    "options.dropout_layers": lambda values: _has_features(values) and _drops_out(values),
    "options.l1": _has_layers,
    "options.l2": _has_layers,
    "validation_share": _holds_back_a_share,
}
