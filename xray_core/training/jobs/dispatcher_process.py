"""Start the process that works on the queue, unless it runs."""

import fcntl
import os
import subprocess
import sys
import threading

from xray_core.paths import ROOT
from xray_core.training.jobs.run_folder import runs_folder

_LOCK_FILE = "dispatcher.lock"
_LOG_FILE = "dispatcher.log"


_starting = threading.Lock()
_started: list[subprocess.Popen[bytes]] = []


def start_dispatcher() -> None:
    """Start the dispatcher as a process of its own, so that it outlives the app."""
    with _starting:
        _started[:] = [process for process in _started if process.poll() is None]  # reaps the rest
        lock = claim_dispatching()
        if lock is None:
            return
        try:
            _started.append(_start(lock))
        finally:
            os.close(lock)


def claim_dispatching() -> int | None:
    """Return an open file that is the right to dispatch, or None while another process has it.

    Whoever inherits the file shares the right; it ends when the last of them closes it, or ends.
    """
    runs_folder().mkdir(parents=True, exist_ok=True)
    lock = os.open(runs_folder() / _LOCK_FILE, os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        if isinstance(error, BlockingIOError):
            return None
        raise
    return lock


def _start(lock: int) -> subprocess.Popen[bytes]:
    """Start a dispatcher that holds the right from its first moment on: nobody starts a second."""
    with (runs_folder() / _LOG_FILE).open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "xray_core.training.jobs.dispatcher", str(lock)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            pass_fds=[lock],
            cwd=ROOT,
        )
