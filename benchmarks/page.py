"""How long the first page of a freshly started dashboard takes, beside an empty Streamlit app."""

import tempfile
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from tools.chromium import find_chromium
from tools.serve_app import CHROMIUM_ARGUMENTS, ROOT, serve_app

_RUNS = 5
_EMPTY_APP = 'import streamlit as st\nst.title("Empty")\n'


def measure() -> None:
    """Print the median seconds until the title shows: the dashboard's, an empty app's.

    Raises:
        RuntimeError: there is no Chromium to look with.
    """
    chromium = find_chromium()
    if chromium is None:
        raise RuntimeError("Expected a Chromium, found none. `make test` installs one.")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        empty = Path(name) / "empty.py"
        empty.write_text(_EMPTY_APP)
        browser = playwright.chromium.launch(
            executable_path=chromium, args=list(CHROMIUM_ARGUMENTS)
        )
        apps = (ROOT / "app.py", empty)
        seconds = [[_open_fresh(browser, app) for app in apps] for _ in range(_RUNS)]
        browser.close()
    ours, other = zip(*seconds, strict=True)
    page, empty_page = median(ours), median(other)
    print(f"{'':44} {'ours':>10} {'empty app':>10} {'times':>7}")
    print(
        f"{'first page in Chromium':44} {page:10.3f} {empty_page:10.3f} {page / empty_page:6.2f}x"
    )


def _open_fresh(browser: Browser, script: Path) -> float:
    with serve_app(script) as address:
        return _open(browser, address)


def _open(browser: Browser, address: str) -> float:
    context = browser.new_context()
    page = context.new_page()
    start = time.perf_counter()
    page.goto(address)
    page.locator("h1").first.wait_for()
    seconds = time.perf_counter() - start
    context.close()
    return seconds
