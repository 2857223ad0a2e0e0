"""Many X-rays on the page: dropped, listed, filtered, opened, taken away."""

import csv
import io
import json
import threading
import time
from dataclasses import replace

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import APP
from tests.screening.drawn_files import drawn_files, pack, write_files
from ui.diagnoser import get_diagnoser
from ui.jobs import Job
from xray_core.screening.files import XRayFile
from xray_core.screening.screen import ScreenedFile
from xray_core.screening.worklist import MAX_FILES, Worklist


@pytest.fixture
def app() -> AppTest:
    """The app with the shipped model."""
    get_diagnoser.clear()
    return AppTest.from_file(APP, default_timeout=60).switch_page("pages/diagnose.py").run()


def test_files_become_lines_and_the_most_urgent_is_first(app: AppTest):
    _drop(app, drawn_files())

    frame = app.dataframe[0].value
    assert set(frame["file"]) == set(drawn_files())
    order = ["pneumonia", "cannot tell", "no verdict", "normal"]
    ranks = [order.index(verdict) for verdict in frame["verdict"]]
    assert ranks == sorted(ranks)
    letter = frame[frame["file"] == "series/letter.dcm"].iloc[0]
    assert "no picture" in letter["remark"]
    assert frame["picture"].str.startswith("data:image/jpeg").sum() == 4


@pytest.mark.parametrize("way", ["zip", "folder"])
def test_a_zip_or_a_folder_gives_the_same_lines(app: AppTest, way: str, tmp_path):
    if way == "zip":
        _drop(app, {"many.zip": pack(drawn_files())})
    else:
        _open_worklist(app)
        app.text_input(key="diagnose_worklist_folder").input(
            str(write_files(tmp_path, drawn_files()))
        ).run()
        _screen(app)

    assert set(app.dataframe[0].value["file"]) == set(drawn_files())


def test_filters_by_verdict_and_by_name(app: AppTest):
    _drop(app, drawn_files())

    app.pills(key="diagnose_worklist_table_kinds").set_value(["no verdict"]).run()
    assert set(app.dataframe[0].value["file"]) == {"series/grey.png", "series/letter.dcm"}
    app.text_input(key="diagnose_worklist_table_name").input("LETTER").run()
    assert list(app.dataframe[0].value["file"]) == ["series/letter.dcm"]


def test_an_opened_line_is_the_full_page_and_leads_back(app: AppTest):
    _drop(app, drawn_files())
    app.session_state["diagnose_worklist_open"] = "a/sick.png"
    app.run()

    assert "a/sick.png" in app.html[0].value
    assert not app.dataframe
    _press(app, "Back to the worklist")
    assert len(app.dataframe[0].value) == 5


def test_the_list_gives_the_verdicts_of_the_pages_behind_it(app: AppTest):
    _drop(app, {"well.png": drawn_files()["b/well.png"]})
    assert list(app.dataframe[0].value["verdict"]) == ["normal"]
    assert "allow 5 % of wrong answers" in _read_captions(app)

    app.session_state["diagnose_worklist_open"] = "well.png"
    app.run()
    app.slider(key="diagnose_error_percent").set_value(20).run()
    assert "CANNOT TELL" in app.html[0].value
    _press(app, "Back to the worklist")
    assert list(app.dataframe[0].value["verdict"]) == ["cannot tell"]
    assert "allow 20 % of wrong answers" in _read_captions(app)


def test_an_xray_before_the_list_is_gone_with_its_answer(app: AppTest):
    name, data = next(iter(drawn_files().items()))
    app.file_uploader[0].set_value((name, data, "")).run()
    assert "diagnose_reading" in app.session_state
    _open_worklist(app)
    app.segmented_control(key="diagnose_mode").set_value("One X-ray").run()
    assert not app.exception
    assert app.file_uploader[0].value is None
    assert "diagnose_reading" not in app.session_state


def test_a_list_that_is_cancelled_keeps_what_was_judged(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
):
    first, *_ = draw_lines(1)

    def judge_one(worklist: Worklist, on_progress, should_stop) -> None:
        worklist.lines.append(first)
        on_progress(1, 2)
        while not should_stop():
            time.sleep(0.01)

    monkeypatch.setattr(Worklist, "screen", judge_one)
    _open_worklist(app)
    app.file_uploader[0].set_value([("many.zip", pack(drawn_files()), "")]).run()
    _press(app, "Screen them")
    assert list(app.dataframe[0].value["file"]) == [first.name]
    app.button(key="diagnose_worklist_cancel").click().run()
    app.session_state["diagnose_worklist_job"]._thread.join(10)
    app.run()

    assert app.warning[0].value == "Stopped: 1 of 5 files were judged."
    assert list(app.dataframe[0].value["file"]) == [first.name]
    assert not app.exception


def test_a_thousand_lines_are_complete_sorted_and_taken_away(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
):
    taken, button = {}, st.download_button

    def note(label, data, name, *about, **more):
        taken[name] = data
        return button(label, data, name, *about, **more)

    monkeypatch.setattr(st, "download_button", note)
    lines = draw_lines(MAX_FILES)
    show(app, lines)
    names = [line.name for line in sorted(lines, key=lambda line: line.urgency)]
    assert names != [line.name for line in lines]

    assert list(app.dataframe[0].value["file"]) == names
    rows = csv.DictReader(io.StringIO(taken["worklist.csv"]()))
    assert [row["file"] for row in rows] == names
    assert [row["file"] for row in json.loads(taken["worklist.json"]())] == names

    app.text_input(key="diagnose_worklist_table_name").input("99").run()
    assert list(app.dataframe[0].value["file"]) == [name for name in names if "99" in name]


