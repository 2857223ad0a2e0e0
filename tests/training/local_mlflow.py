"""A real MLflow server on this machine, with a SQLite file behind it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.request import urlopen

import psutil

_START_SECONDS = 120
_SETTINGS = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}


@contextmanager
def start_mlflow(folder: Path) -> Iterator[str]:
    """Give the address of a server that keeps everything in a folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    address = f"http://127.0.0.1:{port}"
    keeps = ("--backend-store-uri", f"sqlite:///{folder}/mlflow.db")
    files = ("--artifacts-destination", str(folder / "files"))
    serves = ("--host", "127.0.0.1", "--port", port, "--workers", "1")
    with (folder / "server.log").open("wb") as log:
        process = psutil.Popen(
            [sys.executable, "-m", "mlflow", "server", *keeps, *files, *serves],
            stdout=log,
            stderr=subprocess.STDOUT,
            env=os.environ | _SETTINGS,
        )
    try:
        _wait_for(f"{address}/health", process)
        yield address
    finally:
        for one in [*process.children(recursive=True), process]:
            one.kill()
        process.wait()


def _wait_for(address: str, process: psutil.Popen) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.is_running():
        with suppress(OSError), urlopen(address, timeout=2):
            return
        time.sleep(0.2)
    raise TimeoutError(f"MLflow's server did not start within {_START_SECONDS} seconds")
