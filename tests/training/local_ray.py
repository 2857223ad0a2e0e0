"""A real Ray cluster on this machine: a head that carries nothing, and machines that do."""

import os
import random
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psutil

_START_SECONDS = 90
_LOG_FILE = "start.log"
_SMALL = ("--object-store-memory", "80000000", "--disable-usage-stats", "--block")
_ANY_PORT = ("--min-worker-port", "0", "--max-worker-port", "0")


@contextmanager
def start_cluster(machines: int = 2) -> Iterator[str]:
    """Give the address of a cluster's jobs API, with so many machines of two cores."""
    folder = Path(tempfile.mkdtemp(prefix="ray"))  # short: sockets in it have at most 107 letters
    head, jobs, client, *agents = _free_ports(3 + machines)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        ours = ("--port", head, "--dashboard-port", jobs, "--ray-client-server-port", client)
        places = ("--temp-dir", str(folder), "--dashboard-host", "127.0.0.1", "--num-cpus", "0")
        stack.enter_context(_node(folder, "--head", *ours, *places))
        address = f"http://127.0.0.1:{jobs}"
        _wait_for_machines(address, 1, folder)
        for number, agent in enumerate(agents):
            joins = ("--address", f"127.0.0.1:{head}", "--num-cpus", "2")
            stack.enter_context(_node(folder, *joins, "--dashboard-agent-listen-port", agent))
            # One after the other: two that start at once take the same sockets.
            _wait_for_machines(address, number + 2, folder)
        yield address


@contextmanager
def _node(folder: Path, *arguments: str) -> Iterator[None]:
    with (folder / _LOG_FILE).open("ab") as log:
        process = psutil.Popen(
            [sys.executable, "-m", "ray.scripts.scripts", "start", *arguments, *_ANY_PORT, *_SMALL],
            stdout=log,
            stderr=log,
            env=os.environ | {"RAY_USAGE_STATS_ENABLED": "0"},
        )
    try:
        yield
    finally:
        for one in [*process.children(recursive=True), process]:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        process.wait()


def _wait_for_machines(address: str, machines: int, folder: Path) -> None:
    from ray.util.state import list_nodes
    from ray.util.state.exception import RayStateApiException

    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        with suppress(OSError, RuntimeError, RayStateApiException):
            if len(list_nodes(address, [("state", "=", "ALIVE")])) == machines:
                return
        time.sleep(0.2)
    raise TimeoutError(
        f"Ray did not have {machines} machines within {_START_SECONDS} seconds:\n"
        + (folder / _LOG_FILE).read_text()[-3000:]
    )


def _free_ports(count: int) -> list[str]:
    """Return ports below those that the system, and so Ray, gives out by itself meanwhile."""
    free: list[str] = []
    while len(free) < count:
        port = random.SystemRandom().randrange(20_000, 32_000)
        with socket.socket() as tried, suppress(OSError):
            tried.bind(("127.0.0.1", port))
            free.append(str(port))
    return free
