"""What happens beside the steps of a run: saving, stopping, reporting."""

import errno
import math
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from xray_core.training.history import (
    best_epoch,
    is_patience_spent,
    read_validation_losses,
)

Logs = dict[str, Any] | None
_STATE, _SUFFIX = "epoch-", ".weights.h5"
_DRAFT = f"draft{_SUFFIX}"
_SPARE_BYTES = 2_000_000  # for what else an epoch writes


class KeepState(keras.callbacks.Callback):
    """Keeps weights and optimizer after each epoch, so that a killed run can go on.

    It writes a draft, before the averages take the weights' place; `CommitState`, last of all,
    makes it the state. So history and best weights are never behind the state: of a run that is
    killed in between, the epoch is repeated, along the same curve.

    Keras' BackupAndRestore writes the weights and the number of the epoch into two files one after
    the other: a run killed between them repeats an epoch with weights that have already seen it.
    Here the number is part of the file's name, and the file appears whole or not at all.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        _require_room(self.model, self.folder, files=2)  # `KeepBest` may write another
        self.model.save_weights(self.folder / _DRAFT, overwrite=True)


def _require_room(model: keras.Model, folder: Path, files: int) -> None:
    """Raise OSError where weights and optimizer do not fit: HDF5 would end the process instead."""
    variables = [*model.variables, *model.optimizer.variables]
    needed = files * 4 * sum(math.prod(one.shape) for one in variables) + _SPARE_BYTES
    if shutil.disk_usage(folder).free < needed:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))


class CommitState(keras.callbacks.Callback):
    """Makes the draft of `KeepState` the state of the run, once everything else was kept."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        (self.folder / _DRAFT).replace(self.folder / f"{_STATE}{epoch + 1:04d}{_SUFFIX}")
        for old in _states(self.folder)[:-1]:
            old.unlink()


def has_state(folder: Path) -> bool:
    """Return whether there is an epoch to go on from."""
    return bool(_states(folder))


def restore_state(model: keras.Model, folder: Path) -> int:
    """Set the weights and the optimizer as they were after the last epoch kept; return its number.

    Args:
        model: compiled like the one that was kept, by `compile_network`.
        folder: of `KeepState`.
    """
    states = _states(folder)
    if not states:
        return 0
    model.load_weights(states[-1])
    return int(states[-1].name.removeprefix(_STATE).removesuffix(_SUFFIX))


def _states(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"{_STATE}*{_SUFFIX}"))


class FreshSeeds(keras.callbacks.Callback):
    """Seeds dropout anew for each epoch, so that a run that goes on draws what it would have."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.seed = seed

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        for number, layer in enumerate(self.model.layers):
            generator = getattr(layer, "seed_generator", None)
            if generator is not None:
                drawn = np.random.default_rng([self.seed, epoch, number]).integers(0, 2**31, 2)
                generator.state.assign(drawn.astype("uint32"))


class TellMore(keras.callbacks.Callback):
    """Adds the learning rate and the seconds so far to what is written down of an epoch."""

    def __init__(self, seconds_before: float) -> None:
        super().__init__()
        self.started = time.monotonic() - seconds_before

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        if logs is not None:
            logs["learning_rate"] = float(np.asarray(self.model.optimizer.learning_rate))
            logs["seconds"] = round(time.monotonic() - self.started, 2)


class KeepBest(keras.callbacks.Callback):
    """Keeps the weights of the epoch with the lowest validation loss, and stops without progress.

    What went before is read from ``history.csv``, so that a run that goes on judges like one that
    never stopped.
    """

    def __init__(self, weights: Path, history: Path, patience: int) -> None:
        """Judge by a run's history.

        Args:
            weights: file to keep.
            history: ``history.csv`` of the run.
            patience: epochs without a lower loss before the run is stopped; 0 never stops.
        """
        super().__init__()
        self.weights, self.patience = weights, patience
        self.losses = read_validation_losses(history)

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        self.losses.append(float((logs or {})["val_loss"]))
        if best_epoch(self.losses) == epoch:
            draft = self.weights.with_name(f"draft-{self.weights.name}")
            self.model.save_weights(draft, overwrite=True)
            draft.replace(self.weights)
        if is_patience_spent(self.losses, self.patience):
            self.model.stop_training = True


class EnoughError(Exception):
    """Leaves a fit within an epoch; Keras' own flag would count the part of it as a whole one."""


class Report(keras.callbacks.Callback):
    """Tells (epochs ended, steps of this epoch, steps of an epoch) after each step.

    What is told may raise `StoppedError` to end the run, or return True to end it here and keep it,
    which raises `EnoughError`.
    """

    def __init__(self, steps: int, tell: Callable[[int, int, int], bool]) -> None:
        super().__init__()
        self.steps, self.tell, self.epoch = steps, tell, 0

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        self.epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        self._tell(batch + 1)

    def on_test_batch_end(self, batch: int, logs: Logs = None) -> None:
        self._tell(self.steps)

    def _tell(self, step: int) -> None:
        if self.tell(self.epoch, step, self.steps):
            raise EnoughError
