"""Which trials of a search to give up, by the ASHA of Ray Tune."""

import math
from dataclasses import dataclass
from importlib.util import find_spec

from xray_core.errors import PneumoscopeError
from xray_core.training.jobs.search_runs import Judge

# At each rung, after 1/9, 1/3 and all of the epochs, the best third goes on.
_REDUCTION = 3


@dataclass(frozen=True)
class _Trial:
    """All that ASHA asks of one."""

    trial_id: str


def has_asha() -> bool:
    """Return whether the extra that ASHA comes with is installed."""
    return find_spec("ray") is not None


def judge_by_asha(epochs: int) -> Judge:
    """Return a judge for `follow_search` that compares each run with the others at the same epoch.

    Ray Tune's scheduler decides; the runs stay ours, in our queue, on this machine or on a cluster.
    Tune's own controller would start a second cluster beside it, only to wait for them.

    Source: Li et al. 2020, A System for Massively Parallel Hyperparameter Tuning
    (arXiv:1810.05934).

    Args:
        epochs: of the longest trial.

    Raises:
        PneumoscopeError: the extra is not installed.
    """
    try:
        from ray.tune.schedulers import ASHAScheduler, TrialScheduler
    except ImportError as error:
        raise PneumoscopeError(
            "by: asha needs Ray Tune. Run `pip install 'ray[default,tune]'`, or search at random."
        ) from error
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
