"""The real app, with a disk of its own that is searched afterwards."""

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.visit import ANSWER_MILLISECONDS, Visit, take_download
from tests.images.drawn_files import make_dataset, save_dicom
from tests.reports.made_report import STUDY
from tests.screening.drawn_files import pack
from tools.serve_app import serve_app
from xray_core.datasets.samples import SAMPLES
from xray_core.datasets.synthetic import draw_sample

MARKER = "Zyxwvut"


@pytest.fixture
def marked_file(tmp_path: Path) -> tuple[Path, bytes]:
    """A DICOM file of more than 1 MB with a patient in it, and some bytes of its pixels."""
    drawn = draw_sample(SAMPLES[-1], 1024).pixels
    pixels = np.rint(drawn * 60_000).astype(np.uint16)
    dataset = make_dataset(pixels)
    dataset.PatientName, dataset.PatientID = f"{MARKER}^Ann", MARKER
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = STUDY, f"{STUDY}.2"
    path = tmp_path / f"{MARKER}.dcm"
    path.write_bytes(save_dicom(dataset))
    return path, pixels[512, 400:500].tobytes()


@pytest.mark.slow  # what tests/pages has without a browser
def test_after_a_visit_nothing_of_it_is_left(
    browser: Browser,
    marked_file: tuple[Path, bytes],
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
):
    path, pixels = marked_file
    disk = tmp_path_factory.mktemp("disk")
    for variable in ("PNEUMOSCOPE_WORKSPACE", "TMPDIR", "HOME"):
        (disk / variable).mkdir()
        monkeypatch.setenv(variable, str(disk / variable))

    with serve_app(log_file=disk / "app.log") as address, browser.new_context() as context:
        visit = Visit(context.new_page(), address)
        visit.read(path)
        page = visit.page
        page.get_by_text("Report", exact=True).click()
        page.get_by_label("Name (optional)").fill(MARKER)
        page.get_by_role("button", name="Make the PDF").click()
        for label in (f"Save the PDF for {MARKER}", "Overlay as DICOM", "Report as DICOM"):
            taken = take_download(page, label).read_bytes()
            assert (MARKER.encode() in taken) == label.endswith("DICOM")
        page.get_by_text("Compare", exact=True).last.click()
        follow_up = page.get_by_test_id("stFileUploader").filter(has_text="earlier or later")
        follow_up.locator("input[type=file]").set_input_files(path)
        expect(page.get_by_text("Second X-ray: ")).to_be_visible(timeout=ANSWER_MILLISECONDS)
        _screen_zip(page, path)
        with browser.new_context() as beside:
            other = Visit(beside.new_page(), address)
            assert MARKER not in other.page.content()

    searched = [file for file in disk.rglob("*") if file.is_file()]
    assert disk / "app.log" in searched
    for file in searched:
        content = file.read_bytes()
        assert MARKER not in str(file.relative_to(disk))
        assert MARKER.encode() not in content
        assert pixels not in content


def _screen_zip(page: Page, path: Path) -> None:
    """Screen a zip of one file, and take the list away."""
    packed = path.with_suffix(".zip")
    packed.write_bytes(pack({f"{MARKER}/{path.name}": path.read_bytes()}))
    page.get_by_text("Worklist", exact=True).click()
    expect(page.get_by_text("Or a folder")).to_be_visible(timeout=ANSWER_MILLISECONDS)
    page.locator("input[type=file]").set_input_files(packed)
    page.get_by_role("button", name="Screen them").click(timeout=ANSWER_MILLISECONDS)
    expect(page.get_by_role("button", name="Clear the list")).to_be_visible(
        timeout=ANSWER_MILLISECONDS
    )
    assert MARKER in take_download(page, "Worklist as CSV").read_text()
