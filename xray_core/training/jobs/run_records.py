"""What a run's folder holds as JSON: what was asked for, where it stands, how far it is."""

from typing import Literal

import psutil
from pydantic import BaseModel, ConfigDict

from xray_core.training.config import TrainingConfig

Status = Literal["queued", "running", "finished", "cancelled", "failed"]
Stop = Literal["cancel", "keep"]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RunRequest(_Record):
    """What was asked for; written once.

    Attributes:
        id: name of the run's folder, and of its model.
        title: its name on screen.
        dataset_id: the pictures, as the workspace knows them.
        group: shared by the folds of a cross-validation or the runs of a search; else empty.
        asha_epochs: of the longest trial of its search, where ASHA ends the hopeless; else 0.
        created: seconds since 1970.
    """

    id: str
    title: str
    config: TrainingConfig
    dataset_id: str
    group: str = ""
    asha_epochs: int = 0
    created: float


class RunState(_Record):
    """Where a run stands.

    Attributes:
        message: what happened, for people, where it did not simply go well.
        pid, process_started: the worker; both, since numbers are used again.
        ray_address, ray_job: instead, of a worker on a Ray cluster.
        started, ended: seconds since 1970 of the last attempt.
    """

    status: Status
    message: str = ""
    pid: int | None = None
    process_started: float | None = None
    ray_address: str = ""
    ray_job: str = ""
    started: float | None = None
    ended: float | None = None

    @property
    def attempt(self) -> tuple[str, int | None, float | None]:
        """Which worker it is that runs; a run that was resumed has another."""
        return self.ray_job, self.pid, self.process_started


class RunProgress(_Record):
    """How far a running worker is.

    Attributes:
        phase: what it is doing, such as ``training``.
        done, total: of that.
        epoch: epochs ended so far.
        seconds_left: of the whole run, as far as it can be told.
        cpu_percent: 100 for one core at full work.
        memory_bytes: that the worker holds.
        updated: seconds since 1970.
    """

    phase: str
    done: int = 0
    total: int = 0
    epoch: int = 0
    seconds_left: float | None = None
    cpu_percent: float = 0.0
    memory_bytes: int = 0
    updated: float = 0.0


def find_worker(state: RunState) -> psutil.Process | None:
    """Return the worker's process if it still runs on this machine."""
    if state.pid is None or state.process_started is None:
        return None
    try:
        process = psutil.Process(state.pid)
        same = abs(process.create_time() - state.process_started) < 1
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.Error:
        return None
