"""Take the pictures of the documentation from the running app: `python -m tools.screenshots`."""

from pathlib import Path

from playwright.sync_api import sync_playwright

from tools.chromium import find_chromium
from tools.serve_app import CHROMIUM_ARGUMENTS, ROOT, serve_app
from xray_core.datasets.synthetic import SAMPLES

FOLDER = ROOT / "docs" / "screenshots"
SAMPLE = SAMPLES[-1].name  # patches in both lungs


def take_screenshots(folder: Path = FOLDER) -> None:
    """Write a picture of the diagnosis page with the answer to a synthetic sample."""
    folder.mkdir(parents=True, exist_ok=True)
    with serve_app() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=list(CHROMIUM_ARGUMENTS)
        )
        page = browser.new_page(viewport={"width": 1280, "height": 1120}, color_scheme="dark")
        page.goto(address)
        page.get_by_role("button", name=SAMPLE).click()
        page.get_by_role("region", name="Verdict").wait_for()
        page.get_by_role("button", name="Report as JSON").wait_for()
        page.wait_for_load_state("networkidle")
        page.screenshot(path=folder / "diagnose.png")
        browser.close()


if __name__ == "__main__":
    take_screenshots()
