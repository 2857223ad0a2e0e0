"""A whole run of the lung outline: read pictures and drawn lungs, train, publish."""

from collections.abc import Sequence
from pathlib import Path

from xray_core.datasets.split import fingerprint_names, split_by_patient
from xray_core.model_card import TrainingFacts
from xray_core.model_store import DEFAULT_LUNGS
from xray_core.training.publish import fingerprint_files, publish_lung_unet
from xray_core.training.segmentation_data import MaskedImage, pair_masks
from xray_core.training.train_lungs import train_lung_unet

_LUNG_LIMITS = (
    "On pictures of children the outline includes the lung behind the heart, on pictures of "
    "adults it leaves the heart out, as the annotators of each did.",
    "Frontal chest X-rays with two lungs in view only.",
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
