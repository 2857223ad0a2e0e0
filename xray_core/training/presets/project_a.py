"""Project A (Esser): dense networks against convolutional ones at 64 pixels."""

from xray_core.images.prepare import InputSpec
from xray_core.training.config import TrainingConfig
from xray_core.training.presets.preset import Preset

_SOURCE = "Project A (Esser)"
_WHOLE_SPLIT = "The whole split is one batch, as the author's generator gave it."
_STEPS = (
    "The author's generator gave the whole split at once; a step on 5,216 pictures does not fit a "
    "convolutional network into a laptop, so each step takes 64."
)


def _config(name: str, **changes: object) -> TrainingConfig:
    return TrainingConfig.model_validate(
        {
            "preset": name,
            "architecture": "dense",
            "input": InputSpec(size=64, outside_lungs="whole", spread_exposure=False, colour="rgb"),
            "balance_classes": False,
            "optimizer": "adam",
            "schedule": "constant",
            "epochs": 30,
            "batch_size": 64,
            "validation": "val_folder",
            "keep": "last",
            "seed": 123,
            **changes,
        }
    )


PRESETS = (
    Preset(
        "A1 Baseline dense network",
        _SOURCE,
        "Where to begin: three layers that know nothing of neighbourhoods, and plain SGD.",
        _config(
            "a1-dense-baseline",
            options={"units": (64, 32), "activation": "tanh"},
            optimizer="sgd",
            learning_rate=0.01,
            batch_size=0,
            epochs=50,
        ),
        choices=(_WHOLE_SPLIT, "Widths 64 and 32, Keras' learning rate .01, 50 epochs."),
    ),
    Preset(
        "A2 Second dense network",
        _SOURCE,
        "Several things changed at once: which of them helped cannot be told.",
        _config(
            "a2-dense-second",
            input=InputSpec(size=128, outside_lungs="whole", spread_exposure=False, colour="rgb"),
            options={"units": (128, 64, 32)},
        ),
        choices=("128 pixels, ReLU, Adam, batches of 64, widths 128, 64 and 32, 30 epochs.",),
    ),
    Preset(
        "A3 Third dense network",
        _SOURCE,
        "The best that dense layers gave: decent figures without a single convolution.",
        _config("a3-dense-third", options={"units": (128, 64, 32)}),
        reported="85 % accuracy, high precision and recall",
        reported_accuracy=0.85,
        choices=("64 pixels, ReLU, Adam, batches of 64, widths 128, 64 and 32, 30 epochs.",),
    ),
    Preset(
        "A4 Baseline CNN",
        _SOURCE,
        "Convolution, pooling and dropout on top: the author's accuracy fell at first.",
        _config(
            "a4-cnn-baseline",
            architecture="cnn",
            options={"filters": (32, 64), "units": (128, 64, 32)},
            dropout=0.2,
            epochs=15,
        ),
        reported="accuracy below that of A3",
        choices=(_STEPS, "32 and 64 filters, dropout of 20 % after one layer, 15 epochs."),
    ),
    Preset(
        "A5 CNN with more layers",
        _SOURCE,
        "More convolutions, fewer dense neurons.",
        _config(
            "a5-cnn-deeper",
            architecture="cnn",
            options={"filters": (32, 64, 128), "units": (64,)},
            dropout=0.2,
            epochs=15,
        ),
        choices=(_STEPS, "The author tweaked layers without noting them: three convolutions."),
    ),
    Preset(
        "A6 CNN with more dropout",
        _SOURCE,
        "The same with more dropout: see whether it overfits less.",
        _config(
            "a6-cnn-dropout",
            architecture="cnn",
            options={"filters": (32, 64, 128), "units": (64,), "dropout_layers": 3},
            dropout=0.4,
            epochs=15,
        ),
        choices=(_STEPS, "The author tweaked parameters without noting them: dropout of 40 %."),
    ),
)
