"""Take the pictures of the documentation from the running app: `python -m tools.screenshots`."""

import os
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tools.chromium import find_chromium
from tools.serve_app import CHROMIUM_ARGUMENTS, ROOT, serve_app
from xray_core.datasets.synthetic import SAMPLES

FOLDER = ROOT / "docs" / "screenshots"
SAMPLE = SAMPLES[-1].name  # patches in both lungs
_DRAWING_MILLISECONDS = 120_000


def take_screenshots(folder: Path = FOLDER) -> None:
    """Write pictures of both pages, each with synthetic X-rays."""
    folder.mkdir(parents=True, exist_ok=True)
    chromium = find_chromium()
    with tempfile.TemporaryDirectory() as workspace:
        os.environ["PNEUMOSCOPE_WORKSPACE"] = workspace
        with serve_app() as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium, args=list(CHROMIUM_ARGUMENTS)
            )
            page = browser.new_page(viewport={"width": 1280, "height": 1120}, color_scheme="dark")
            page.goto(address)
            _show_diagnosis(page)
            page.screenshot(path=folder / "diagnose.png")
            page.goto(f"{address}/explore_dataset")
            _show_data(page)
            page.screenshot(path=folder / "data.png")
            browser.close()


def _show_diagnosis(page: Page) -> None:
    page.get_by_role("button", name=SAMPLE).click()
    page.get_by_role("region", name="Verdict").wait_for()
    page.get_by_role("button", name="Report as JSON").wait_for()
    page.wait_for_load_state("networkidle")


def _show_data(page: Page) -> None:
    """Show the overview of a synthetic set in which a marker goes with the label."""
    page.get_by_role("combobox", name="Planted shortcut").click()
    page.get_by_role("option", name="marker").click()
    page.get_by_role("slider", name="Strength").wait_for()
    page.get_by_role("button", name="Draw them").click()
    page.set_viewport_size({"width": 1280, "height": 1480})  # down to the mean pictures
    page.get_by_text("Draw a box").wait_for(timeout=_DRAWING_MILLISECONDS)
    page.wait_for_load_state("networkidle")


if __name__ == "__main__":
    take_screenshots()