def test_of_a_long_list_that_grows_only_the_most_urgent_lines_are_sent(app: AppTest):
    lines = draw_lines(MAX_FILES)
    names = [line.name for line in sorted(lines, key=lambda line: line.urgency)]
    job = Job("Screening", lambda on_progress, should_stop: ended.wait(60))
    ended = threading.Event()
    job.start()
    try:
        show(app, lines, job)
        shown = app.dataframe[0].value
        assert list(shown["file"]) == names[: len(shown)]
        assert 10 < len(shown) < 100
        assert f"The {len(shown)} most urgent of the 1,000" in _read_captions(app)
        assert len(app.dataframe[0].proto.arrow_data.data) < 1e6
    finally:
        ended.set()


def test_an_answer_that_stood_in_a_list_cannot_be_read_first(app: AppTest):
    well = drawn_files()["b/well.png"]
    _drop(app, {"well.png": well})
    app.segmented_control(key="diagnose_mode").set_value("One X-ray").run()
    app.toggle("diagnose_read_first").set_value(True).run()
    app.file_uploader[0].set_value(("well.png", well, "")).run()
    assert "You have seen the answer" in app.info[0].value


def test_a_line_tells_what_was_noticed_while_its_picture_was_read(app: AppTest):
    first, second = draw_lines(3)[1:]
    show(
        app, [replace(first, notes=("Letters may be burnt into it.", "It was a negative.")), second]
    )
    remarks = app.dataframe[0].value.set_index("file")["remark"]
    assert remarks[first.name] == "Letters may be burnt into it. It was a negative."
    assert remarks[second.name] == ""


def test_evidence_outside_the_lungs_has_a_column_of_its_own(app: AppTest):
    (line,) = draw_lines(2)[1:]
    zones = {"right upper": 0.1, "left lower": 0.3, "left middle": 0.2}
    show(app, [replace(line, zones=zones, outside=0.4)])
    row = app.dataframe[0].value.iloc[0]
    assert row["zones"] == "left lower 30 %, left middle 20 %"
    assert row["outside"] == pytest.approx(40)


def test_a_cleared_list_is_forgotten(app: AppTest):
    _drop(app, drawn_files())
    _press(app, "Clear the list")

    assert not app.dataframe
    assert "diagnose_worklist" not in app.session_state
    assert len(app.file_uploader) == 1


def test_two_visitors_have_lists_of_their_own(app: AppTest):
    other = AppTest.from_file(APP, default_timeout=60).switch_page("pages/diagnose.py").run()
    _drop(app, {"mine.png": drawn_files()["a/sick.png"]})
    _drop(other, {"yours.png": drawn_files()["b/well.png"]})
    app.run()

    assert list(app.dataframe[0].value["file"]) == ["mine.png"]
    assert list(other.dataframe[0].value["file"]) == ["yours.png"]


def test_a_broken_zip_and_a_missing_folder_get_a_sentence(app: AppTest):
    _open_worklist(app)
    app.file_uploader[0].set_value([("many.zip", b"PK\3\4 and nothing more", "")]).run()
    _press(app, "Screen them")
    assert "whole zip" in app.error[0].value

    app.file_uploader[0].set_value([]).run()
    app.text_input(key="diagnose_worklist_folder").input("/nowhere/at/all").run()
    _press(app, "Screen them")
    assert "Check the path" in app.error[0].value


def test_a_broken_zip_does_not_keep_other_files_from_being_screened(app: AppTest):
    _drop(app, {"bad.zip": b"PK\3\4 and nothing more", "a.png": drawn_files()["a/sick.png"]})

    verdicts = app.dataframe[0].value.set_index("file")["verdict"]
    assert verdicts["bad.zip"] == "no verdict"
    assert verdicts["a.png"] != "no verdict"


def draw_lines(count: int) -> list[ScreenedFile]:
    """Stand-ins for lines of a real network: every verdict, and a picture of usual size in each."""
    rng = np.random.default_rng(0)
    thumbnail = b"\xff\xd8" + rng.bytes(4000)
    probabilities = rng.random(count)
    return [
        ScreenedFile(
            f"{place:04d}.png",
            file_hash=f"{place:064d}",
            model_id="drawn",
            model_hash="0" * 64,
            verdict=("normal", "cannot tell", "pneumonia")[int(3 * probability)],
            probability=float(probability),
            thumbnail=thumbnail,
        )
        if place % 100
        else ScreenedFile(f"{place:04d}.png", "", "drawn", "0" * 64, error="no picture")
        for place, probability in enumerate(probabilities)
    ]


def show(app: AppTest, lines: list[ScreenedFile], job: Job | None = None) -> None:
    """Show a worklist whose lines are there; it grows as long as the job runs."""
    files = [XRayFile(line.name, b"") for line in lines]
    app.session_state["diagnose_worklist"] = Worklist(files, lines=lines)
    app.session_state["diagnose_worklist_job"] = job or Job("Screening", lambda *about: None)
    _open_worklist(app)


def _drop(app: AppTest, files: dict[str, bytes]) -> None:
    _open_worklist(app)
    app.file_uploader[0].set_value([(name, data, "") for name, data in files.items()]).run()
    _screen(app)


def _open_worklist(app: AppTest) -> None:
    app.segmented_control(key="diagnose_mode").set_value("Worklist").run()
    assert not app.exception


def _screen(app: AppTest) -> None:
    _press(app, "Screen them")
    end = time.monotonic() + 60
    while app.session_state["diagnose_worklist_job"].running and time.monotonic() < end:
        time.sleep(0.1)
    app.run()
    assert not app.exception
    assert not app.error


def _read_captions(app: AppTest) -> str:
    return " ".join(caption.value for caption in app.caption)


def _press(app: AppTest, label: str) -> None:
    (button,) = [button for button in app.button if button.label == label]
    button.click().run()
    assert not app.exception
