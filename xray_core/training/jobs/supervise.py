"""See one run through: start its worker, end it when asked to, and say how it ended."""

import sys
import threading
import time
from contextlib import suppress

from xray_core.errors import PneumoscopeError, UnknownNameError
from xray_core.model_store import has_model
from xray_core.training.jobs.ray_cluster import ray_address
from xray_core.training.jobs.run_files import read_reason, write_state
from xray_core.training.jobs.run_folder import Run, list_runs, read_run
from xray_core.training.jobs.run_records import RunState, Status
from xray_core.training.jobs.start_local import find_local, start_local
from xray_core.training.jobs.start_ray import find_on_ray, start_on_ray
from xray_core.training.jobs.started_worker import StartedWorker, explain_exit
from xray_core.training.mirror import end_mirrored

# A worker that was asked to cancel has so long to end by itself; the whole must take under five.
_PATIENCE_SECONDS = 2.5
_LOOK_SECONDS = 0.1
_ROOM_SECONDS = 2.0  # between two tries to write to a disk that is full

_IN_MLFLOW = {"finished": "FINISHED", "cancelled": "KILLED", "failed": "FAILED"}

_claim = threading.Lock()


def supervise(run_id: str) -> None:
    """Run a queued run to its end; a run that is no longer queued is left alone."""
    with _claim:
        try:
            run = read_run(run_id)
        except UnknownNameError:
            return  # deleted while it waited
        if run.state.status != "queued":
            return
        worker = _start_worker(run)
        if worker is None:
            return
        run = read_run(run_id)
    watch_worker(run, worker)


def watch_worker(run: Run, worker: StartedWorker) -> None:
    """Wait for a worker, end it if somebody asked for it, and keep how it ended."""
    asked_at: float | None = None
    while not worker.wait(_LOOK_SECONDS):
        if run.read_stop() == "cancel":
            asked_at = asked_at or time.monotonic()
            if time.monotonic() - asked_at > _PATIENCE_SECONDS:
                worker.kill()
    settle(run, worker.explain_end())


def settle(watched: Run, message: str) -> None:
    """Keep how a worker ended, in words, where it could not say so itself.

    A run whose model is there has finished, whatever became of its worker after that. It waits
    for a disk that takes not even this: else the run would be said to run for ever.

    Args:
        watched: the run as its worker worked on it; resumed meanwhile, it is another worker's.
    """
    try:
        run = read_run(watched.id)
    except UnknownNameError:
        return
    if run.state.status != "running" or run.state.attempt != watched.state.attempt:
        return
    status: Status = "cancelled" if run.read_stop() == "cancel" else "failed"
    if has_model(run.id):
        status = "finished"
    state = RunState(
        status=status,
        message={"cancelled": read_reason(run.folder), "failed": message}.get(status, ""),
        started=run.state.started,
        ended=time.time(),
    )
    while run.folder.exists():
        with suppress(OSError):
            write_state(run.folder, state)
            break
        time.sleep(_ROOM_SECONDS)
    end_mirrored(run, _IN_MLFLOW[status])


def settle_lost_runs() -> list[tuple[Run, StartedWorker]]:
    """Say of runs whose worker is gone that it is; return the others with their workers."""
    found: list[tuple[Run, StartedWorker]] = []
    for run in list_runs():
        if run.state.status != "running":
            continue
        if worker := find_on_ray(run) or find_local(run):
            found.append((run, worker))
        else:
            settle(run, explain_exit(None))
    return found


def worker_command(run_id: str) -> list[str]:
    """Return the command line that carries out a run."""
    return [sys.executable, "-u", "-m", "xray_core.training.worker", run_id]


def _start_worker(run: Run) -> StartedWorker | None:
    """Return a run's worker; where it cannot be started, the run says why."""
    start = start_on_ray if ray_address() else start_local
    try:
        return start(run, worker_command(run.id))
    except PneumoscopeError as error:
        state = RunState(status="failed", message=str(error), ended=time.time())
        write_state(run.folder, state)
        return None
