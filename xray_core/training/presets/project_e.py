"""Project E (Lopez): a simple CNN."""

from xray_core.images.prepare import InputSpec
from xray_core.training.config import TrainingConfig
from xray_core.training.presets.preset import Preset

PRESETS = (
    Preset(
        "E1 Simple CNN",
        "Project E (Lopez)",
        "ReLU, a sigmoid answer and patience with batch size and epochs: about 90 %.",
        TrainingConfig(
            preset="e1-simple-cnn",
            architecture="cnn",
            options={"filters": (32, 64, 64), "units": (64,)},
            input=InputSpec(size=128, outside_lungs="whole", spread_exposure=False),
            balance_classes=False,
            optimizer="adam",
            schedule="constant",
            epochs=10,
            validation="val_folder",
            keep="last",
        ),
        reported="test accuracy about 90 %, loss about .36",
        reported_accuracy=0.90,
        choices=("128 pixels, grey, 32, 64 and 64 filters, Adam, batches of 32, 10 epochs.",),
    ),
)
