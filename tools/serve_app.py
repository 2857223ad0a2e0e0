"""Start a Streamlit app as a user starts it, for browser tests, screenshots and benchmarks."""

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 100
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
)


@contextmanager
def serve_app(
    script: Path = ROOT / "app.py", options: Sequence[str] = (), log_file: Path | None = None
) -> Iterator[str]:
    """Give the address at which the app answers; end it afterwards.

    Args:
        script: the app.
        options: more of Streamlit's own, such as ``["--secrets.files", path]``.
        log_file: keeps what it prints, if that is wanted afterwards.

    Raises:
        RuntimeError: it does not answer in time; the message holds what it printed.
    """
    port = _find_free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    with log_file.open("w+") if log_file else tempfile.TemporaryFile("w+") as log:
        app = subprocess.Popen(
            [*command, *options],
            cwd=ROOT,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            if not _wait_until_healthy(f"http://localhost:{port}/_stcore/health", app):
                log.seek(0)
                raise RuntimeError(f"{script} did not start in {START_SECONDS} s:\n{log.read()}")
            yield f"http://localhost:{port}"
        finally:
            app.terminate()
            app.wait(timeout=20)


def _find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return int(probe.getsockname()[1])


def _wait_until_healthy(url: str, app: subprocess.Popen[bytes]) -> bool:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and app.poll() is None:
        try:
            with urlopen(url, timeout=1):
                return True
        except (URLError, OSError):
            time.sleep(0.1)
    return False
