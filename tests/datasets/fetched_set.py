"""A kagglehub of the test's own, for the process that downloads the public set."""

import socket
import sys
from pathlib import Path

import pytest

from xray_core.datasets.download import PUBLIC_SET


class FetchedSet:
    """Decides what a download brings; nothing goes over the network."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch):
        self._folder, self._patch = folder, monkeypatch
        monkeypatch.setenv("KAGGLEHUB_CACHE", str(folder / "cache"))
        monkeypatch.syspath_prepend(folder)
        monkeypatch.delitem(sys.modules, "kagglehub", raising=False)

    def answer_with(self, body: str) -> None:
        """Let kagglehub run a line of code, and let nobody ask Kaggle for a sign of life first."""
        self._write(body)
        marker = self._folder / "cache" / "datasets" / PUBLIC_SET / "2.complete"
        marker.parent.mkdir(parents=True)
        marker.touch()

    def cut_the_line(self) -> None:
        """Send every call to a port of this computer at which nobody listens."""
        self._write("raise AssertionError('without internet, nothing is to be fetched')")
        with socket.socket() as port:
            port.bind(("127.0.0.1", 0))
            closed = port.getsockname()[1]
        for name in ("no_proxy", "NO_PROXY", "HTTPS_PROXY"):
            self._patch.delenv(name, raising=False)
        self._patch.setenv("https_proxy", f"http://127.0.0.1:{closed}")

    def _write(self, body: str) -> None:
        (self._folder / "kagglehub.py").write_text(f"def dataset_download(handle):\n    {body}\n")
