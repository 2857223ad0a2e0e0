"""The answer in a real browser: dropped, looked at from all sides, taken away."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.visit import ANSWER_MILLISECONDS, Visit, list_widths_cut_off, take_download
from xray_core.datasets.samples import SAMPLES


@pytest.fixture(scope="module")
def answer(browser: Browser, app_url: str, xray_file: Path) -> Iterator[Visit]:
    """An answer that several tests look at, one after the other."""
    with browser.new_context(viewport={"width": 1280, "height": 1800}) as context:
        visit = Visit(context.new_page(), app_url)
        visit.read(xray_file)
        yield visit


@pytest.fixture
def answered(answer: Visit) -> Visit:
    """The answer, looking as it came."""
    answer.page.set_viewport_size({"width": 1280, "height": 1800})
    for name, value in (("Evidence", 70), ("Brightness", 100), ("Contrast", 100)):
        answer.move_slider(name, value)
    answer.viewer.get_by_label("Lung outline").check()
    answer.viewer.get_by_label("Zones").uncheck()
    answer.viewer.get_by_role("button", name="Reset").click()
    answer.page.mouse.click(5, 1700)  # beside the pictures: they let go of the wheel
    answer.settle()
    answer.talk.clear()
    return answer


def test_a_dropped_xray_is_answered_without_complaint_or_outside_help(
    visit: Visit, xray_file: Path
):
    visit.read(xray_file)

    expect(visit.verdict).to_contain_text(re.compile("PNEUMONIA|NORMAL"))
    expect(visit.verdict).to_contain_text("Probability of pneumonia")
    assert visit.complaints == []
    assert visit.hosts == {"localhost"}


def test_a_sample_is_answered_with_one_click(visit: Visit):
    visit.page.get_by_role("button", name=SAMPLES[0].name, exact=True).click()

    expect(visit.verdict).to_contain_text(SAMPLES[0].sentence, timeout=ANSWER_MILLISECONDS)
    expect(visit.viewer).to_be_visible()


def test_opacity_changes_the_overlay_without_asking_the_server(answered: Visit):
    strong = _photograph(answered.evidence)
    original = _photograph(answered.original)

    answered.move_slider("Evidence", 0)

    expect(answered.evidence.locator(".heat")).to_have_css("opacity", "0")
    assert _photograph(answered.evidence) != strong
    assert _photograph(answered.original) == original
    assert answered.talk == []


@pytest.mark.parametrize("name", ["Brightness", "Contrast"])
def test_brightness_and_contrast_change_both_pictures_at_once(answered: Visit, name: str):
    before = [_photograph(stage) for stage in (answered.original, answered.evidence)]

    answered.move_slider(name, 150)

    after = [_photograph(stage) for stage in (answered.original, answered.evidence)]
    assert all(old != new for old, new in zip(before, after, strict=True))
    assert answered.talk == []


def test_outline_and_zones_can_be_switched(answered: Visit):
    outline, zones = (answered.evidence.locator(name) for name in (".lungs", ".zones"))
    expect(outline).to_be_visible()
    expect(zones).to_be_hidden()

    answered.viewer.get_by_label("Lung outline").uncheck()
    answered.viewer.get_by_label("Zones").check()

    expect(outline).to_be_hidden()
    expect(zones.locator("text")).to_have_count(6)
    expect(zones.locator("text").first).to_be_visible()
    assert answered.talk == []


def test_zoom_and_position_are_shared_by_both_pictures(answered: Visit):
    answered.evidence.click()
    answered.page.mouse.wheel(0, -120)
    answered.page.keyboard.press("+")
    answered.page.keyboard.press("ArrowRight")

    moved = _read_transforms(answered)
    assert moved[0] == moved[1] != "matrix(1, 0, 0, 1, 0, 0)"

    answered.viewer.get_by_role("button", name="Reset").click()
    assert _read_transforms(answered) == ["matrix(1, 0, 0, 1, 0, 0)"] * 2


def test_wheel_scrolls_the_page_until_a_picture_is_clicked(answered: Visit):
    answered.page.set_viewport_size({"width": 1280, "height": 600})
    answered.evidence.hover()
    scrolled = _read_scroll(answered)
    answered.page.mouse.wheel(0, 40)

    answered.page.wait_for_function(f"before => ({_SCROLLED})() != before", arg=scrolled)
    assert _read_transforms(answered) == ["matrix(1, 0, 0, 1, 0, 0)"] * 2


def test_a_second_xray_keeps_the_sliders_and_starts_unzoomed(
    visit: Visit, xray_file: Path, tmp_path: Path
):
    visit.read(xray_file)
    visit.move_slider("Evidence", 25)
    visit.viewer.get_by_role("button", name="Zoom in").click()
    darker = tmp_path / "darker.png"
    pixels = cv2.imread(str(xray_file), cv2.IMREAD_GRAYSCALE)
    cv2.imwrite(str(darker), cv2.convertScaleAbs(pixels, alpha=0.95))

    visit.drop(darker)

    expect(visit.verdict).to_contain_text("darker.png", timeout=ANSWER_MILLISECONDS)
    expect(visit.viewer.get_by_role("slider", name="Evidence")).to_have_value("25")
    expect(visit.viewer.locator(".zoom")).to_have_text("100 %")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pictures_stand_in_the_dark_in_both_themes(answered: Visit, theme: str):
    answered.page.emulate_media(color_scheme=theme)
    ground = {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 23, 27)"}[theme]

    expect(answered.page.get_by_test_id("stApp")).to_have_css("background-color", ground)
    expect(answered.viewer).to_have_css("background-color", "rgb(12, 14, 17)")


def test_page_fits_the_window_before_and_with_an_answer(visit: Visit, answered: Visit):
    assert list_widths_cut_off(visit.page) == []
    assert list_widths_cut_off(answered.page) == []


@pytest.mark.parametrize(("width", "columns"), [(1280, 2), (800, 1)])
def test_pictures_stand_side_by_side_where_there_is_room(answered: Visit, width: int, columns: int):
    answered.page.set_viewport_size({"width": width, "height": 800})

    answered.page.wait_for_function(
        """([first, second, same]) => same ==
            (first.getBoundingClientRect().top == second.getBoundingClientRect().top)""",
        arg=[
            answered.original.element_handle(),
            answered.evidence.element_handle(),
            columns == 2,
        ],
    )


def test_downloads_hold_overlay_and_report(answered: Visit, xray_file: Path):
    picture = take_download(answered.page, "Overlay as PNG")
    report = json.loads(take_download(answered.page, "Report as JSON").read_text())

    assert cv2.imread(str(picture)).shape[:2] == cv2.imread(str(xray_file)).shape[:2]
    assert report["file"] == xray_file.name
    assert report["verdict"].upper() in answered.verdict.inner_text()


def test_a_text_file_gets_a_sentence_and_the_next_file_is_read(
    visit: Visit, xray_file: Path, tmp_path: Path
):
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear colleague, thank you for referring this patient.")
    visit.drop(letter)
    expect(visit.page.get_by_role("alert")).to_contain_text(
        "letter.txt", timeout=ANSWER_MILLISECONDS
    )
    expect(visit.verdict).to_be_hidden()

    visit.read(xray_file)
    expect(visit.page.get_by_role("alert")).to_be_hidden()
    assert visit.complaints == []


# What scrolls is an element of the page, not the window.
_SCROLLED = """() => document.querySelector("[data-testid=stMain]").scrollTop"""


def _read_scroll(visit: Visit) -> float:
    return visit.page.evaluate(_SCROLLED)


def _photograph(stage: Locator) -> bytes:
    return stage.screenshot(animations="disabled")


def _read_transforms(visit: Visit) -> list[str]:
    return [
        stage.locator(".sheet").evaluate("sheet => getComputedStyle(sheet).transform")
        for stage in (visit.original, visit.evidence)
    ]
