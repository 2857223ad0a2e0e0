"""A whole run: read the pictures, train, choose the threshold, publish."""

from collections.abc import Callable, Sequence
from pathlib import Path

from xray_core.datasets.folder import LabelledImage
from xray_core.datasets.split import split_by_patient
from xray_core.lungs.segment import LungSegmenter
from xray_core.model_card import TrainingFacts
from xray_core.model_store import DEFAULT_LUNGS
from xray_core.training.classification_data import load_images
from xray_core.training.config import TrainingConfig
from xray_core.training.publish import (
    fingerprint_files,
    fingerprint_names,
    publish_classifier,
    publish_lung_unet,
)
from xray_core.training.segmentation_data import MaskedImage, pair_masks
from xray_core.training.train_classifier import train_classifier
from xray_core.training.train_lungs import train_lung_unet

Progress = Callable[[int, int], None]

_CLASSIFIER_LIMITS = (
    "Adults, older children and other hospitals differ from what it was trained on.",
    "Knows two answers, pneumonia and normal: other diseases are called one or the other.",
    "Frontal chest X-rays only.",
)
_LUNG_LIMITS = (
    "On pictures of children the outline includes the lung behind the heart, on pictures of "
    "adults it leaves the heart out, as the annotators of each did.",
    "Frontal chest X-rays with two lungs in view only.",
)


def run_classifier(
    config: TrainingConfig,
    images: Sequence[LabelledImage],
    model_id: str,
    title: str,
    data: str,
    run_folder: Path,
    models_folder: Path,
    on_progress: Progress,
) -> Path:
    """Train and publish a classifier; return its folder.

    Args:
        config: everything that decides the run.
        images: for training only; validation is taken from them by patient.
        model_id, title, data: for the model card.
        run_folder: receives the run's weights and history.
        models_folder: where the model is published.
        on_progress: told (done, total) while pictures are read.

    Raises:
        InvalidConfigError: the settings cannot work with these pictures.
    """
    loaded = load_images(images, LungSegmenter(), on_progress)
    trained = train_classifier(config, loaded, run_folder)
    return publish_classifier(
        model_id,
        title,
        trained,
        config,
        data,
        _CLASSIFIER_LIMITS,
        DEFAULT_LUNGS,
        run_folder,
        models_folder,
    )


def run_lung_unet(
    folders: Sequence[tuple[Path, Path]],
    epochs: int,
    data: str,
    run_folder: Path,
    models_folder: Path,
    start_from: Path | None = None,
) -> Path:
    """Train and publish the lung outline from pairs of (images, masks) folders; return its folder.

    Args:
        folders: data sets of drawn lungs.
        epochs: passes over all of them.
        data: the data sets, in words.
        run_folder: receives the run's weights and history.
        models_folder: where the model is published.
        start_from: weights of an earlier run to go on from.

    Raises:
        DatasetError: a folder holds no pairs.
    """
    groups = [pair_masks(images, masks) for images, masks in folders]
    model = train_lung_unet(groups, run_folder, epochs=epochs, start_from=start_from)
    return publish_lung_unet(
        DEFAULT_LUNGS,
        "Lung outline",
        model,
        describe_lung_run(groups, {"epochs": epochs, "start_from": str(start_from)}, data),
        _LUNG_LIMITS,
        run_folder,
        models_folder,
    )


def describe_lung_run(
    groups: Sequence[Sequence[MaskedImage]], settings: dict[str, object], data: str
) -> TrainingFacts:
    """Return what the model card says of a run of the lung outline."""
    parts = [split_by_patient(group, lambda pair: pair.patient, 0.1) for group in groups]
    training = [str(pair.image) for part, _ in parts for pair in part]
    validation = [str(pair.image) for _, part in parts for pair in part]
    return TrainingFacts(
        preset="lung-outline",
        settings=settings,
        data=data,
        data_fingerprint=fingerprint_files(training),
        split_fingerprint=fingerprint_names(validation),
        training_images=len(training),
        validation_images=len(validation),
    )
