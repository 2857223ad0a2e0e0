"""Take the pictures of the documentation from the running app: `python -m tools.screenshots`.

A folder behind it keeps them instead of docs/screenshots.
"""

import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tools.chromium import find_chromium
from tools.serve_app import CHROMIUM_ARGUMENTS, ROOT, serve_app
from xray_core.datasets.samples import SAMPLES

FOLDER = ROOT / "docs" / "screenshots"
SAMPLE = SAMPLES[-1].name  # patches in both lungs
_PATIENCE_MILLISECONDS = 120_000  # drawing and measuring take long on a busy machine


def take_screenshots(folder: Path = FOLDER) -> None:
    """Write pictures of every page, each with synthetic X-rays."""
    folder.mkdir(parents=True, exist_ok=True)
    chromium = find_chromium()
    with tempfile.TemporaryDirectory() as workspace:
        os.environ["PNEUMOSCOPE_WORKSPACE"] = workspace
        with serve_app() as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium, args=list(CHROMIUM_ARGUMENTS)
            )
            page = browser.new_page(viewport={"width": 1280, "height": 1120}, color_scheme="dark")
            page.set_default_timeout(_PATIENCE_MILLISECONDS)
            page.goto(address)
            page.get_by_text("Default model:").wait_for()
            page.set_viewport_size({"width": 1280, "height": 720})
            page.screenshot(path=folder / "start.png")
            page.set_viewport_size({"width": 1280, "height": 1120})
            page.goto(f"{address}/diagnose")
            _show_diagnosis(page)
            page.screenshot(path=folder / "diagnose.png")
            page.goto(f"{address}/explore_dataset")
            _show_data(page)
            page.screenshot(path=folder / "data.png")
            page.goto(f"{address}/train_model")
            _show_training(page)
            page.screenshot(path=folder / "train.png")
            page.goto(f"{address}/compare_models")
            page.get_by_text("What may be compared").wait_for()
            _wait_until_drawn(page, charts=2)
            page.screenshot(path=folder / "compare.png")
            _show_story(page, f"{address}/present?step=4&part=5")
            page.screenshot(path=folder / "present.png")
            _show_story(page, f"{address}/present?step=5&part=2")
            page.screenshot(path=folder / "trap.png")
            browser.close()


def _wait_until_drawn(page: Page, charts: int) -> None:
    """Wait until so many charts are drawn and nothing is left of what stands in for them."""
    page.get_by_test_id("stStatusWidget").wait_for(state="detached")
    page.wait_for_load_state("networkidle")
    page.wait_for_function(
        """charts => document.querySelectorAll(".stPlotlyChart .main-svg").length >= charts
            && !document.querySelector("[data-testid=stSkeleton]")""",
        arg=charts,
    )
    page.wait_for_timeout(1000)  # they fade in


def _show_diagnosis(page: Page) -> None:
    """Show an answer down to the evidence on the X-ray."""
    page.set_viewport_size({"width": 1280, "height": 1500})
    page.get_by_role("button", name=SAMPLE).click()
    page.get_by_role("region", name="Verdict").wait_for()
    page.get_by_role("button", name="Report as JSON").wait_for()
    page.get_by_test_id("stStatusWidget").wait_for(state="detached")
    page.wait_for_load_state("networkidle")


def _show_data(page: Page) -> None:
    """Show the overview of a synthetic set in which a marker goes with the label."""
    page.get_by_role("combobox", name="Planted shortcut").click()
    page.get_by_role("option", name="marker").click()
    page.get_by_role("slider", name="Strength").wait_for()
    page.get_by_role("button", name="Draw them").click()
    page.set_viewport_size({"width": 1280, "height": 1480})  # down to the mean pictures
    page.get_by_text("Draw a box").wait_for()
    _wait_until_drawn(page, charts=3)


def _show_training(page: Page) -> None:
    """Show the form of the lesson, and what it will cost."""
    page.set_viewport_size({"width": 1280, "height": 1120})
    page.get_by_text("All layers").wait_for()
    page.get_by_text("Learning", exact=True).click()
    page.wait_for_load_state("networkidle")


def _show_story(page: Page, address: str) -> None:
    """Show the evidence with its zones, full screen."""
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(address)
    page.locator(".story .source").wait_for()
    page.get_by_role("button", name="Notes").wait_for()
    page.wait_for_load_state("networkidle")


if __name__ == "__main__":
    take_screenshots(*map(Path, sys.argv[1:]))
