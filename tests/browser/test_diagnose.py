import json
import re
from pathlib import Path

import cv2
import pytest
from playwright.sync_api import Locator, expect

from tests.browser.visit import ANSWER_MILLISECONDS, Visit, list_widths_cut_off
from xray_core.datasets.samples import SAMPLES


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


def test_opacity_changes_the_overlay_without_asking_the_server(visit: Visit, xray_file: Path):
    visit.read(xray_file)
    strong = _photograph(visit.evidence)
    original = _photograph(visit.original)
    visit.talk.clear()

    visit.move_slider("Evidence", 0)

    expect(visit.evidence.locator(".heat")).to_have_css("opacity", "0")
    assert _photograph(visit.evidence) != strong
    assert _photograph(visit.original) == original
    assert visit.talk == []


@pytest.mark.parametrize("name", ["Brightness", "Contrast"])
def test_brightness_and_contrast_change_both_pictures_at_once(
    visit: Visit, xray_file: Path, name: str
):
    visit.read(xray_file)
    before = [_photograph(stage) for stage in (visit.original, visit.evidence)]
    visit.talk.clear()

    visit.move_slider(name, 150)

    after = [_photograph(stage) for stage in (visit.original, visit.evidence)]
    assert all(old != new for old, new in zip(before, after, strict=True))
    assert visit.talk == []


def test_outline_and_zones_can_be_switched(visit: Visit, xray_file: Path):
    visit.read(xray_file)
    outline, zones = (visit.evidence.locator(name) for name in (".lungs", ".zones"))
    expect(outline).to_be_visible()
    expect(zones).to_be_hidden()
    visit.talk.clear()

    visit.viewer.get_by_label("Lung outline").uncheck()
    visit.viewer.get_by_label("Zones").check()

    expect(outline).to_be_hidden()
    expect(zones.locator("text")).to_have_count(6)
    expect(zones.locator("text").first).to_be_visible()
    assert visit.talk == []


def test_zoom_and_position_are_shared_by_both_pictures(visit: Visit, xray_file: Path):
    visit.read(xray_file)
    visit.evidence.click()
    visit.page.mouse.wheel(0, -120)
    visit.page.keyboard.press("+")
    visit.page.keyboard.press("ArrowRight")

    moved = _read_transforms(visit)
    assert moved[0] == moved[1] != "matrix(1, 0, 0, 1, 0, 0)"

    visit.viewer.get_by_role("button", name="Reset").click()
    assert _read_transforms(visit) == ["matrix(1, 0, 0, 1, 0, 0)"] * 2


def test_wheel_scrolls_the_page_until_a_picture_is_clicked(visit: Visit, xray_file: Path):
    visit.read(xray_file)
    visit.evidence.hover()
    visit.page.mouse.wheel(0, -120)

    assert _read_transforms(visit) == ["matrix(1, 0, 0, 1, 0, 0)"] * 2


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
def test_pictures_stand_in_the_dark_in_both_themes(visit: Visit, xray_file: Path, theme):
    visit.page.emulate_media(color_scheme=theme)
    visit.read(xray_file)

    expect(visit.viewer).to_have_css("background-color", "rgb(12, 14, 17)")


def test_page_fits_the_window(visit: Visit, xray_file: Path):
    assert list_widths_cut_off(visit.page) == []
    visit.read(xray_file)
    assert list_widths_cut_off(visit.page) == []


@pytest.mark.parametrize(("width", "columns"), [(1280, 2), (800, 1)])
def test_pictures_stand_side_by_side_where_there_is_room(
    visit: Visit, xray_file: Path, width: int, columns: int
):
    visit.page.set_viewport_size({"width": width, "height": 800})
    visit.read(xray_file)

    boxes = [stage.bounding_box() for stage in (visit.original, visit.evidence)]
    side_by_side = boxes[0]["y"] == boxes[1]["y"]
    assert side_by_side == (columns == 2)


def test_downloads_hold_overlay_and_report(visit: Visit, xray_file: Path):
    visit.read(xray_file)
    picture = _download(visit, "Overlay as PNG")
    report = json.loads(_download(visit, "Report as JSON").read_text())

    assert cv2.imread(str(picture)).shape[:2] == cv2.imread(str(xray_file)).shape[:2]
    assert report["file"] == xray_file.name
    assert report["verdict"].upper() in visit.verdict.inner_text()


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


def _photograph(stage: Locator) -> bytes:
    return stage.screenshot(animations="disabled")


def _read_transforms(visit: Visit) -> list[str]:
    return [
        stage.locator(".sheet").evaluate("sheet => getComputedStyle(sheet).transform")
        for stage in (visit.original, visit.evidence)
    ]


def _download(visit: Visit, label: str) -> Path:
    with visit.page.expect_download() as download:
        visit.page.get_by_role("button", name=label).click()
    return download.value.path()
