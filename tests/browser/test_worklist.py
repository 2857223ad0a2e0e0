"""Many X-rays in a real browser: dropped, listed, opened, and back."""

import csv
import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.visit import ANSWER_MILLISECONDS, Visit, take_download
from tests.screening.drawn_files import drawn_files, pack, write_files

_HEADER_PIXELS, _LINE_PIXELS = 36, 64


def test_a_worklist_of_files_and_a_zip_is_made_and_a_line_opened(visit: Visit, tmp_path: Path):
    packed = {name: data for name, data in drawn_files().items() if name.startswith("series")}
    loose = {name: data for name, data in drawn_files().items() if name not in packed}
    folder, page = write_files(tmp_path, loose | {"series.zip": pack(packed)}), visit.page
    page.get_by_text("Worklist", exact=True).click()
    expect(page.get_by_text("Or a folder")).to_be_visible()
    page.locator("input[type=file]").set_input_files(
        [folder / name for name in (*loose, "series.zip")]
    )
    page.get_by_role("button", name="Screen them").click(timeout=ANSWER_MILLISECONDS)
    expect(page.get_by_role("button", name="Clear the list")).to_be_visible(
        timeout=2 * ANSWER_MILLISECONDS
    )

    with take_download(page, "Worklist as CSV").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert {line["file"] for line in lines} == {"sick.png", "well.png", *packed}

    visit.settle()
    table = page.get_by_test_id("stDataFrame")
    box = table.bounding_box()
    page.mouse.click(box["x"] + 15, box["y"] + _HEADER_PIXELS + _LINE_PIXELS / 2)
    expect(visit.verdict).to_contain_text(lines[0]["file"], timeout=ANSWER_MILLISECONDS)
    expect(visit.verdict).to_contain_text(re.compile(lines[0]["verdict"], re.IGNORECASE))
    page.get_by_role("button", name="Back to the worklist").click()
    expect(table).to_have_count(1)  # the one of before is taken away a moment later
    assert visit.complaints == []
    assert visit.hosts == {"localhost"}
