"""What can be asked of an answer, each question in a real browser."""

import csv
import hashlib
import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.visit import ANSWER_MILLISECONDS, Visit, wait_until_server_rests
from xray_core.datasets.samples import SAMPLES
from xray_core.datasets.synthetic import draw_sample, encode_png

# Five methods and many maps, on a machine that may do other things as well.
_CHECK_MILLISECONDS = 400_000


@pytest.fixture(scope="module")
def answer(shared_page: Page, app_url: str, xray_file: Path) -> Visit:
    """An answer that several questions are asked of, one after the other."""
    visit = Visit(shared_page, app_url)
    visit.read(xray_file)
    return visit


@pytest.fixture
def answered(answer: Visit) -> Visit:
    """The answer with no panel open, whatever was asked before."""
    questions = answer.page.get_by_role("radiogroup", name="Ask about this answer")
    if questions.get_by_role("radio", checked=True).is_visible():
        questions.get_by_role("radio", checked=True).click()
        answer.settle()
    return answer


def test_a_box_drawn_on_the_picture_or_a_zone_by_its_name_is_covered(answered: Visit):
    visit = answered
    ask(visit, "Ask back")
    picture = visit.page.locator(".js-plotly-plot .nsewdrag").first
    expect(picture).to_be_visible(timeout=ANSWER_MILLISECONDS)
    visit.settle()
    box = picture.bounding_box()
    assert box is not None

    def place(across: float, down: float) -> tuple[float, float]:
        return box["x"] + across * box["width"], box["y"] + down * box["height"]

    visit.page.mouse.move(*place(0.55, 0.4))
    visit.page.mouse.down()
    visit.page.mouse.move(*place(0.85, 0.8), steps=8)
    visit.page.mouse.up()

    metric = visit.page.get_by_test_id("stMetric")
    expect(metric).to_contain_text("Probability of pneumonia", timeout=ANSWER_MILLISECONDS)
    expect(metric).to_contain_text("points")

    visit.page.get_by_role("combobox", name="Cover").click()
    visit.page.get_by_role("option", name="right middle zone").click()
    expect(visit.page.locator(".js-plotly-plot image")).to_have_count(2)  # X-ray and cover
    assert visit.complaints == []


def test_read_first_sends_nothing_of_the_answer_until_a_reading_is_committed(
    visit: Visit, xray_file: Path
):
    visit.page.get_by_text("Read first", exact=True).click()
    visit.drop(xray_file)
    form = visit.page.get_by_test_id("stForm")
    expect(form).to_be_visible(timeout=ANSWER_MILLISECONDS)
    expect(visit.original).to_be_visible()
    expect(visit.evidence).to_have_count(0)
    expect(visit.verdict).to_have_count(0)

    form.get_by_text("unsure", exact=True).click()
    form.get_by_role("button").filter(has_text="Commit").click()

    expect(visit.verdict).to_be_visible(timeout=ANSWER_MILLISECONDS)
    expect(visit.evidence).to_be_visible()
    expect(visit.page.get_by_text("You read unsure")).to_be_visible()


def test_past_a_warning_a_reading_is_committed_and_its_log_taken_away(visit: Visit, tmp_path: Path):
    mirrored, page = tmp_path / "mirrored.png", visit.page
    drawn = draw_sample(SAMPLES[-1])
    mirrored.write_bytes(encode_png(replace(drawn, pixels=drawn.pixels[:, ::-1].copy())))
    page.get_by_text("Read first", exact=True).click()
    visit.drop(mirrored)
    warning = page.get_by_test_id("stAlert").get_by_text("mirrored", exact=False).first
    expect(warning).to_be_visible(timeout=ANSWER_MILLISECONDS)
    form = page.get_by_test_id("stForm")
    expect(form).to_have_count(0)

    page.get_by_role("button", name="Go on anyway").click()
    form.get_by_text("normal", exact=True).click(timeout=ANSWER_MILLISECONDS)
    form.get_by_role("button").filter(has_text="Commit").click()
    expect(visit.verdict).to_be_visible(timeout=ANSWER_MILLISECONDS)
    expect(warning).to_be_visible()

    wait_until_server_rests(page)
    page.get_by_text("Your readings:").click()
    with page.expect_download(timeout=ANSWER_MILLISECONDS) as download:
        page.locator(".st-key-diagnose_log_csv button").click()  # the table below has one, too
    with download.value.path().open(newline="") as file:
        (line,) = csv.DictReader(file)
    assert line["reading"] == "normal"
    assert line["image_sha256"] == hashlib.sha256(mirrored.read_bytes()).hexdigest()
    assert "mirrored.png" not in line.values()
    assert visit.complaints == []


