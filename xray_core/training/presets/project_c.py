"""Project C: dense networks, then convolutional ones, at 200 pixels."""

from xray_core.images.prepare import InputSpec
from xray_core.training.config import TrainingConfig
from xray_core.training.presets.preset import Preset

_SOURCE = "Project C"
_OTHER_TEST = (
    "The author's confusion matrix holds 172 normal pictures, not the test folder's 234: a "
    "different test, so the figures are not comparable."
)
_DENSE = "Adam, batches of 32; the author gave no widths, optimizer or epochs."


def _config(name: str, **changes: object) -> TrainingConfig:
    return TrainingConfig.model_validate(
        {
            "preset": name,
            "architecture": "dense",
            "input": InputSpec(
                size=200, outside_lungs="whole", spread_exposure=False, colour="rgb"
            ),
            "balance_classes": False,
            "optimizer": "adam",
            "schedule": "constant",
            "epochs": 5,
            "validation": "val_folder",
            "keep": "last",
            **changes,
        }
    )


PRESETS = (
    Preset(
        "C1 No hidden layer",
        _SOURCE,
        "Logistic regression on 120,000 pixels: fits the training pictures, not the test ones.",
        _config("c1-dense-none", options={"units": ()}),
        reported="train 92 %, test 72 %, validation 75 %",
        reported_accuracy=0.72,
        choices=(_DENSE, "5 epochs."),
    ),
    Preset(
        "C2 Hidden layers",
        _SOURCE,
        "More layers can be worse: this one scored below always saying pneumonia.",
        _config("c2-dense-hidden", options={"units": (64, 32)}),
        reported="train 39 %, test 34 %, validation 81 %",
        reported_accuracy=0.34,
        choices=(_DENSE, "Widths 64 and 32, 5 epochs."),
    ),
    Preset(
        "C3 More epochs",
        _SOURCE,
        "Patience alone: the same network, trained longer.",
        _config("c3-dense-epochs", options={"units": (64, 32)}, epochs=20),
        reported="train 94 %, test 79 %, validation 79 %",
        reported_accuracy=0.79,
        choices=(_DENSE, "Widths 64 and 32, 20 epochs."),
    ),
    Preset(
        "C4 Dropout",
        _SOURCE,
        "Dropout where the network underfits takes more than it gives.",
        _config(
            "c4-dense-dropout",
            options={"units": (64, 32), "dropout_layers": 2},
            epochs=20,
            dropout=0.5,
        ),
        reported="train 74 %, test 62 %, validation 62 %",
        reported_accuracy=0.62,
        choices=(_DENSE, "Dropout of 50 % after both hidden layers, 20 epochs."),
    ),
    Preset(
        "C5 CNN",
        _SOURCE,
        "97 % on a test of one's own making: look at the confusion matrix before the accuracy.",
        _config("c5-cnn", architecture="cnn", options={"filters": (32, 32, 64)}, epochs=10),
        reported="train 96 %, test 97 %, validation 75 %",
        reported_accuracy=0.97,
        choices=(_OTHER_TEST, "32, 32 and 64 filters, Adam, batches of 32, 10 epochs."),
    ),
    Preset(
        "C6 Final CNN",
        _SOURCE,
        "Fewer epochs and dropout: less overfitting, fewer pneumonias found.",
        _config(
            "c6-cnn-final",
            architecture="cnn",
            options={"filters": (32, 32, 64), "dropout_layers": 1},
            dropout=0.5,
            epochs=5,
        ),
        reported="train 86 %, test 88 %, validation 81 %; precision .99, recall .85",
        reported_accuracy=0.88,
        choices=(_OTHER_TEST, "Dropout of 50 % before the answer, 5 epochs."),
    ),
)
