"""Project D (Blumer): what augmentation, split, size and penalties do, one at a time."""

from xray_core.images.prepare import InputSpec
from xray_core.training.augment import Augmentation
from xray_core.training.config import TrainingConfig
from xray_core.training.presets.preset import Preset

_SOURCE = "Project D (Blumer)"
_FILTERS = (32, 32, 64, 64)
_AUGMENTED = Augmentation(rotation_degrees=20, zoom=0.2, stretch=0.1, shift=0.1, flip=0.5)
_UNWRITTEN = "32, 32, 64 and 64 filters, batches of 32, 10 epochs."
_RANGES = (
    "Rotation of 20 degrees, zoom 20 %, shift 10 %, mirrored half of the time; instead of shear a "
    "stretch of 10 %, which beside a rotation slants the picture, too."
)
_PENALTY = "A penalty of .001, beside augmentation and dropout, with the 16 validation pictures."
_UPSAMPLED = "256 pixels are made from our working resolution of 224."
_FROZEN = "150 pixels, average pooling, 64 neurons in each dense layer, 5 epochs."


def _config(name: str, **changes: object) -> TrainingConfig:
    return TrainingConfig.model_validate(
        {
            "preset": name,
            "architecture": "cnn",
            "options": {"filters": _FILTERS},
            "input": _size(150),
            "balance_classes": False,
            "optimizer": "adam",
            "learning_rate": 1e-3,
            "schedule": "constant",
            "epochs": 10,
            "validation": "val_folder",
            "keep": "last",
            **changes,
        }
    )


def _size(pixels: int) -> InputSpec:
    return InputSpec(size=pixels, outside_lungs="whole", spread_exposure=False)


def _with_dropout(**options: object) -> dict[str, object]:
    return {
        "augmentation": _AUGMENTED,
        "dropout": 0.2,
        "options": {"filters": _FILTERS, "dropout_layers": 3, **options},
    }


def _inception(name: str, **options: object) -> TrainingConfig:
    return _config(
        name,
        architecture="inceptionv3",
        options={"frozen": True, "units": (64, 64, 64), "dropout_layers": 2, **options},
        initial_weights="imagenet",
        augmentation=_AUGMENTED,
        dropout=0.2,
        epochs=5,
    )


PRESETS = (
    Preset(
        "D1 Base, no augmentation",
        _SOURCE,
        "The base that one factor at a time is added to; it learns the training set by heart.",
        _config("d1-base"),
        reported="74.03 %, loss 2.003",
        reported_accuracy=0.7403,
        choices=(_UNWRITTEN,),
    ),
    Preset(
        "D2 + augmentation",
        _SOURCE,
        "Random turns, zooms and shifts alone gain the most.",
        _config("d2-augmented", augmentation=_AUGMENTED),
        reported="89.90 %, loss .2677",
        reported_accuracy=0.8990,
        choices=(_UNWRITTEN, _RANGES),
    ),
    Preset(
        "D3 + dropout",
        _SOURCE,
        "20 % dropout on three layers on top of it: a difference within chance.",
        _config("d3-dropout", **_with_dropout()),
        reported="90.22 %, loss .27",
        reported_accuracy=0.9022,
        choices=(_UNWRITTEN, _RANGES),
    ),
    Preset(
        "D4 The same at 256 pixels",
        _SOURCE,
        "More pixels are no gain by themselves.",
        _config("d4-dropout-256", input=_size(256), **_with_dropout()),
        reported="87.50 %, loss .3142",
        reported_accuracy=0.8750,
        choices=(_UNWRITTEN, _RANGES, _UPSAMPLED),
    ),
    Preset(
        "D5 20 % validation split (best)",
        _SOURCE,
        "A fifth of the pictures validates (the author had 1,043) instead of 16; drawn by picture, "
        "so patients leak.",
        _config("d5-split", validation="pictures", validation_share=0.2, **_with_dropout()),
        reported="91.50 %, loss .3071; named the best run, rounded to 92 % and .31; recall "
        "95.48, precision 81.20 of one class",
        reported_accuracy=0.9150,
        choices=(_UNWRITTEN, _RANGES),
    ),
    Preset(
        "D6 20 % split at 256 pixels",
        _SOURCE,
        "Size again, with the larger validation set.",
        _config(
            "d6-split-256",
            input=_size(256),
            validation="pictures",
            validation_share=0.2,
            **_with_dropout(),
        ),
        reported="81.41 %, loss .3847",
        reported_accuracy=0.8141,
        choices=(_UNWRITTEN, _RANGES, _UPSAMPLED),
    ),
    Preset(
        "D7 L1 penalty",
        _SOURCE,
        "Pulls the last convolution's weights to zero.",
        _config("d7-l1", **_with_dropout(l1=0.001)),
        choices=(_UNWRITTEN, _RANGES, _PENALTY),
    ),
    Preset(
        "D8 L2 penalty",
        _SOURCE,
        "Keeps the last convolution's weights small.",
        _config("d8-l2", **_with_dropout(l2=0.001)),
        choices=(_UNWRITTEN, _RANGES, _PENALTY),
    ),
    Preset(
        "D9 InceptionV3, frozen",
        _SOURCE,
        "Features from photographs, three new dense layers.",
        _inception("d9-inception"),
        reported="88.94 %, loss .2975",
        reported_accuracy=0.8894,
        choices=(_RANGES, _FROZEN),
    ),
    Preset(
        "D10 InceptionV3 with L1 and L2",
        _SOURCE,
        "Penalties on the new layers: no gain here.",
        _inception("d10-inception-penalised", l1=0.0005, l2=0.0005),
        reported="86.38 %, loss .4030",
        reported_accuracy=0.8638,
        choices=(_RANGES, _FROZEN, "Penalties of .0005."),
    ),
)
