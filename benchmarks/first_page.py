"""How long the dashboard's first page takes, beside an empty Streamlit app."""

import tempfile
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from tools.chromium import find_chromium
from tools.serve_app import CHROMIUM_ARGUMENTS, serve_app

_RUNS = 7
_EMPTY_APP = 'import streamlit as st\nst.title("Empty")\n'


def time_first_pages() -> tuple[float, float]:
    """Return the median seconds until the title shows: the dashboard's, an empty app's.

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
        with serve_app() as ours, serve_app(empty) as other:
            pairs = [(_open(browser, ours), _open(browser, other)) for _ in range(_RUNS + 1)][1:]
        browser.close()
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)


def _open(browser: Browser, address: str) -> float:
    context = browser.new_context()
    page = context.new_page()
    start = time.perf_counter()
    page.goto(address)
    page.locator("h1").first.wait_for()
    seconds = time.perf_counter() - start
    context.close()
    return seconds
