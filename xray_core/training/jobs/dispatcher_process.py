"""Start the process that works on the queue, unless it runs."""

import fcntl
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from xray_core.paths import ROOT
from xray_core.training.jobs.run_folder import runs_folder

_LOCK_FILE = "dispatcher.lock"
_LOG_FILE = "dispatcher.log"


_starting = threading.Lock()
_started: list[subprocess.Popen[bytes]] = []


def start_dispatcher() -> None:
    """Start the dispatcher as a process of its own, so that it outlives the app."""
    with _starting:
        _started[:] = [process for process in _started if process.poll() is None]
        if _started:  # it takes a moment until it holds the lock
            return
        with claim_dispatching() as free:
            if not free:
                return
        _started.append(_start())


def _start() -> subprocess.Popen[bytes]:
    with (runs_folder() / _LOG_FILE).open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "xray_core.training.jobs.dispatcher"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd=ROOT,
        )


@contextmanager
def claim_dispatching() -> Iterator[bool]:
    """Give whether this process alone may dispatch, and hold that right until the end.

    The system lets go of it when the process ends, however it ends.
    """
    runs_folder().mkdir(parents=True, exist_ok=True)
    lock = os.open(runs_folder() / _LOCK_FILE, os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(lock)
