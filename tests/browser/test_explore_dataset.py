"""The data page in a real browser, on the synthetic set."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visit import (
    ANSWER_MILLISECONDS,
    list_complaints,
    open_view,
    wait_until_server_rests,
)

_VIEWS = ("Overview", "Pictures", "Findings", "Shortcuts", "Augmentation", "Split")


@pytest.fixture
def data_page(shared_page: Page, app_url: str) -> Page:
    """The overview of the synthetic set, which the first test opens and draws."""
    page = shared_page
    draw = page.get_by_role("button", name="Draw them")
    overview = page.get_by_role("radio", name="Overview")
    if not overview.is_visible():
        page.goto(f"{app_url}/explore_dataset")
    expect(draw.or_(overview).first).to_be_visible(timeout=ANSWER_MILLISECONDS)
    if not overview.is_visible():
        draw.click()
        expect(overview).to_be_visible(timeout=4 * ANSWER_MILLISECONDS)
    open_view(page, "Overview")
    return page


def test_the_pages_own_address_shows_the_whole_app(data_page: Page):
    expect(data_page.get_by_role("link", name="Diagnose")).to_be_visible()
    expect(data_page.get_by_role("link", name="Data")).to_be_visible()


def test_the_synthetic_set_is_drawn_and_counted(data_page: Page):
    expect(data_page.get_by_text("Drawn by a program: no patient")).to_be_visible()
    bars = data_page.locator(".js-plotly-plot").first
    expect(bars.get_by_text("160").first).to_be_visible(timeout=ANSWER_MILLISECONDS)
    expect(bars.get_by_text("train", exact=True)).to_be_visible()


def test_a_box_in_the_chart_of_sizes_shows_those_pictures(data_page: Page):
    expect(data_page.get_by_text("Draw a box in the chart of sizes")).to_be_visible()
    chart = data_page.locator(".st-key-explore_sizes_chart .nsewdrag").first
    chart.scroll_into_view_if_needed()
    wait_until_server_rests(data_page)
    box = chart.bounding_box()
    assert box is not None
    data_page.mouse.move(box["x"] + 3, box["y"] + 3)
    data_page.mouse.down()
    data_page.mouse.move(box["x"] + box["width"] - 3, box["y"] + box["height"] - 3, steps=10)
    data_page.mouse.up()
    expect(data_page.get_by_text("400 chosen in the chart of sizes")).to_be_visible()


def test_findings_are_listed_with_what_to_do(data_page: Page):
    data_page.get_by_role("radio", name="Findings").click()
    ask = data_page.get_by_role("button", name=re.compile("Ask the models"))
    expect(ask).to_be_visible(timeout=ANSWER_MILLISECONDS)
    expect(data_page.get_by_text("Patients in one split only")).to_be_visible()


@pytest.mark.slow
def test_every_view_can_be_used_by_everybody_and_fits(data_page: Page):
    assert list_complaints(data_page, _VIEWS) == {}


def test_a_picture_opens_and_is_diagnosed(data_page: Page):
    data_page.get_by_role("radio", name="Pictures").click()
    data_page.locator(".st-key-explore_open_0 button").first.click()
    expect(data_page.get_by_role("button", name="All pictures")).to_be_visible()
    data_page.get_by_role("button", name="Diagnose").click()
    verdict = data_page.get_by_role("region", name="Verdict")
    expect(verdict).to_contain_text("by the data set", timeout=ANSWER_MILLISECONDS)
    expect(data_page.get_by_role("region", name="X-ray viewer")).to_be_visible()
