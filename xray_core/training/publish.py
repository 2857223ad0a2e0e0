"""From a finished run to a model in the store."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import keras
import numpy as np

from xray_core.architectures.answer import count_features, has_evidence_map
from xray_core.architectures.catalog import get_architecture
from xray_core.datasets.split import fingerprint_names
from xray_core.diagnosis.conformal import SCORES_FILE, write_scores
from xray_core.diagnosis.cover import mean_grey, see_where
from xray_core.diagnosis.occlusion import cover_regions
from xray_core.errors import PneumoscopeError
from xray_core.evaluation.calibration import (
    apply_temperature,
    choose_threshold,
    fit_temperature,
)
from xray_core.evaluation.learnt_from import LEARNT_FROM_FILE, write_learnt_from
from xray_core.images.prepare import InputSpec
from xray_core.litert import LiteModel
from xray_core.model_card import Calibration, ClassifierCard, LungCard, TrainingFacts
from xray_core.model_changes import add_hashes, publish_model
from xray_core.model_store import SERVING_FILE, WEIGHTS_FILE, is_shipped, read_card, read_model_file
from xray_core.training.classification_data import LoadedImages, fingerprint_images, prepare_all
from xray_core.training.config import TrainingConfig
from xray_core.training.export import (
    check_serving,
    explain_with_keras,
    export_classifier,
    export_lung_unet,
)
from xray_core.training.history import read_seconds
from xray_core.training.jobs.run_folder import HISTORY_FILE
from xray_core.training.keras_weights import pack_weights
from xray_core.training.placement import measure_placement
from xray_core.training.train_classifier import TrainedClassifier

_INTENDED_USE = "Research and teaching. Not a medical device: no decision about a patient."
_CHECKED_PICTURES = 64
_PLACEMENT_PICTURES = 48
# The share of validation pictures with pneumonia whose brightest cell stays below full colour.
_FULL_SCALE_QUANTILE = 0.75


def make_classifier(
    model_id: str,
    title: str,
    trained: TrainedClassifier,
    config: TrainingConfig,
    data: str,
    limits: Iterable[str],
    lungs_model: str,
    run_folder: Path,
) -> tuple[ClassifierCard, dict[str, bytes]]:
    """Return the card and the files of a trained classifier, exported and checked.

    Temperature and threshold come from the run's validation pictures.

    Args:
        model_id: name of the model's folder.
        title: name on screen.
        data: the training pictures, in words.
        limits: what the model cannot do, each a sentence.
        lungs_model: the model whose lung masks it was trained with.
        run_folder: holds ``history.csv``.

    Raises:
        IncompatibleModelError: the serving file does not answer like the network.
    """
    inputs = prepare_all(_some_pictures(trained), config)
    serving = export_classifier(trained.served)
    check_serving(serving, trained.served, inputs)
    sick = (trained.validation.labels > 0).astype(int)
    temperature = fit_temperature(trained.validation_logits, sick)
    placement = None
    if has_evidence_map(trained.served):
        placement = measure_placement(trained.served, inputs[:_PLACEMENT_PICTURES])
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
            parameters=trained.model.count_params(),
            seconds=read_seconds(run_folder / HISTORY_FILE),
        ),
        intended_use=_INTENDED_USE,
        limits=tuple(limits),
        files={},
        classes=config.classes,
        calibration=Calibration(
            temperature=temperature,
            threshold=choose_threshold(sick, probabilities),
            source=f"{len(trained.validation)} validation pictures{_whose(config)}",
        ),
        explained_by=get_architecture(config.architecture).explained_by,
        placement=placement,
        heat_full_scale=_full_scale(trained, serving, config) / temperature,
        lungs_model=lungs_model if config.input.needs_lungs else None,
        feature_count=count_features(trained.served),
    )
    files = {
        SERVING_FILE: serving,
        HISTORY_FILE: (run_folder / HISTORY_FILE).read_bytes(),
        WEIGHTS_FILE: pack_weights(trained.model),
        SCORES_FILE: write_scores(sick, probabilities),
    }
    if (learnt_from := _list_learnt_from(trained, config)) is not None:
        files[LEARNT_FROM_FILE] = learnt_from
    return add_hashes(card, files), files


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


def fingerprint_files(paths: Iterable[str]) -> str:
    """Return a SHA-256 over the names and contents of files, wherever their folder lies."""
    digest = hashlib.sha256()
    for path in map(Path, paths):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _list_learnt_from(trained: TrainedClassifier, config: TrainingConfig) -> bytes | None:
    """Return the file of all pictures behind a network; None where those before it are unknown."""
    own = write_learnt_from([*trained.training.paths, *trained.validation.paths])
    if config.start_from is None or is_shipped(config.start_from):
        return own
    try:
        earlier = read_model_file(read_card(config.start_from), LEARNT_FROM_FILE)
    except PneumoscopeError:  # it has none, or is gone
        return None
    return earlier + own.partition(b"\n")[2]


def _whose(config: TrainingConfig) -> str:
    return {
        "patients": " of other patients",
        "pictures": " drawn at random, in part of the same patients",
        "val_folder": " of the data set's val folder",
    }[config.validation]


def _some_pictures(trained: TrainedClassifier) -> LoadedImages:
    """Return some validation pictures of both classes, mixed."""
    count = len(trained.validation)
    rows = np.random.default_rng(0).permutation(count)[:_CHECKED_PICTURES]
    return trained.validation.take(rows.tolist())


def _full_scale(trained: TrainedClassifier, serving: bytes, config: TrainingConfig) -> float:
    """Return the log-odds of one cell that is drawn in full colour."""
    sick = trained.validation.take(np.flatnonzero(trained.validation.labels > 0).tolist())
    if has_evidence_map(trained.model):
        heat, _ = explain_with_keras(trained.served, prepare_all(sick, config))
    else:
        heat = _cover_all(serving, sick.take(range(min(len(sick), _CHECKED_PICTURES))), config)
    return max(float(np.quantile(heat.max(axis=(1, 2)), _FULL_SCALE_QUANTILE)), 1e-6)


def _cover_all(serving: bytes, pictures: LoadedImages, config: TrainingConfig) -> np.ndarray:
    """Return what covering each region takes from the logit, float32 (N, 14, 14)."""
    network = LiteModel(serving)
    return np.stack(
        [
            cover_regions(
                lambda batch: network.run(batch)[-1][:, 0],
                prepared,
                mean_grey(prepared, see_where(pictures.lungs_of(place), config.input)),
            )
            for place, prepared in enumerate(prepare_all(pictures, config))
        ]
    )
