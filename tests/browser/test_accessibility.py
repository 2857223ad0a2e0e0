"""What axe-core finds on every page, in both themes: nothing serious, nothing critical.

What pages become later on, such as a view of the data or of a run, stands in the tests of each.
"""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visit import ANSWER_MILLISECONDS, Visit, list_findings
from xray_core.story.script import read_script

_PAGES = {
    "": "Begin the story",
    "diagnose": "No X-ray at hand?",
    "explore_dataset": "What is in the data?",
    "train_model": "Train a model",
    "compare_models": "What may be compared",
}
_QUESTIONS = ("Can I trust the overlay?", "Ask back", "Similar cases", "Compare")
_CHECK_MILLISECONDS = 600_000
_STEPS = len(read_script())


@pytest.mark.parametrize("path", _PAGES)
def test_a_page_can_be_used_by_everybody(page: Page, app_url: str, path: str):
    page.goto(f"{app_url}/{path}")
    expect(page.get_by_text(_PAGES[path]).first).to_be_visible(timeout=ANSWER_MILLISECONDS)
    assert list_findings(page) == []


def test_an_answer_can_be_used_by_everybody(visit: Visit, xray_file):
    visit.read(xray_file)
    assert list_findings(visit.page) == []


@pytest.mark.slow
def test_every_panel_can_be_used_by_everybody(visit: Visit, xray_file):
    visit.read(xray_file)
    panels = visit.page.get_by_test_id("stButtonGroup")
    for question in _QUESTIONS:
        panels.get_by_text(question, exact=True).click()
        visit.settle()
        assert list_findings(visit.page) == [], question


@pytest.mark.slow
def test_a_checked_overlay_can_be_used_by_everybody(visit: Visit, xray_file):
    visit.read(xray_file)
    visit.page.get_by_text("Can I trust the overlay?", exact=True).click()
    visit.page.get_by_role("button", name="Check the overlay").click()
    expect(visit.page.locator(".js-plotly-plot").first).to_be_visible(timeout=_CHECK_MILLISECONDS)
    visit.settle()
    assert list_findings(visit.page) == []


@pytest.mark.slow
def test_the_story_can_be_used_by_everybody(page: Page, app_url: str):
    page.set_viewport_size({"width": 1280, "height": 720})
    for step in range(1, _STEPS + 1):
        page.goto(f"{app_url}/present?step={step}")
        expect(page.locator(".story .source")).to_be_visible(timeout=ANSWER_MILLISECONDS)
        assert list_findings(page) == [], step
