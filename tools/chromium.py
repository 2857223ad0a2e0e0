"""Make sure that the browser tests have a Chromium; run as a script, it installs one if need be."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

# The first that starts is taken; PNEUMOSCOPE_CHROMIUM names another.
NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def find_chromium() -> Path | None:
    """Return a Chromium on this machine that starts, or None."""
    named = os.environ.get("PNEUMOSCOPE_CHROMIUM")
    for candidate in [named] if named else _candidates():
        path = shutil.which(candidate)
        if path and _succeeds([path, "--version"], quietly=True):
            return Path(path)
    return None


def install_chromium() -> Path | None:
    """Return a Chromium after trying each way to install one, or None if none worked."""
    for commands in _ways_to_install():
        for command in commands:  # an old list of packages may do where a new one cannot be had
            _succeeds(command)
        if path := find_chromium():
            return path
    return None


def _candidates() -> Iterator[str]:
    yield from NAMES
    with sync_playwright() as playwright:
        yield playwright.chromium.executable_path


def _ways_to_install() -> Iterator[list[list[str]]]:
    if shutil.which("apt-get"):
        if os.geteuid() == 0:
            yield [["apt-get", "update"], ["apt-get", "install", "-y", "chromium"]]
        elif shutil.which("sudo") and _succeeds(["sudo", "-n", "true"], quietly=True):
            sudo = ["sudo", "-n", "apt-get"]
            yield [[*sudo, "update"], [*sudo, "install", "-y", "chromium"]]
    yield [[sys.executable, "-m", "playwright", "install", "chromium"]]


def _succeeds(command: list[str], quietly: bool = False) -> bool:
    if not quietly:
        print(f"No Chromium yet: {' '.join(command)}", flush=True)
    output = subprocess.DEVNULL if quietly else None
    try:
        return subprocess.run(command, stdout=output, stderr=output).returncode == 0
    except OSError:
        return False


if __name__ == "__main__":
    chromium = find_chromium() or install_chromium()
    if chromium is None:
        sys.exit(
            "Expected Chromium or Google Chrome for the browser tests, found none that starts, and "
            "could not install one. Install Chromium (on Debian: apt-get install chromium), or set "
            "PNEUMOSCOPE_CHROMIUM to one."
        )
    print(f"Browser tests use {chromium}.")
