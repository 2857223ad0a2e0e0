"""A run in words: where it stands, what happened, what can be done."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import get_args

import pandas as pd

from xray_core.training.config import TrainingConfig
from xray_core.training.history import best_epoch, was_cut_short
from xray_core.training.jobs.run_folder import Run
from xray_core.training.jobs.run_records import RunProgress, Status

_PHASES = {
    "reading": "Reading the pictures and finding their lungs",
    "building": "Building the network",
    "training": "Training",
    "exporting": "Writing the file that answers, and comparing it with the network",
    "judging": "Judging it on the test pictures",
    "publishing": "Publishing the model",
}
_STOPPABLE = ("reading", "building", "training")  # later, all epochs are over
_ORDER: tuple[Status, ...] = get_args(Status)


def describe_run(
    run: Run, progress: RunProgress | None, history: pd.DataFrame, place: int | None = None
) -> str:
    """Return what a person should know of a run at this moment.

    Args:
        run: as its folder tells it.
        progress: how far it is.
        history: its epochs so far.
        place: in the queue, counted from 0.
    """
    state, told = run.state, describe_epochs(history, run.config)
    message = state.message.strip()
    if state.status == "queued":
        ahead = f" {place} ahead of it." if place else " It is next." if place == 0 else ""
        return f"Waiting for its turn.{ahead}"
    if state.status == "running":
        return _describe_work(run, progress)
    if state.status == "finished":
        end = _describe_end(history, run.config)
        return " ".join(filter(None, ["Finished.", message, told, end]))
    resume = "Resume goes on from there." if len(history) else "Resume starts it again."
    if state.status == "cancelled":
        return " ".join(filter(None, ["Cancelled.", message, told, resume]))
    return " ".join(filter(None, ["Failed.", message, told, resume]))


def describe_epochs(history: pd.DataFrame, config: TrainingConfig) -> str:
    """Return how many epochs ended, whether that was early, and which was the best.

    >>> from xray_core.training.presets.catalog import get_preset_config
    >>> history = pd.DataFrame({"val_loss": [0.5, 0.3, 0.4]})
    >>> describe_epochs(history, get_preset_config("e1-simple-cnn"))
    '3 of 10 epochs were trained; epoch 2 had the lowest validation loss (0.300).'
    """
    if history.empty:
        return "No epoch ended yet."
    ended = f"{len(history)} of {config.epochs} epochs were trained"
    losses = history["val_loss"].tolist()
    best = best_epoch(losses)
    lost = next((place for place, loss in enumerate(losses) if not math.isfinite(loss)), None)
    if lost is not None:
        ended += (
            f"; in epoch {lost + 1} the loss was not a number: a smaller learning rate may help"
        )
    if best is None:
        return f"{ended}."
    return f"{ended}; epoch {best + 1} had the lowest validation loss ({losses[best]:.3f})."


def count_runs(runs: Sequence[Run]) -> str:
    """Return how many runs there are, and how many of them still work or wait.

    >>> count_runs([])
    'none yet'
    """
    if not runs:
        return "none yet"
    counted = Counter(run.state.status for run in runs)
    told = [f"{counted[status]} {status}" for status in _ORDER if counted[status]]
    return ", ".join(told)


def share_done(run: Run, progress: RunProgress | None) -> float:
    """Return how much of the work under way is done, 0 to 1; epochs, while it trains."""
    if progress is None or not progress.total:
        return 0.0
    part = progress.done / progress.total
    if progress.phase == "training":
        part = (progress.epoch + part) / run.config.epochs
    return min(part, 1.0)


def _describe_end(history: pd.DataFrame, config: TrainingConfig) -> str:
    """Return which epoch was published, and why there were fewer than asked for."""
    losses = history["val_loss"].tolist() if len(history) else []
    if was_cut_short(losses, config):
        return "It was stopped by hand, and that epoch published."
    last = config.keep == "last" or best_epoch(losses) is None
    published = "The last epoch was published." if last else "It was published."
    if len(losses) < config.epochs:
        waited = f"{config.early_stopping} more" if config.early_stopping > 1 else "One more"
        return f"{waited} brought no lower one, so it stopped early. {published}"
    return published


def _describe_work(run: Run, progress: RunProgress | None) -> str:
    wish = run.read_stop()
    if wish == "cancel":
        return "Being cancelled…"
    if wish == "keep" and (progress is None or progress.phase in _STOPPABLE):
        return "Stopping after this step; the best epoch so far will be published…"
    if progress is None:
        return "Starting: TensorFlow takes some seconds to load."
    words = _PHASES.get(progress.phase, progress.phase.capitalize())
    if progress.phase == "training":
        return (
            f"{words}: epoch {min(progress.epoch + 1, run.config.epochs)} of {run.config.epochs}."
        )
    return f"{words}: {progress.done:,} of {progress.total:,}." if progress.total else f"{words}…"
