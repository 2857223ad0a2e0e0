"""Pneumoscope's own presets."""

from xray_core.images.prepare import InputSpec
from xray_core.training.augment import Augmentation
from xray_core.training.config import TrainingConfig, change_config
from xray_core.training.presets.preset import OWN, Preset

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
_MILD = Augmentation(rotation_degrees=8, zoom=0.1, shift=0.05, contrast=0.15, brightness=0.1)

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
    keep="last",
)
_WHOLE = InputSpec(size=224, outside_lungs="whole", spread_exposure=False)


def _backbone(name: str, title: str, teaches: str, **changes: object) -> Preset:
    config = TrainingConfig.model_validate(
        {
            "preset": name,
            "architecture": name,
            "options": {"frozen": True},
            "input": _WHOLE,
            "initial_weights": "imagenet",
            "augmentation": _MILD,
            "dropout": 0.2,
            "epochs": 6,
            **changes,
        }
    )
    return Preset(title, OWN, teaches, config)


PRESETS = (
    Preset(
        "Lungs only",
        OWN,
        "The default model: everything but the lungs is taken away, and it tells the classes apart "
        "as well.",
        _LUNGS_ONLY,
    ),
    Preset(
        "Whole image",
        OWN,
        "The same network and recipe on the whole picture: it tells the classes apart as well, and "
        "it looks elsewhere.",
        change_config(_LUNGS_ONLY, {"preset": "whole-image", "input": _WHOLE, "mask_jitter": 0}),
    ),
    Preset(
        "Bacterial, viral or normal",
        OWN,
        "Three answers from the lungs alone: harder, since both kinds look alike.",
        change_config(_LUNGS_ONLY, {"preset": "subtypes", "task": "subtypes"}),
    ),
    Preset(
        "Lesson",
        OWN,
        "A small network, trained on 400 drawn X-rays in under a minute: to try everything with.",
        TrainingConfig(
            preset="lesson",
            architecture="small-cnn",
            input=InputSpec(size=64, outside_lungs="lung_pool"),
            augmentation=Augmentation(flip=0.5, shift=0.03),
            epochs=14,
            batch_size=8,
            learning_rate=3e-3,
            # With few pictures one epoch's validation loss says little: the average of many steps
            # beats the best epoch (AUC 1.0 against .95 on 43 drawn validation pictures).
            average_momentum=0.97,
            keep="last",
        ),
    ),
    Preset(
        "EfficientNet-Lite0, frozen",
        OWN,
        "What frozen ImageNet features give by themselves: the twin of the earlier projects' "
        "frozen VGG19 and InceptionV3 where their own ImageNet weights cannot be had.",
        TrainingConfig(
            preset="lite0-frozen",
            architecture="efficientnet-lite0",
            options={"frozen": True},
            input=_WHOLE,
            initial_weights="imagenet",
            balance_classes=False,
            optimizer="adam",
            schedule="constant",
            epochs=5,
            validation="val_folder",
            keep="last",
        ),
    ),
    _backbone(
        "densenet121",
        "DenseNet121, frozen",
        "Transfer learning: features from photographs, and only the last layer is new.",
    ),
    _backbone(
        "mobilenetv3",
        "MobileNetV3, fine-tuned",
        "Fine-tuning: all layers learn on, at a small learning rate.",
        options={"frozen": False},
        learning_rate=2e-4,
    ),
    _backbone(
        "convnext-tiny",
        "ConvNeXt tiny, frozen",
        "A modern backbone beside the older ones: larger, and slow without a graphics card.",
    ),
)
