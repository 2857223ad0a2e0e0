"""Which pictures train and which validate."""

import hashlib
from collections.abc import Sequence
from itertools import chain

import numpy as np

from xray_core.datasets.folder import LabelledImage, select_labelled
from xray_core.datasets.index import DatasetIndex
from xray_core.datasets.resplit import load_split
from xray_core.errors import DatasetError, InvalidConfigError
from xray_core.training.classification_data import kind_of
from xray_core.training.config import TrainingConfig, change_config

Division = tuple[list[LabelledImage], list[LabelledImage]]


def list_training_images(
    index: DatasetIndex, config: TrainingConfig
) -> tuple[list[LabelledImage], list[LabelledImage]]:
    """Return the pictures that may train, and those of the data set's own val folder.

    With a kept split the val folder's few pictures may train too.

    Raises:
        DatasetError: the data set has no such pictures of both classes.
    """
    if config.validation == "val_folder":
        if not (index.readable["split"] == "val").any():
            raise DatasetError(
                "validation: this data set has no val folder. Hold back patients instead."
            )
        return select_labelled(index, ("train",)), select_labelled(index, ("val",))
    return select_labelled(index, list_splits(index, config)), []


def list_splits(index: DatasetIndex, config: TrainingConfig) -> tuple[str, ...]:
    """Return the splits whose pictures train or validate; "" is a data set without splits."""
    kept = bool(config.validation_patients) and load_split(index) is not None
    if config.validation == "val_folder" or kept:
        return "train", "val", ""
    return "train", ""


def divide_images(
    training: Sequence[LabelledImage], val_folder: Sequence[LabelledImage], config: TrainingConfig
) -> Division:
    """Return (training, validation).

    Whole patients do not depend on the seed: a run that goes on from another model must not
    validate on pictures that the other was trained on.

    Args:
        training: everything that may train.
        val_folder: the data set's own validation split; empty if it has none.
        config: how to divide.

    Raises:
        InvalidConfigError: one of the two lacks a class.
    """
    if config.task == "subtypes":
        training, val_folder = _with_known_kind(training), _with_known_kind(val_folder)
    parts = _divide(training, val_folder, config)
    check_division(parts, config)
    return parts


def divide_dataset(index: DatasetIndex, config: TrainingConfig) -> Division:
    """Return (training, validation) of a run; of the first fold where there are several.

    Raises:
        DatasetError: the data set has no such pictures of both classes.
        InvalidConfigError: one of the two lacks a class, in whichever fold.
    """
    pictures = list_training_images(index, config)
    first, *_ = (
        divide_images(*pictures, change_config(config, {"fold": fold}))
        for fold in range(config.folds)
    )
    return first


def check_division(parts: Division, config: TrainingConfig) -> None:
    """Refuse a division in which a part lacks a class.

    Raises:
        InvalidConfigError: one does.
    """
    known = {_kind(image, config) for part in parts for image in part}
    if config.task == "subtypes" and len(known) < len(config.classes):
        raise InvalidConfigError(
            f"task: expected pictures of {', '.join(config.classes)}, got {len(known)} of these "
            f"kinds. Tell pneumonia from normal, or choose a data set whose file names tell the "
            f"kind."
        )
    for name, part in zip(("training", "validation"), parts, strict=True):
        kinds = {_kind(image, config) for image in part}
        if len(kinds) < len(config.classes):
            raise InvalidConfigError(
                f"validation: expected pictures of {', '.join(config.classes)} in {name}, got "
                f"{len(part)} pictures of {len(kinds)} class(es). Use more pictures, another "
                f"share or another kind of validation."
            )


def _divide(
    training: Sequence[LabelledImage], val_folder: Sequence[LabelledImage], config: TrainingConfig
) -> Division:
    if config.validation == "val_folder":
        return list(training), list(val_folder)
    if config.validation == "pictures":
        chosen = np.random.default_rng(config.seed).random(len(training)) < config.validation_share
        return _by_choice(training, chosen.tolist())
    if config.folds > 1:
        fold_of = _deal_patients(training, config)
        return _by_choice(training, [fold_of[image.patient] == config.fold for image in training])
    if kept := set(config.validation_patients):
        return _by_choice(training, [image.patient in kept for image in training])
    kept = _hold_back(training, config)
    return _by_choice(training, [image.patient in kept for image in training])


def _hold_back(images: Sequence[LabelledImage], config: TrainingConfig) -> set[str]:
    """Return a share of the patients of each class, at least one."""
    kept: set[str] = set()
    for patients in _mixed_patients(images, config):
        kept |= set(patients[: max(1, round(config.validation_share * len(patients)))])
    return kept


def _deal_patients(images: Sequence[LabelledImage], config: TrainingConfig) -> dict[str, int]:
    """Return the fold of each patient: those of each class are dealt out in turn."""
    mixed = chain.from_iterable(_mixed_patients(images, config))
    return {patient: place % config.folds for place, patient in enumerate(mixed)}


def _mixed_patients(images: Sequence[LabelledImage], config: TrainingConfig) -> list[list[str]]:
    """Return the patients of each class in an order that depends on nothing but their names.

    A patient with pictures of several classes counts for the last of them.
    """
    class_of: dict[str, int] = {}
    for image in images:
        number = _kind(image, config) or 0
        class_of[image.patient] = max(number, class_of.get(image.patient, 0))
    order = sorted(class_of, key=lambda name: hashlib.sha256(f"0/{name}".encode()).digest())
    return [
        [patient for patient in order if class_of[patient] == number]
        for number in range(len(config.classes))
    ]


def _by_choice(images: Sequence[LabelledImage], validates: Sequence[bool]) -> Division:
    told = list(zip(images, validates, strict=True))
    return [image for image, chosen in told if not chosen], [i for i, chosen in told if chosen]


def _with_known_kind(images: Sequence[LabelledImage]) -> list[LabelledImage]:
    return [image for image in images if kind_of(image.label, image.subtype) is not None]


def _kind(image: LabelledImage, config: TrainingConfig) -> int | None:
    return image.label if config.task == "pneumonia" else kind_of(image.label, image.subtype)
