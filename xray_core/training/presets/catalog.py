"""Every preset by name."""

from xray_core.errors import UnknownNameError
from xray_core.training.config import TrainingConfig
from xray_core.training.presets import own, project_a, project_b, project_c, project_d, project_e
from xray_core.training.presets.preset import Preset

RANDOM_START = (
    "Random start: the run that it re-makes began with ImageNet's weights, which could not be had."
)

PRESETS: dict[str, Preset] = {
    preset.name: preset
    for family in (own, project_a, project_b, project_c, project_d, project_e)
    for preset in family.PRESETS
}


def get_preset(name: str) -> Preset:
    """Return the entry of this name.

    Raises:
        UnknownNameError: there is none.
    """
    try:
        return PRESETS[name]
    except KeyError:
        raise UnknownNameError("preset", name, PRESETS) from None


def get_preset_config(name: str) -> TrainingConfig:
    """Return the settings of a preset.

    Raises:
        UnknownNameError: there is none.
    """
    return get_preset(name).config


def began_at_random(preset: str, initial_weights: object) -> bool:
    """Return whether a run began with random weights where its preset begins with ImageNet's.

    >>> began_at_random("b2-vgg19", "random"), began_at_random("b2-vgg19", "imagenet")
    (True, False)
    """
    known = PRESETS.get(preset)
    meant = known.config.initial_weights if known else initial_weights
    return (meant, initial_weights) == ("imagenet", "random")
