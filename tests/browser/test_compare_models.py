"""The comparison page in a real browser, with the shipped model and two others beside it."""

import re
from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.visit import (
    ANSWER_MILLISECONDS,
    list_complaints,
    take_download,
    wait_until_server_rests,
)
from tests.comparison.made_models import disturb, make_history, make_model, read_official
from xray_core.model_changes import delete_model

_VIEWS = ("Scores", "Curves", "Difference", "Threshold", "Errors", "Settings")
_MODELS = "lungs-only,compared-a,compared-b"


@pytest.fixture(scope="module", autouse=True)
def _models(workspace) -> Iterator[None]:
    for seed, name in enumerate(("compared-a", "compared-b"), start=1):
        answers = disturb(read_official(), seed, noise=1.5)
        make_model(name, {"test": answers}, make_history(10, seed), {"epochs": seed})
    yield
    for name in ("compared-a", "compared-b"):
        delete_model(name)


@pytest.fixture
def page(shared_page: Page) -> Page:
    return shared_page


def open_view(page: Page, app_url: str, view: str, anew: bool = False) -> Page:
    chosen = page.get_by_role("radio", name=view, exact=True)
    if chosen.is_visible() and not anew:
        chosen.click()
    else:
        page.goto(f"{app_url}/compare_models?models={_MODELS}&compare_view={view}")
    expect(chosen).to_be_checked(timeout=ANSWER_MILLISECONDS)
    page.wait_for_load_state("networkidle")
    wait_until_server_rests(page)
    return page


def test_the_table_of_scores_and_the_evidence_beside_it(page: Page, app_url: str):
    open_view(page, app_url, "Scores")
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible(timeout=ANSWER_MILLISECONDS)
    expect(page.locator(".js-plotly-plot")).to_have_count(2, timeout=ANSWER_MILLISECONDS)
    expect(page.locator(".js-plotly-plot").last).to_contain_text("Evidence in lungs")
    report = take_download(page, "Report (HTML)").read_text(encoding="utf-8")
    assert "Is the difference real?" in report


def test_the_difference_is_a_sentence_and_the_pair_can_be_changed(page: Page, app_url: str):
    open_view(page, app_url, "Difference")
    said = page.get_by_test_id("stAlert").filter(has_text="points more accurate").first
    expect(said).to_contain_text(re.compile(r"p [=<] "), timeout=ANSWER_MILLISECONDS)
    page.get_by_role("combobox", name="Second model").click()
    page.get_by_role("option", name="Compared b").click()
    expect(said).to_contain_text("Compared b", timeout=ANSWER_MILLISECONDS)


def test_the_threshold_moves_every_model_and_stays_in_the_address(page: Page, app_url: str):
    open_view(page, app_url, "Threshold", anew=True)
    first = page.locator(".confusion figure").first
    expect(first).to_contain_text("387", timeout=ANSWER_MILLISECONDS)
    page.get_by_text("Move the threshold").click()
    expect(first).to_contain_text("385", timeout=ANSWER_MILLISECONDS)
    expect(page.get_by_test_id("stAlert")).to_contain_text("tuned on test")
    slider = page.get_by_role("slider", name="Threshold of all models")
    slider.focus()
    for _ in range(5):
        slider.press("ArrowRight")
    expect(page).to_have_url(re.compile("compare_threshold=0.55"))
    answers = read_official()
    spared = ((answers["probability"] < 0.55) & (answers["label"] == 0)).sum()
    expect(first).to_contain_text(f"{spared}", timeout=ANSWER_MILLISECONDS)
    page.reload()
    expect(page.locator(".confusion figure")).to_have_count(3, timeout=ANSWER_MILLISECONDS)
    expect(first).to_contain_text(f"{spared}")


def test_curves_share_one_hover(page: Page, app_url: str):
    open_view(page, app_url, "Curves")
    chart = page.locator(".js-plotly-plot")
    panels = chart.locator(".nsewdrag")
    expect(panels).to_have_count(5, timeout=ANSWER_MILLISECONDS)
    wait_until_server_rests(page)
    box = panels.first.bounding_box()
    for share in (0.5, 0.52):
        page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
    label = chart.locator(".hoverlayer")
    expect(label).to_contain_text("Compared a, validation : Loss")
    expect(label).to_contain_text("Compared b, training : AUC")


def test_a_chart_is_taken_away_as_a_picture(page: Page, app_url: str):
    open_view(page, app_url, "Curves")
    chart = page.locator(".js-plotly-plot")
    expect(chart.locator(".nsewdrag")).to_have_count(5, timeout=ANSWER_MILLISECONDS)
    wait_until_server_rests(page)
    chart.hover()
    with page.expect_download() as download:
        chart.locator("[data-title='Download plot as a PNG']").click()
    assert download.value.suggested_filename == "curves.png"
    picture = cv2.imread(str(download.value.path()))
    assert picture.shape[1] == pytest.approx(2 * chart.bounding_box()["width"], abs=4)
    colours = picture.astype(np.int32) @ (1, 2**8, 2**16)
    assert len(np.unique(colours)) > 50  # lines and letters, no blank sheet


@pytest.mark.slow
def test_every_view_can_be_used_by_everybody_and_fits(page: Page, app_url: str):
    open_view(page, app_url, "Scores")
    assert list_complaints(page, _VIEWS) == {}
