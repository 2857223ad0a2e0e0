"""A search as runs: queue them, follow them, name the best."""

import math
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import numpy as np

from xray_core.datasets.catalog import Dataset
from xray_core.errors import UnknownNameError
from xray_core.training.config import TrainingConfig
from xray_core.training.history import was_cut_short
from xray_core.training.jobs.queue import keep_working
from xray_core.training.jobs.run_folder import Run, read_run
from xray_core.training.jobs.submit import queue_runs, require_weights, settle_division
from xray_core.training.search import describe_changes, make_trials

_LOOK_SECONDS = 0.5


def submit_search(
    config: TrainingConfig,
    dataset: Dataset,
    title: str,
    settings: Sequence[Mapping[str, Any]],
    asha: bool = False,
) -> list[Run]:
    """Queue one run for each trial, all of one group, and return them.

    Args:
        config: the settings that all share.
        settings: the changes of each trial, from `draw_settings`.
        asha: end the hopeless early, as `SearchJudge` does.

    Raises:
        InvalidConfigError: a trial's settings cannot work; nothing is queued.
        DatasetError: the data set is not there, was not indexed, or lacks such pictures.
    """
    trials = make_trials(settle_division(config, dataset), settings)
    require_weights(trials)
    titles = (f"{title}: {describe_changes(changes)}" for changes in settings)
    wanted = [(trial, name, None) for trial, name in zip(trials, titles, strict=True)]
    longest = max(trial.epochs for trial in trials)
    return queue_runs(wanted, dataset, secrets.token_hex(4), longest if asha else 0)


def follow_search(
    runs: Sequence[Run],
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Run]:
    """Wait until all runs have ended, and return them as they ended, without those deleted.

    Args:
        runs: of `submit_search`.
        on_progress: told (epochs ended or spared, epochs of all runs).
    """
    ended: dict[str, Run | None] = {}
    epochs = dict.fromkeys((run.id for run in runs), 0)
    total = sum(run.config.epochs for run in runs)

    while len(ended) < len(runs):
        keep_working()
        for run in [run for run in runs if run.id not in ended]:
            try:
                now = read_run(run.id)
                epochs[run.id] = len(now.read_history())
                if not now.is_active:
                    ended[run.id] = now
            except UnknownNameError:
                if run.folder.exists():
                    continue  # it cannot be read at this moment
                ended[run.id] = None  # somebody deleted it
            if run.id in ended:
                epochs[run.id] = run.config.epochs
        on_progress(sum(epochs.values()), total)
        time.sleep(_LOOK_SECONDS)
    return [found for run in runs if (found := ended[run.id])]


def find_best(runs: Sequence[Run]) -> tuple[Run, float] | None:
    """Return the finished run whose published epoch has the highest validation AUC, with the AUC.

    A loss would not do: penalties and smoothed labels are part of it, and trials may differ there.
    """
    finished = [run for run in runs if run.state.status == "finished"]
    scored = [(auc, run) for run in finished if math.isfinite(auc := read_published_auc(run))]
    if not scored:
        return None
    auc, best = max(scored, key=itemgetter(0))
    return best, auc


def describe_differing_pictures(runs: Sequence[Run]) -> str:
    """Return a caution where the AUC of some runs is about other pictures; else nothing."""
    if len({run.config.input.needs_lungs for run in runs}) < 2:
        return ""
    return (
        "Pictures in which no lungs are found validate only the runs that see whole pictures: a "
        "small difference between these and the others says nothing."
    )


def read_published_auc(run: Run) -> float:
    """Return the validation AUC of the epoch that a run keeps; NaN before its first one."""
    epochs = read_epochs(run)
    losses = epochs["loss"]
    if not np.isfinite(losses).any():
        return math.nan
    cut_short = run.state.status == "finished" and was_cut_short(losses.tolist(), run.config)
    last = run.config.keep == "last" and not cut_short
    return float(epochs["auc"][-1 if last else np.nanargmin(losses)])


def read_epochs(run: Run) -> dict[str, np.ndarray]:
    """Return validation loss and AUC of each epoch so far; both NaN where either is no number."""
    history = run.read_history()
    if "val_loss" not in history:
        return {"loss": np.empty(0), "auc": np.empty(0)}
    epochs = {name: history[f"val_{name}"].to_numpy(float) for name in ("loss", "auc")}
    known = np.isfinite(epochs["loss"]) & np.isfinite(epochs["auc"])
    return {name: np.where(known, values, math.nan) for name, values in epochs.items()}
