"""From a finished run to a model in the store."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import keras
import numpy as np

from xray_core.evaluation.calibration import (
    apply_temperature,
    choose_threshold,
    fit_temperature,
)
from xray_core.images.prepare import InputSpec
from xray_core.model_card import Calibration, ClassifierCard, LungCard, TrainingFacts
from xray_core.model_store import SERVING_FILE, publish_model
from xray_core.training.classification_data import LoadedImages, fingerprint_images, prepare_all
from xray_core.training.config import TrainingConfig
from xray_core.training.export import (
    check_serving,
    explain_with_keras,
    export_classifier,
    export_lung_unet,
    measure_placement,
)
from xray_core.training.keras_weights import WEIGHTS_FILE, pack_weights
from xray_core.training.train_classifier import HISTORY_FILE, TrainedClassifier

_INTENDED_USE = "Research and teaching. Not a medical device: no decision about a patient."
_CHECKED_PICTURES = 64
_PLACEMENT_PICTURES = 48
# The share of validation pictures with pneumonia whose brightest cell stays below full colour.
_FULL_SCALE_QUANTILE = 0.75


def publish_classifier(
    model_id: str,
    title: str,
    trained: TrainedClassifier,
    config: TrainingConfig,
    data: str,
    limits: Iterable[str],
    lungs_model: str,
    run_folder: Path,
    models_folder: Path,
) -> Path:
    """Export, check and publish a trained classifier; return its folder.

    Temperature and threshold come from the run's validation pictures.

    Args:
        model_id: name of the model's folder.
        title: name on screen.
        data: the training pictures, in words.
        limits: what the model cannot do, each a sentence.
        lungs_model: the model whose lung masks it was trained with.
        run_folder: holds ``history.csv``.
        models_folder: the folder of all models.

    Raises:
        IncompatibleModelError: the serving file does not answer like the network.
    """
    inputs = prepare_all(_some_pictures(trained), config)
    serving = export_classifier(trained.served)
    check_serving(serving, trained.served, inputs)
    temperature = fit_temperature(trained.validation_logits, trained.validation.labels)
    probabilities = apply_temperature(trained.validation_logits, temperature)
    card = ClassifierCard(
        id=model_id,
        title=title,
        architecture=config.architecture,
        input=config.input,
        training=TrainingFacts(
            preset=config.preset,
            settings=config.model_dump(mode="json"),
            data=data,
            data_fingerprint=fingerprint_images(trained.training),
            split_fingerprint=fingerprint_names(trained.validation.paths),
            training_images=len(trained.training),
            validation_images=len(trained.validation),
        ),
        intended_use=_INTENDED_USE,
        limits=tuple(limits),
        files={},
        calibration=Calibration(
            temperature=temperature,
            threshold=choose_threshold(trained.validation.labels, probabilities),
            source=f"{len(trained.validation)} validation pictures of other patients",
        ),
        placement=measure_placement(trained.served, inputs[:_PLACEMENT_PICTURES]),
        heat_full_scale=_full_scale(trained, config) / temperature,
        lungs_model=lungs_model if config.input.needs_lungs else None,
    )
    files = {
        SERVING_FILE: serving,
        HISTORY_FILE: (run_folder / HISTORY_FILE).read_bytes(),
        WEIGHTS_FILE: pack_weights(trained.model),
    }
    return publish_model(card, files, models_folder)


def publish_lung_unet(
    model_id: str,
    title: str,
    model: keras.Model,
    facts: TrainingFacts,
    limits: Iterable[str],
    run_folder: Path,
    models_folder: Path,
) -> Path:
    """Export and publish a network that draws lungs; return its folder."""
    card = LungCard(
        id=model_id,
        title=title,
        architecture="lung-unet",
        input=InputSpec(size=model.input_shape[1], outside_lungs="whole"),
        training=facts,
        intended_use=_INTENDED_USE,
        limits=tuple(limits),
        files={},
    )
    files = {
        SERVING_FILE: export_lung_unet(model),
        HISTORY_FILE: (run_folder / HISTORY_FILE).read_bytes(),
    }
    return publish_model(card, files, models_folder)


def fingerprint_names(paths: Iterable[str]) -> str:
    """Return a SHA-256 over file names, in order, wherever their folder lies.

    >>> fingerprint_names(["/a/x.png"]) == fingerprint_names(["/b/x.png"])
    True
    """
    return hashlib.sha256("\n".join(Path(path).name for path in paths).encode()).hexdigest()


def fingerprint_files(paths: Iterable[str]) -> str:
    """Return a SHA-256 over the names and contents of files, wherever their folder lies."""
    digest = hashlib.sha256()
    for path in map(Path, paths):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _some_pictures(trained: TrainedClassifier) -> LoadedImages:
    """Return some validation pictures of both classes, mixed."""
    count = len(trained.validation)
    rows = np.random.default_rng(0).permutation(count)[:_CHECKED_PICTURES]
    return trained.validation.take(rows.tolist())


def _full_scale(trained: TrainedClassifier, config: TrainingConfig) -> float:
    """Return the log-odds of one cell that is drawn in full colour."""
    sick = trained.validation.take(np.flatnonzero(trained.validation.labels == 1).tolist())
    heat, _ = explain_with_keras(trained.model, prepare_all(sick, config))
    return max(float(np.quantile(heat.max(axis=(1, 2)), _FULL_SCALE_QUANTILE)), 1e-6)