def test_another_error_rate_changes_the_words_of_the_answer(visit: Visit, xray_file: Path):
    visit.read(xray_file)
    limits = visit.page.get_by_text(re.compile("Normal below a probability of"))
    expect(visit.verdict).to_contain_text("PNEUMONIA")
    expect(limits).to_contain_text("at most 5 %")

    slider = visit.page.get_by_role("slider", name="Wrong answers allowed")
    slider.focus()
    for _ in range(15):
        slider.press("ArrowRight")

    expect(limits).to_contain_text("at most 20 %", timeout=ANSWER_MILLISECONDS)
    expect(visit.verdict).to_contain_text("CANNOT TELL")
    assert visit.complaints == []


def test_two_xrays_of_a_patient_are_zoomed_together(answered: Visit, tmp_path: Path):
    visit, earlier = answered, tmp_path / "earlier.png"
    earlier.write_bytes(encode_png(draw_sample(SAMPLES[0])))
    compared = ask(visit, "Compare")
    second = visit.page.get_by_test_id("stFileUploader").filter(has_text="earlier or later")
    second.locator("input[type=file]").set_input_files(earlier)
    expect(compared.get_by_text("First X-ray: pneumonia")).to_be_visible(
        timeout=ANSWER_MILLISECONDS
    )
    expect(compared.get_by_text("Second X-ray: normal")).to_be_visible()

    compared.get_by_role("button", name="Zoom in").click()
    sheets = compared.locator(".sheet")
    moved = [sheets.nth(place).evaluate(_TRANSFORM) for place in (0, 1)]
    assert moved[0] == moved[1] != "matrix(1, 0, 0, 1, 0, 0)"
    assert visit.complaints == []


def test_two_models_stand_side_by_side_on_one_xray(answered: Visit):
    visit = answered
    compared = ask(visit, "Compare")
    visit.page.get_by_text("Another model", exact=True).click()
    choice = visit.page.get_by_role("combobox", name="Model to compare with")
    choice.click(timeout=ANSWER_MILLISECONDS)
    visit.page.get_by_role("option", name="Whole image (whole-image)").click()

    expect(compared.get_by_text("Lungs only: pneumonia")).to_be_visible(timeout=ANSWER_MILLISECONDS)
    expect(compared.get_by_text(re.compile("Whole image: .*Full colour from"))).to_be_visible()
    expect(compared.locator(".heat:visible")).to_have_count(2)
    assert visit.complaints == []


def test_the_five_most_similar_cases_are_named(answered: Visit):
    visit = answered
    ask(visit, "Similar cases")
    told = visit.page.get_by_text(
        re.compile(r"The 5 most similar of .*: \d are labelled pneumonia")
    )
    expect(told).to_be_visible(timeout=ANSWER_MILLISECONDS)
    expect(visit.page.get_by_test_id("stDataFrame")).to_be_visible()
    assert visit.complaints == []


def test_a_check_of_the_overlay_tells_how_far_it_is_and_can_be_cancelled(answered: Visit):
    visit = answered
    ask(visit, "Can I trust the overlay?")
    start = visit.page.get_by_role("button", name="Check the overlay")
    start.click(timeout=ANSWER_MILLISECONDS)
    expect(visit.page.get_by_text(re.compile(r"Checking the overlay: \d+ of \d+"))).to_be_visible()
    visit.page.get_by_role("button", name="Cancel").click()
    expect(start).to_be_visible(timeout=ANSWER_MILLISECONDS)
    expect(visit.viewer.locator(".warning:visible")).to_have_count(0)


@pytest.mark.slow
def test_a_checked_overlay_gets_one_verdict_its_reasons_and_the_other_maps(answered: Visit):
    visit = answered
    ask(visit, "Can I trust the overlay?")
    visit.page.get_by_role("button", name="Check the overlay").click(timeout=ANSWER_MILLISECONDS)
    passed = visit.page.get_by_text(re.compile("^The overlay withstood all 4 checks"))
    failed = visit.page.get_by_test_id("stAlert").get_by_text(re.compile("^Do not rely on this"))
    expect(passed.or_(failed)).to_be_visible(timeout=_CHECK_MILLISECONDS)
    expect(visit.page.locator(".js-plotly-plot")).to_have_count(2)
    for method in ("Grad-CAM++", "Score-CAM", "SmoothGrad", "Occlusion"):
        expect(visit.page.get_by_text(f"{method}: likeness")).to_be_visible()
    # An overlay that fails is shown with a warning across it, one that passes without.
    expect(visit.viewer.locator(".warning:visible")).to_have_count(failed.count())
    assert visit.complaints == []


_TRANSFORM = "sheet => getComputedStyle(sheet).transform"


def ask(visit: Visit, question: str) -> Locator:
    """Open a panel; return the last viewer, which is the panel's own where it brings one."""
    visit.page.set_viewport_size({"width": 1280, "height": 3000})
    visit.page.get_by_text(question, exact=True).last.click()
    return visit.viewer.last
