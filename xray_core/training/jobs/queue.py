"""The queue of runs: Huey with a SQLite file in the workspace.

Huey hands tasks over safely between the app, the command line and the dispatcher, in order of
priority; a queue in memory would be lost with the app. A task holds nothing but a run's id: what is
to be done, and whether it was done, stands in the run's folder.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from huey import SqliteHuey
from huey.api import TaskWrapper

from xray_core.errors import PneumoscopeError, UnknownNameError
from xray_core.training.jobs.dispatcher_process import start_dispatcher
from xray_core.training.jobs.run_files import ask_to_stop, forget_wishes, write_state
from xray_core.training.jobs.run_folder import Run, list_runs, read_run, runs_folder
from xray_core.training.jobs.run_records import RunState
from xray_core.training.jobs.supervise import supervise

QUEUE_FILE = "queue.db"
# In the order in which Huey takes them; it has no way to change that order itself.
_WAITING_TASKS = "select id, data from task where queue = ? order by priority desc, id"


@contextmanager
def _change_queue() -> Iterator[None]:
    """Say in words what a disk refuses, as a full one does."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise PneumoscopeError(
            f"The runs in {runs_folder()} cannot be changed: {error}. Make room on the disk, or "
            "make the folder writable, then try again; runs that are listed as waiting go on by "
            "themselves."
        ) from error


@_change_queue()
def enqueue_run(run: Run) -> None:
    """Put a run at the end of the queue and see that somebody works on it.

    A run that stopped before its end goes on from its last epoch; one that works, or is finished,
    is left alone: somebody else may have resumed it meanwhile.

    Raises:
        UnknownNameError: it was deleted meanwhile.
        PneumoscopeError: the disk refuses, as a full one does.
    """
    queue = open_queue()
    with queue.storage.db(commit=True) as database:  # nobody else resumes or takes it meanwhile
        run = read_run(run.id)
        if run.can_resume:
            for task_id, data in database.execute(_WAITING_TASKS, (queue.name,)).fetchall():
                if queue.deserialize_task(data).args[0] == run.id:  # from before it was cancelled
                    database.execute("delete from task where id = ?", (task_id,))
            forget_wishes(run.folder)
            write_state(run.folder, RunState(status="queued"))
        elif run.state.status != "queued":
            return
    _enqueue(run.id)
    start_dispatcher()


def list_queued() -> list[str]:
    """Return the ids of the waiting runs, the next one first."""
    return list(_place_waiting(task.args[0] for task in open_queue().pending()))


@_change_queue()
def move_run(run_id: str, places: int) -> None:
    """Move a waiting run towards the front (negative) or the end of the queue.

    Raises:
        PneumoscopeError: the disk refuses, as a full one does.
    """
    queue = open_queue()
    with queue.storage.db(commit=True) as database:  # nobody adds or takes a run meanwhile
        tasks = database.execute(_WAITING_TASKS, (queue.name,)).fetchall()
        placed = _place_waiting(queue.deserialize_task(data).args[0] for _, data in tasks)
        if run_id not in placed:
            return
        order = list(placed)
        place = order.index(run_id)
        order.remove(run_id)
        order.insert(max(0, place + places), run_id)
        for place, moved in zip(placed.values(), order, strict=True):
            (task_id, _), (_, data) = tasks[place], tasks[placed[moved]]
            database.execute("update task set data = ? where id = ?", (data, task_id))


@_change_queue()
def cancel_run(run_id: str, reason: str = "") -> None:
    """End a run, waiting or under way; what it learnt stays, and it can be resumed.

    Args:
        reason: a sentence, where it is not simply somebody's wish.

    Raises:
        UnknownNameError: there is no such run.
        PneumoscopeError: the disk refuses, as a full one does.
    """
    run = read_run(run_id)
    if run.state.status == "queued":
        ask_to_stop(run.folder, "cancel")  # for a worker that is being started at this moment
        write_state(run.folder, RunState(status="cancelled", message="Taken off the queue."))
    elif run.state.status == "running":
        ask_to_stop(run.folder, "cancel", reason)
        start_dispatcher()  # which ends a worker that does not listen


@_change_queue()
def stop_and_keep(run_id: str) -> None:
    """Let a running run end now and publish its best epoch so far.

    Raises:
        UnknownNameError: there is no such run.
        PneumoscopeError: the disk refuses, as a full one does.
    """
    run = read_run(run_id)
    if run.state.status == "running":
        ask_to_stop(run.folder, "keep")


def open_queue() -> SqliteHuey:
    """Return the workspace's queue, which knows what to do with a run."""
    return _open_queue(runs_folder())[0]


def _enqueue(run_id: str) -> None:
    _, train = _open_queue(runs_folder())
    train(run_id)


@_change_queue()
def keep_working() -> None:
    """See that waiting runs are worked on, and that workers without a dispatcher are watched.

    Pages and commands call it whenever they look: after a machine was switched off, runs go on.

    Raises:
        PneumoscopeError: the disk refuses, as a full one does.
    """
    if any(run.is_active for run in list_runs()):
        start_dispatcher()


def enqueue_forgotten() -> None:
    """Put back waiting runs that the queue lost, as when a dispatcher was killed at the start."""
    waiting = list_queued()
    for run in reversed(list_runs()):
        if run.state.status == "queued" and run.id not in waiting:
            _enqueue(run.id)


@lru_cache(maxsize=8)
def _open_queue(folder: Path) -> tuple[SqliteHuey, TaskWrapper]:
    folder.mkdir(parents=True, exist_ok=True)
    queue = SqliteHuey("runs", filename=str(folder / QUEUE_FILE), results=False, utc=False)
    return queue, queue.task(name="train_run")(supervise)


def _place_waiting(run_ids: Iterable[str]) -> dict[str, int]:
    """Return the runs that wait among those that the queue holds, each with its first place."""
    placed: dict[str, int] = {}
    for place, run_id in enumerate(run_ids):
        if run_id not in placed and _is_queued(run_id):
            placed[run_id] = place
    return placed


def _is_queued(run_id: str) -> bool:
    try:
        return read_run(run_id).state.status == "queued"
    except UnknownNameError:
        return False
