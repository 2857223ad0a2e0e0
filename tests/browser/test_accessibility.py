"""What axe-core finds on every page, in both themes: nothing serious, nothing critical."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.visit import ANSWER_MILLISECONDS, Visit
from xray_core.story.script import read_script

_PAGES = {
    "": "Begin the story",
    "diagnose": "No X-ray at hand?",
    "explore_dataset": "What is in the data?",
    "train_model": "Train a model",
    "compare_models": "What may be compared",
}
_STEPS = len(read_script())
# The ground that Streamlit draws in each, as in .streamlit/config.toml.
_GROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 23, 27)"}


def list_findings(page: Page) -> list[str]:
    """Return each serious or critical finding with its theme and the elements it is about."""
    page.wait_for_load_state("networkidle")
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=ANSWER_MILLISECONDS)
    found = []
    for theme, ground in _GROUNDS.items():
        page.emulate_media(color_scheme=theme)
        expect(page.get_by_test_id("stApp")).to_have_css("background-color", ground)
        violations = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        found += [
            f"{theme}, {violation['id']}: {node['html'][:200]}"
            for violation in violations
            if violation["impact"] in ("serious", "critical")
            for node in violation["nodes"]
        ]
    return found


@pytest.mark.parametrize("path", _PAGES)
def test_a_page_can_be_used_by_everybody(page: Page, app_url: str, path: str):
    page.goto(f"{app_url}/{path}")
    expect(page.get_by_text(_PAGES[path]).first).to_be_visible(timeout=ANSWER_MILLISECONDS)
    assert list_findings(page) == []


def test_an_answer_can_be_used_by_everybody(visit: Visit, xray_file):
    visit.read(xray_file)
    assert list_findings(visit.page) == []


def test_the_story_can_be_used_by_everybody(page: Page, app_url: str):
    page.set_viewport_size({"width": 1280, "height": 720})
    for step in range(1, _STEPS + 1):
        page.goto(f"{app_url}/present?step={step}")
        expect(page.locator(".story .source")).to_be_visible(timeout=ANSWER_MILLISECONDS)
        assert list_findings(page) == [], step
