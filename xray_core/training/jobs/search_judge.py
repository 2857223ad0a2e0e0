"""Which trials of a search to give up, by the ASHA of Ray Tune."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

from xray_core.errors import PneumoscopeError
from xray_core.training.jobs.queue import cancel_run
from xray_core.training.jobs.run_files import is_given_up, note_given_up
from xray_core.training.jobs.run_folder import Run
from xray_core.training.jobs.search_runs import read_epochs

# At each rung, after 1/9, 1/3 and all of the epochs, the best third goes on.
_REDUCTION = 3

GivesUp = Callable[[str, int, float], bool]


@dataclass(frozen=True)
class _Trial:
    """All that ASHA asks of one."""

    trial_id: str


def has_asha() -> bool:
    """Return whether the extra that ASHA comes with is installed."""
    return find_spec("ray") is not None


def require_asha() -> None:
    """Return if ASHA can judge a search.

    Raises:
        PneumoscopeError: the extra is not installed.
    """
    if not has_asha():
        raise PneumoscopeError(
            "by: asha needs Ray Tune. Run `pip install 'ray[default,tune]'`, or search at random."
        )


class SearchJudge:
    """Ends the hopeless trials of every search that asked for ASHA, epoch by epoch.

    The dispatcher lets it look, which outlives the app. What it knows stands in the runs' folders:
    the next dispatcher goes on where one was ended. A trial that somebody resumes is left alone.
    """

    def __init__(self) -> None:
        self._searches: dict[str, GivesUp] = {}
        self._told: Counter[str] = Counter()

    def look(self, runs: Sequence[Run]) -> None:
        """Judge the epochs that ended since the last look; those before the first are only noted.

        Searches of which nothing waits or works are not read.

        Raises:
            PneumoscopeError: a full disk takes no wish.
        """
        judged = [run for run in runs if run.request.asha_epochs]
        under_way = {run.request.group for run in judged if run.is_active}
        if not under_way or not has_asha():
            return
        new = under_way - set(self._searches)
        for run in judged:
            if run.request.group in under_way:
                self._judge(run, acts=run.request.group not in new)

    def _judge(self, run: Run, acts: bool) -> None:
        search = run.request.group
        if search not in self._searches:
            self._searches[search] = judge_by_asha(run.request.asha_epochs)
        for auc in read_epochs(run)["auc"][self._told[run.id] :]:
            self._told[run.id] += 1
            hopeless = self._searches[search](run.id, self._told[run.id], auc)
            if hopeless and acts and run.is_active and not is_given_up(run.folder):
                done = f"{self._told[run.id]} of {run.config.epochs} epochs"
                cancel_run(run.id, f"The search gave it up after {done}.")
                note_given_up(run.folder)


def judge_by_asha(epochs: int) -> GivesUp:
    """Return what, told (run, epoch counted from 1, validation AUC), says whether a run is to end.

    Each is compared with the others at the same epoch; an AUC that is no number ends its run.
    Ray Tune's scheduler decides; the runs stay ours, in our queue, on this machine or on a cluster.
    Tune's own controller would start a second cluster beside it, only to wait for them.

    Source: Li et al. 2020, A System for Massively Parallel Hyperparameter Tuning
    (arXiv:1810.05934).

    Args:
        epochs: of the longest trial.
    """
    from ray.tune.schedulers import ASHAScheduler, TrialScheduler

    asha = ASHAScheduler(
        time_attr="epoch",
        metric="val_auc",
        mode="max",
        max_t=epochs,
        grace_period=max(1, epochs // _REDUCTION**2),
        reduction_factor=_REDUCTION,
        stop_last_trials=False,
    )
    trials: dict[str, _Trial] = {}

    def gives_up(run_id: str, epoch: int, auc: float) -> bool:
        if not math.isfinite(auc):
            return True
        if epoch >= epochs:
            return False
        if run_id not in trials:
            trials[run_id] = _Trial(run_id)
            asha.on_trial_add(None, trials[run_id])
        result = {"epoch": epoch, "val_auc": auc}
        return bool(asha.on_trial_result(None, trials[run_id], result) == TrialScheduler.STOP)

    return gives_up
