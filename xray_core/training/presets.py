"""Named starting points for training runs."""

from xray_core.errors import UnknownNameError
from xray_core.images.prepare import InputSpec
from xray_core.training.augment import Augmentation
from xray_core.training.config import TrainingConfig

# Neither pose nor exposure, sharpness or compression may tell the classes apart: on this data
# all of them would.
_STRONG = Augmentation(
    rotation_degrees=10,
    zoom=0.12,
    stretch=0.15,
    shift=0.05,
    flip=0.5,
    gamma=1.5,
    contrast=0.25,
    brightness=0.1,
    noise=0.03,
    blur=0.5,
    jpeg=0.5,
)

_LUNGS_ONLY = TrainingConfig(
    preset="lungs-only",
    architecture="efficientnet-lite0",
    input=InputSpec(size=224, outside_lungs="lung_pool", spread_exposure=False),
    initial_weights="imagenet",
    augmentation=_STRONG,
    mask_jitter=4,
    label_smoothing=0.05,
    dropout=0.3,
    epochs=10,
    learning_rate=5e-4,
    weight_decay=1e-3,
    # About the last two epochs: a wide average holds up better on data from elsewhere
    # (Cha et al. 2021, SWAD, arXiv:2102.08604).
    average_momentum=0.997,
    average_mirror=True,
)

PRESETS = {
    config.preset: config
    for config in (
        _LUNGS_ONLY,
        _LUNGS_ONLY.model_copy(
            update={
                "preset": "whole-image",
                "input": InputSpec(size=224, outside_lungs="whole", spread_exposure=False),
                "mask_jitter": 0,
            }
        ),
        TrainingConfig(
            preset="small-cnn",
            architecture="small-cnn",
            input=InputSpec(size=96, outside_lungs="lung_pool"),
            augmentation=Augmentation(flip=0.5, shift=0.03),
            epochs=5,
            learning_rate=3e-3,
        ),
    )
}


def get_preset(name: str) -> TrainingConfig:
    """Return the settings of a preset.

    Raises:
        UnknownNameError: no preset has this name.
    """
    try:
        return PRESETS[name]
    except KeyError:
        raise UnknownNameError("preset", name, PRESETS) from None
