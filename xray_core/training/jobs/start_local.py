"""Workers as processes of this machine."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence

import psutil

from xray_core.errors import PneumoscopeError
from xray_core.paths import ROOT
from xray_core.training.jobs.run_files import write_state
from xray_core.training.jobs.run_folder import LOG_FILE, Run
from xray_core.training.jobs.run_records import RunState, find_worker
from xray_core.training.jobs.started_worker import explain_exit


class LocalWorker:
    """A process; it leads a group of its own, in which all that it starts is found."""

    def __init__(self, process: psutil.Popen | psutil.Process) -> None:
        self._process = process
        self._exit_code: int | None = None

    def wait(self, seconds: float) -> bool:
        try:
            self._exit_code = self._process.wait(seconds)
        except psutil.TimeoutExpired:
            return False
        return True

    def kill(self) -> None:
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return

    def explain_end(self) -> str:
        return explain_exit(self._exit_code)


def start_local(run: Run, command: Sequence[str]) -> LocalWorker:
    """Start a run's worker, note it in the run's state, and return it.

    Raises:
        PneumoscopeError: it cannot be started.
    """
    try:
        with (run.folder / LOG_FILE).open("ab") as log:
            process = psutil.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=ROOT,
                # Else TensorFlow takes all of a GPU's memory, and a second run finds none.
                env={"TF_FORCE_GPU_ALLOW_GROWTH": "true"}
                | os.environ
                | {"TF_CPP_MIN_LOG_LEVEL": "2"},
            )
    except OSError as error:
        raise PneumoscopeError(f"The worker could not be started: {error.strerror}.") from error
    state = RunState(
        status="running",
        pid=process.pid,
        process_started=process.create_time(),
        started=time.time(),
    )
    write_state(run.folder, state)
    return LocalWorker(process)


def find_local(run: Run) -> LocalWorker | None:
    """Return a run's worker if it is a process that still runs here."""
    process = find_worker(run.state)
    return LocalWorker(process) if process else None
