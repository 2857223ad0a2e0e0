"""Train a network that tells pneumonia from normal."""

from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from xray_core.architectures.catalog import get_architecture
from xray_core.architectures.lung_pooling import average_with_mirror
from xray_core.datasets.split import split_by_patient
from xray_core.errors import InvalidConfigError
from xray_core.model_store import read_card, read_classifier_card, read_model_file
from xray_core.training.classification_data import (
    ClassificationBatches,
    LoadedImages,
    prepare_all,
)
from xray_core.training.config import TrainingConfig
from xray_core.training.keras_weights import WEIGHTS_FILE, unpack_weights

HISTORY_FILE = "history.csv"
_NORM_BATCHES = 60


@dataclass(frozen=True)
class TrainedClassifier:
    """A trained network and what it says on the pictures that were kept for choosing.

    Attributes:
        model: the Keras network, from prepared pictures to logits.
        served: the network as it is published; `model` itself unless it averages with the mirror.
        training, validation: the pictures, no patient in both.
        validation_logits: float (N,), of `served`.
    """

    model: keras.Model
    served: keras.Model
    training: LoadedImages
    validation: LoadedImages
    validation_logits: np.ndarray


def build_network(config: TrainingConfig) -> keras.Model:
    """Return the untrained network that the settings ask for.

    Raises:
        UnknownNameError: no architecture has this name.
        InvalidConfigError: the size does not fit, or there are no ImageNet weights.
        IncompatibleModelError: the model to go on from has another network.
    """
    architecture = get_architecture(config.architecture)
    if config.input.size % architecture.size_multiple:
        raise InvalidConfigError(
            f"size: expected a multiple of {architecture.size_multiple} for "
            f"{config.architecture}, got {config.input.size}."
        )
    channels = config.input.channels
    model = architecture.build(config.input.size, channels, config.dropout, **config.options)
    if config.start_from is not None:
        unpack_weights(model, read_model_file(read_card(config.start_from), WEIGHTS_FILE))
    elif config.initial_weights == "imagenet":
        if architecture.load_imagenet is None:
            raise InvalidConfigError(
                f"initial_weights: {config.architecture} has no ImageNet weights. Choose random."
            )
        architecture.load_imagenet(model)
    return model


def load_keras_network(model_id: str) -> keras.Model:
    """Return the Keras network behind a published classifier, as it is served.

    Raises:
        UnknownNameError, IncompatibleModelError: there is no such model, or it was altered.
    """
    card = read_classifier_card(model_id)
    config = TrainingConfig.model_validate(card.training.settings)
    model = build_network(
        config.model_copy(update={"initial_weights": "random", "start_from": None})
    )
    unpack_weights(model, read_model_file(card, WEIGHTS_FILE))
    return _as_served(model, config)


def train_classifier(
    config: TrainingConfig, loaded: LoadedImages, run_folder: Path, workers: int = 2
) -> TrainedClassifier:
    """Return a trained network; its weights and history stay in `run_folder`.

    Args:
        config: everything that decides the run.
        loaded: the pictures of the training folder; validation is taken from them by patient.
        run_folder: receives ``config.json``, ``history.csv`` and ``model.weights.h5``.
        workers: threads that prepare pictures.
    """
    keras.utils.set_random_seed(config.seed)
    run_folder.mkdir(parents=True, exist_ok=True)
    (run_folder / "config.json").write_text(config.model_dump_json(indent=2))
    training, validation = split_loaded(loaded, config)
    model = build_network(config)
    batches = ClassificationBatches(training, config, workers=workers, max_queue_size=8)
    _compile(model, config, steps=len(batches) * config.epochs)
    validation_inputs = prepare_all(validation, config)
    model.fit(
        batches,
        epochs=config.epochs,
        verbose=2,
        validation_data=(validation_inputs, validation.labels[:, np.newaxis].astype(np.float32)),
        callbacks=_callbacks(config, run_folder),
    )
    if config.average_momentum:
        measure_batch_norms_anew(model, batches)
    model.save_weights(run_folder / "model.weights.h5")
    served = _as_served(model, config)
    logits = served.predict(validation_inputs, batch_size=config.batch_size, verbose=0)[:, 0]
    return TrainedClassifier(model, served, training, validation, logits)


def _as_served(model: keras.Model, config: TrainingConfig) -> keras.Model:
    return average_with_mirror(model) if config.average_mirror else model


def split_loaded(loaded: LoadedImages, config: TrainingConfig) -> tuple[LoadedImages, LoadedImages]:
    """Return (training, validation), no patient in both.

    The split does not depend on the seed: a run that goes on from another model must not validate
    on pictures that the other was trained on.

    Raises:
        InvalidConfigError: one of the two lacks a class.
    """
    rows = range(len(loaded))
    if chosen := set(config.validation_patients):
        kept = [row for row in rows if loaded.patients[row] in chosen]
        parts = [row for row in rows if loaded.patients[row] not in chosen], kept
    else:
        parts = split_by_patient(rows, loaded.patients.__getitem__, config.validation_share)
    for name, part in zip(("training", "validation"), parts, strict=True):
        if len(set(loaded.labels[part])) < 2:
            raise InvalidConfigError(
                f"validation_share: expected both classes in {name}, got {len(part)} pictures of "
                f"one class or none. Use more pictures, another share than "
                f"{config.validation_share}, or other patients."
            )
    return loaded.take(parts[0]), loaded.take(parts[1])


def measure_batch_norms_anew(model: keras.Model, batches: ClassificationBatches) -> None:
    """Set the means and variances of every batch normalisation to those under today's weights.

    Averaging weights leaves behind the statistics of the last step's weights.

    Source: Izmailov et al. 2018, Averaging Weights Leads to Wider Optima (arXiv:1803.05407).
    """
    norms = [x for x in model.layers if isinstance(x, keras.layers.BatchNormalization)]
    momenta = [norm.momentum for norm in norms]
    for step in range(min(len(batches), _NORM_BATCHES)):
        for norm in norms:
            norm.momentum = step / (step + 1)  # makes the moving average a plain mean
        model(batches[step][0], training=True)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum


def _compile(model: keras.Model, config: TrainingConfig, steps: int) -> None:
    rise = max(1, steps // 15)
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0, steps - rise, warmup_target=config.learning_rate, warmup_steps=rise
    )
    model.compile(
        keras.optimizers.AdamW(
            schedule,
            weight_decay=config.weight_decay,
            use_ema=config.average_momentum > 0,
            ema_momentum=config.average_momentum or None,
        ),
        # Keras gives half of its smoothing to either class.
        loss=keras.losses.BinaryCrossentropy(
            from_logits=True, label_smoothing=2 * config.label_smoothing
        ),
        metrics=[
            keras.metrics.BinaryAccuracy(name="accuracy", threshold=0.0),
            keras.metrics.AUC(name="auc", from_logits=True),
        ],
    )


def _callbacks(config: TrainingConfig, run_folder: Path) -> list[keras.callbacks.Callback]:
    log = keras.callbacks.CSVLogger(str(run_folder / HISTORY_FILE))
    if not config.average_momentum:
        return [log]
    return [keras.callbacks.SwapEMAWeights(swap_on_epoch=True), log]
