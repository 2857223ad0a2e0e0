"""Train a network that tells pneumonia from normal."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from xray_core.architectures.answer import pneumonia_log_odds
from xray_core.errors import PneumoscopeError, StoppedError
from xray_core.training.batches import BatchMaker, stream_batches
from xray_core.training.callbacks import (
    CommitState,
    EnoughError,
    FreshSeeds,
    KeepBest,
    KeepState,
    Report,
    TellMore,
    has_state,
    restore_state,
)
from xray_core.training.classification_data import LoadedImages
from xray_core.training.config import TrainingConfig
from xray_core.training.curves import curve_metrics
from xray_core.training.devices import best_devices, copy_weights
from xray_core.training.history import (
    cut_history,
    is_patience_spent,
    read_seconds,
    read_validation_losses,
)
from xray_core.training.jobs.run_folder import HISTORY_FILE
from xray_core.training.networks import as_served, build_blank_network, build_network

Tell = Callable[[int, int, int], bool]

BEST_FILE = "best.weights.h5"
_STATE_FOLDER = "state"
_NORM_BATCHES = 60
_OPTIMIZERS = {
    "adamw": keras.optimizers.AdamW,
    "adam": keras.optimizers.Adam,
    "sgd": keras.optimizers.SGD,
    "rmsprop": keras.optimizers.RMSprop,
}


@dataclass(frozen=True)
class TrainedClassifier:
    """A trained network and what it says on the pictures that were kept for choosing.

    Attributes:
        model: the Keras network, from prepared pictures to logits.
        served: the network as it is published; `model` itself unless it averages with the mirror.
        training, validation: the pictures, no patient in both.
        validation_logits: log-odds of pneumonia, float (N,), of `served`.
    """

    model: keras.Model
    served: keras.Model
    training: LoadedImages
    validation: LoadedImages
    validation_logits: np.ndarray


def train_classifier(
    config: TrainingConfig,
    training: LoadedImages,
    validation: LoadedImages,
    run_folder: Path,
    tell: Tell = lambda epoch, step, steps: False,
) -> TrainedClassifier:
    """Return a trained network; what it takes to go on or to judge the run stays in `run_folder`.

    A run that stopped goes on from its last epoch.

    Args:
        config: everything that decides the run.
        training, validation: the pictures, prepared by `config`.
        run_folder: receives ``history.csv``, ``state/``, ``best.weights.h5`` and ``tensorboard/``.
        tell: called after each step with (epochs ended, steps of this epoch, steps of an epoch);
            it may raise to end the run, or return True to end it and keep the best epoch so far.

    Raises:
        StoppedError: it was told to keep what it has before the first epoch ended.
        PneumoscopeError: the network that is kept answers with NaN.
    """
    keras.utils.set_random_seed(config.seed)
    run_folder.mkdir(parents=True, exist_ok=True)
    maker, judged = BatchMaker(training, config), BatchMaker(validation, config, training=False)
    # Going on, it needs no first weights: the model that they came from may be gone.
    build = build_blank_network if has_state(run_folder / _STATE_FOLDER) else build_network
    with best_devices():
        model = build(config)
        compile_network(model, config, len(maker) * config.epochs)
    first = restore_state(model, run_folder / _STATE_FOLDER)
    cut_history(run_folder / HISTORY_FILE, first)
    stopped = False
    if not _is_over(config, run_folder, first):
        stopped = _fit(model, config, maker, judged, first, run_folder, tell)
    best = stopped or config.keep == "best"
    model = _kept_network(model, config, run_folder, best)
    if config.average_momentum:
        measure_batch_norms_anew(model, maker)
    served = as_served(model, config)
    logits = served.predict(stream_batches(judged, 0, len(judged)), verbose=0)
    log_odds = np.asarray(pneumonia_log_odds(logits))[:, 0]
    if not np.isfinite(log_odds).all():
        raise PneumoscopeError(
            "The training ran away: the network that it left answers with what is no number. Start "
            "again with a smaller learning rate, or keep the best epoch instead of the last."
        )
    return TrainedClassifier(model, served, training, validation, log_odds)


def _fit(
    model: keras.Model,
    config: TrainingConfig,
    maker: BatchMaker,
    judged: BatchMaker,
    first: int,
    run_folder: Path,
    tell: Tell,
) -> bool:
    """Train from epoch `first` on until the last one; return whether somebody had enough before."""
    steps = len(maker)
    history = keras.callbacks.CSVLogger(str(run_folder / HISTORY_FILE), append=True)
    try:
        model.fit(
            stream_batches(maker, first * steps, config.epochs * steps),
            initial_epoch=first,
            epochs=config.epochs,
            steps_per_epoch=steps,
            verbose=2,
            shuffle=False,  # the stream is mixed already
            validation_data=stream_batches(judged, 0, len(judged)),
            callbacks=_callbacks(config, run_folder, history, Report(steps, tell)),
        )
    except EnoughError:
        return True
    finally:
        if history.csv_file:  # fit closes it only where nothing goes wrong
            history.csv_file.close()
    return False


def _kept_network(
    model: keras.Model, config: TrainingConfig, run_folder: Path, best: bool
) -> keras.Model:
    """Return the network with the weights of the epoch that is kept, in single precision."""
    # Fit may have been stopped within an epoch: back to the end of the last whole one.
    if not restore_state(model, run_folder / _STATE_FOLDER):
        raise StoppedError("Stopped before the first epoch ended: there is nothing to keep.")
    model.optimizer.finalize_variable_values(model.trainable_variables)
    if best and (run_folder / BEST_FILE).exists():
        model.load_weights(run_folder / BEST_FILE)
    if model.compute_dtype == "float32":
        return model
    return copy_weights(model, build_blank_network(config))


def measure_batch_norms_anew(model: keras.Model, maker: BatchMaker) -> None:
    """Set the means and variances of every batch normalisation to those under today's weights.

    Averaging weights leaves behind the statistics of the last step's weights.

    Source: Izmailov et al. 2018, Averaging Weights Leads to Wider Optima (arXiv:1803.05407).
    """
    norms = [x for x in model.layers if isinstance(x, keras.layers.BatchNormalization)]
    momenta = [norm.momentum for norm in norms]
    for step in range(min(len(maker), _NORM_BATCHES)):
        for norm in norms:
            norm.momentum = step / (step + 1)  # makes the moving average a plain mean
        model(maker.make(step)[0], training=True)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum


def _is_over(config: TrainingConfig, run_folder: Path, epochs: int) -> bool:
    """Return whether a run that is gone on with has nothing left to train."""
    if epochs >= config.epochs:
        return True
    losses = read_validation_losses(run_folder / HISTORY_FILE)
    return is_patience_spent(losses, config.early_stopping)


def compile_network(model: keras.Model, config: TrainingConfig, steps: int) -> None:
    """Give a network the loss, optimizer and curves that the settings ask for.

    Args:
        model: from `build_network`.
        config: the settings.
        steps: of the whole run, over which the learning rate is planned.
    """
    averages = {
        "use_ema": config.average_momentum > 0,
        "ema_momentum": config.average_momentum or None,
    }
    decay = {"weight_decay": config.weight_decay} if config.optimizer == "adamw" else {}
    optimizer = _OPTIMIZERS[config.optimizer](_schedule(config, steps), **averages, **decay)
    classes = len(config.classes)
    # Keras gives a part of its smoothing back to the label's own class.
    smoothing = config.label_smoothing * classes / (classes - 1)
    loss = keras.losses.BinaryCrossentropy if classes == 2 else keras.losses.CategoricalCrossentropy
    model.compile(
        optimizer,
        loss=loss(from_logits=True, label_smoothing=smoothing),
        metrics=curve_metrics(),
    )
    # Variables that come into being within the first step make TensorFlow trace it twice, and what
    # was kept of them finds no place. In half precision the model's has some beside ours.
    model.optimizer.build(model.trainable_variables)


def _schedule(
    config: TrainingConfig, steps: int
) -> float | keras.optimizers.schedules.LearningRateSchedule:
    if config.schedule == "constant":
        return config.learning_rate
    rise = max(1, steps // 15)
    return keras.optimizers.schedules.CosineDecay(
        0.0, max(1, steps - rise), warmup_target=config.learning_rate, warmup_steps=rise
    )


def _callbacks(
    config: TrainingConfig,
    run_folder: Path,
    history: keras.callbacks.CSVLogger,
    report: Report,
) -> list[keras.callbacks.Callback]:
    """Return the callbacks in the order in which they must act at the end of an epoch."""
    history_file = run_folder / HISTORY_FILE
    swap = [keras.callbacks.SwapEMAWeights(swap_on_epoch=True)] if config.average_momentum else []
    return [
        FreshSeeds(config.seed),
        KeepState(run_folder / _STATE_FOLDER),  # before the averages take the weights' place
        *swap,
        KeepBest(run_folder / BEST_FILE, history_file, config.early_stopping),
        TellMore(read_seconds(history_file)),
        history,
        keras.callbacks.TensorBoard(str(run_folder / "tensorboard"), write_graph=False),
        CommitState(run_folder / _STATE_FOLDER),
        report,
    ]
