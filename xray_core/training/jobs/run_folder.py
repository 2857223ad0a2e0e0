"""A run on disk: what was asked for, how far it is, what it learnt; nothing is kept elsewhere."""

import re
import secrets
import shutil
import time
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pandas as pd

from xray_core.errors import PneumoscopeError, UnknownNameError
from xray_core.model_store import has_model
from xray_core.paths import workspace
from xray_core.training.config import TrainingConfig
from xray_core.training.jobs import run_files
from xray_core.training.jobs.run_records import (
    RunProgress,
    RunRequest,
    RunState,
    Stop,
    find_worker,
)

HISTORY_FILE = "history.csv"
LOG_FILE = "log.txt"
RAY_JOB_VARIABLE = "PNEUMOSCOPE_RAY_JOB"  # tells a worker on a cluster which attempt it is
_LOG_TAIL_BYTES = 20_000


def parse_history(data: bytes) -> pd.DataFrame:
    """Return one row for each whole line of a history; NaN where a figure is none.

    Raises:
        ValueError: it is no table.
    """
    table = pd.read_csv(BytesIO(data[: data.rfind(b"\n") + 1]))
    return table.apply(pd.to_numeric, errors="coerce")


@dataclass(frozen=True)
class Run:
    """One run as its folder tells it at this moment."""

    folder: Path
    request: RunRequest
    state: RunState

    @property
    def id(self) -> str:
        return self.request.id

    @property
    def config(self) -> TrainingConfig:
        return self.request.config

    @property
    def is_alive(self) -> bool:
        """Whether its worker runs, as far as this machine knows."""
        here = bool(self.state.ray_job) or find_worker(self.state) is not None
        return self.state.status == "running" and here

    @property
    def is_active(self) -> bool:
        """Whether it waits or works."""
        return self.state.status in ("queued", "running")

    @property
    def can_resume(self) -> bool:
        """Whether it stopped before its end."""
        return self.state.status in ("cancelled", "failed")

    def read_progress(self) -> RunProgress | None:
        """Return how far it is; None before the first sign."""
        return run_files.read_progress(self.folder)

    def read_history(self) -> pd.DataFrame:
        """Return one row for each epoch that ended; empty before the first."""
        try:
            return parse_history((self.folder / HISTORY_FILE).read_bytes())
        except (OSError, ValueError):
            return pd.DataFrame()

    def read_log(self) -> str:
        """Return the end of what the worker printed."""
        try:
            with (self.folder / LOG_FILE).open("rb") as file:
                file.seek(max(0, file.seek(0, 2) - _LOG_TAIL_BYTES))
                return file.read().decode(errors="replace")
        except OSError:
            return ""

    def read_stop(self) -> Stop | None:
        """Return what somebody asked of the worker, or None."""
        return run_files.read_stop(self.folder)


@dataclass(frozen=True)
class BrokenRun:
    """A run's folder that cannot be read."""

    folder: Path
    reason: str


def runs_folder() -> Path:
    """Return where runs lie."""
    return workspace() / "runs"


def create_run(
    config: TrainingConfig,
    dataset_id: str,
    title: str,
    group: str = "",
    run_id: str | None = None,
    asha_epochs: int = 0,
) -> Run:
    """Write a new run's folder, queued, and return it.

    Args:
        run_id: instead of one made from the title; neither a run nor a model may have it.
        asha_epochs: as in `RunRequest`.

    Raises:
        PneumoscopeError: the id is taken or no name, or the folder cannot be written.
    """
    if run_id is not None and not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,79}", run_id):
        raise PneumoscopeError(
            f"Expected a name of small letters, digits, dots, - and _ for the run, got {run_id!r}."
        )
    if run_id is not None and has_model(run_id):
        raise PneumoscopeError(
            f"Expected a new name for the run and its model, but a model {run_id} exists. Choose "
            f"another."
        )
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40] or config.preset
    request = RunRequest(
        id=run_id or f"{slug}-{secrets.token_hex(3)}",
        title=title,
        config=config,
        dataset_id=dataset_id,
        group=group,
        asha_epochs=asha_epochs,
        created=time.time(),
    )
    folder = runs_folder() / request.id
    try:
        folder.mkdir(parents=True)
        run_files.write_request(folder, request)
        run_files.write_state(folder, RunState(status="queued"))
    except FileExistsError as error:
        raise PneumoscopeError(
            f"Expected a new name for the run, but {request.id} exists. Choose another."
        ) from error
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise PneumoscopeError(f"The run cannot be kept in {folder}: {error.strerror}.") from error
    return read_run(request.id)


def read_run(run_id: str) -> Run:
    """Return one run.

    Raises:
        UnknownNameError: there is none with this id, or its folder is broken.
    """
    folder = runs_folder() / run_id
    request, state = run_files.read_request(folder), run_files.read_state(folder)
    if request is None or state is None or request.id != run_id:
        raise UnknownNameError("run", run_id, (run.id for run in list_runs()))
    return Run(folder, request, state)


def list_runs() -> list[Run]:
    """Return every run that can be read, the newest first."""
    found = []
    for folder in _run_folders():
        request, state = run_files.read_request(folder), run_files.read_state(folder)
        if request and state and request.id == folder.name:
            found.append(Run(folder, request, state))
    return sorted(found, key=lambda run: run.request.created, reverse=True)


def list_broken_runs() -> list[BrokenRun]:
    """Return the folders that should be runs and cannot be read, with the reason."""
    known = {run.folder for run in list_runs()}
    return [
        BrokenRun(
            folder, f"{run_files.REQUEST_FILE} or {run_files.STATE_FILE} is missing or was altered"
        )
        for folder in _run_folders()
        if folder not in known
    ]


def delete_run(run: Run | BrokenRun) -> None:
    """Remove a run's folder: curves, log and what it learnt; a published model stays.

    Raises:
        PneumoscopeError: its worker still writes into it, or it is gone already.
    """
    if isinstance(run, Run) and read_run(run.id).state.status == "running":
        raise PneumoscopeError(f"{run.request.title} is being trained. Cancel it, then delete it.")
    shutil.rmtree(run.folder, ignore_errors=True)


def _run_folders() -> list[Path]:
    if not runs_folder().is_dir():
        return []
    return sorted(path for path in runs_folder().iterdir() if path.is_dir())
