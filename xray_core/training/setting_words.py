"""What the values of settings are called, on the form and wherever runs are compared."""

from xray_core.architectures.catalog import ARCHITECTURES

VALUE_WORDS = {
    "pneumonia": "Pneumonia or normal",
    "subtypes": "Normal, bacterial or viral",
    "random": "Random start",
    "imagenet": "From ImageNet",
    "adamw": "AdamW",
    "adam": "Adam",
    "sgd": "SGD",
    "rmsprop": "RMSprop",
    "best": "Best epoch",
    "last": "Last epoch",
    "patients": "Whole patients",
    "pictures": "Single pictures",
    "val_folder": "The val folder",
    "whole": "Whole picture",
    "lung_mask": "Lungs only",
    "lung_pool": "Lungs only, pooled",
    "rgb": "RGB",
    "relu": "ReLU",
} | {name: architecture.title for name, architecture in ARCHITECTURES.items()}


def word_value(value: object) -> str:
    """Return a setting's value for people.

    >>> word_value("lung_pool"), word_value((64, 32)), word_value(()), word_value(True)
    ('Lungs only, pooled', '64, 32', 'none', 'on')
    """
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, float):
        return f"{value:g}"
    return VALUE_WORDS.get(value, str(value).capitalize()) if isinstance(value, str) else str(value)
