"""How long the dashboard's first page takes, beside an empty Streamlit app."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, sync_playwright

from tools.chromium import CHROMIUM_ARGUMENTS, find_chromium, free_port
from xray_core.paths import ROOT

_RUNS = 7
_EMPTY_APP = 'import streamlit as st\nst.title("Empty")\n'


def time_first_pages() -> tuple[float, float]:
    """Return the median seconds until the title shows: the dashboard's, an empty app's.

    Raises:
        RuntimeError: there is no Chromium to look with.
    """
    chromium = find_chromium()
    if chromium is None:
        raise RuntimeError(
            "Expected a Chromium, found none. Run `make test` once: it installs one."
        )
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        empty = Path(name) / "empty.py"
        empty.write_text(_EMPTY_APP)
        browser = playwright.chromium.launch(
            executable_path=str(chromium), args=list(CHROMIUM_ARGUMENTS)
        )
        with _serve(ROOT / "app.py") as ours, _serve(empty) as other:
            pairs = [(_open(browser, ours), _open(browser, other)) for _ in range(_RUNS + 1)][1:]
        browser.close()
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)


def _open(browser: Browser, address: str) -> float:
    page = browser.new_context().new_page()
    start = time.perf_counter()
    page.goto(address)
    page.locator("h1").first.wait_for()
    seconds = time.perf_counter() - start
    page.context.close()
    return seconds


@contextmanager
def _serve(script: Path) -> Iterator[str]:
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(f"http://localhost:{port}/_stcore/health")
        yield f"http://localhost:{port}"
    finally:
        server.terminate()
        server.wait()


def _wait_for(address: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urlopen(address):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"Expected a server at {address} within {seconds:.0f} seconds, found none.")
