"""Project B: a CNN at 128 pixels, and VGG19."""

from xray_core.images.prepare import InputSpec
from xray_core.training.config import TrainingConfig
from xray_core.training.presets.preset import Preset

_SOURCE = "Project B"
_READ_AT_ONCE = (
    "The author read each split as one batch; a step on all of it does not fit a laptop, so each "
    "step takes Keras' default of 32."
)


def _config(name: str, **changes: object) -> TrainingConfig:
    return TrainingConfig.model_validate(
        {
            "preset": name,
            "architecture": "cnn",
            "input": InputSpec(
                size=128, outside_lungs="whole", spread_exposure=False, colour="rgb"
            ),
            "balance_classes": False,
            "optimizer": "adam",
            "schedule": "constant",
            "epochs": 10,
            "validation": "val_folder",
            "keep": "last",
            **changes,
        }
    )


PRESETS = (
    Preset(
        "B1 CNN at 128 pixels",
        _SOURCE,
        "Curves near 95 % and a test accuracy of 79 %: the training curve is not the result.",
        _config("b1-cnn", options={"filters": (32, 32, 64), "units": (64,)}),
        reported="test accuracy 79 %, curves about 95 %, many false negatives ('model 4')",
        reported_accuracy=0.79,
        choices=(
            _READ_AT_ONCE,
            "The author tried several such networks, most above 70 %, without noting their layers: "
            "this one stands for all.",
            "Three convolutions of 32, 32 and 64 filters, Adam, 10 epochs.",
        ),
    ),
    Preset(
        "B2 VGG19, frozen",
        _SOURCE,
        "A network for photographs, judged by one new layer.",
        _config(
            "b2-vgg19",
            architecture="vgg19",
            options={"frozen": True, "units": ()},
            initial_weights="imagenet",
            epochs=5,
        ),
        choices=(_READ_AT_ONCE, "All of VGG19 frozen, average pooling, one new layer, 5 epochs."),
    ),
)
