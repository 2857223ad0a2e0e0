"""The real app, with the shipped model, in a real Chromium."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.visit import Visit
from xray_core.datasets.synthetic import SAMPLES, encode_png

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 100
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
]


@pytest.fixture(scope="session")
def app_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the app answers, started as a user starts it."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    log = tmp_path_factory.mktemp("app") / "log.txt"
    with log.open("w") as output:
        app = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
            cwd=ROOT,
            env=os.environ,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_healthy(f"http://localhost:{port}/_stcore/health", app, log)
            yield f"http://localhost:{port}"
        finally:
            app.terminate()
            app.wait(timeout=20)


@pytest.fixture(scope="session")
def browser(chromium_path: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    # High enough for the whole page: the bar at its top would cover what scrolls under it.
    with browser.new_context(viewport={"width": 1280, "height": 1800}) as context:
        yield context.new_page()


@pytest.fixture
def visit(page: Page, app_url: str) -> Visit:
    """A visitor on the opened page."""
    return Visit(page, app_url)


@pytest.fixture(scope="session")
def xray_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic X-ray with opacities in both lungs, as a file."""
    path = tmp_path_factory.mktemp("xrays") / "both lungs.png"
    path.write_bytes(encode_png(SAMPLES[-1].draw()))
    return path


def _wait_until_healthy(url: str, app: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and app.poll() is None:
        try:
            with urlopen(url, timeout=1):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"the app did not start within {START_SECONDS} s:\n{log.read_text()}")
