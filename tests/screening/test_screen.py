import csv
import hashlib
import io
import os
import zipfile
from dataclasses import replace
from itertools import chain
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from tests.diagnosis.drawn_diagnosis import draw_diagnosis
from tests.screening.drawn_files import drawn_files, lock_first, pack, write_files
from xray_core.datasets.synthetic import draw_xray
from xray_core.diagnosis.conformal import DEFAULT_ERROR_RATE
from xray_core.diagnosis.diagnose import load_diagnoser
from xray_core.diagnosis.gate import Concern
from xray_core.errors import DatasetError, UnknownNameError, UnreadableImageError
from xray_core.images.decode import decode_xray
from xray_core.screening import screen
from xray_core.screening.files import (
    XRayFile,
    count_held_bytes,
    list_folder,
    list_given,
    list_upload,
)
from xray_core.screening.records import COLUMNS, to_csv, to_record
from xray_core.screening.results_file import ResultsFile, skip_done
from xray_core.screening.screen import ScreenedFile, screen_files
from xray_core.screening.worklist import make_worklist


def judge(files, **options):
    return {line.name: line for line in chain(*screen_files(files, **options))}


def listed(**verdicts):
    return [
        ScreenedFile(name, "", "m", "", verdict, share)
        for name, (verdict, share) in verdicts.items()
    ]


def test_a_line_says_what_the_full_page_would_say():
    name, data = "a/sick.png", drawn_files()["a/sick.png"]
    line = judge([XRayFile(name, data)])[name]
    diagnosis = load_diagnoser().diagnose(decode_xray(data))
    assert (line.verdict, line.threshold) == (diagnosis.verdict, diagnosis.threshold)
    assert line.probability == pytest.approx(diagnosis.probability, abs=1e-5)
    assert line.zones == pytest.approx(diagnosis.evidence.zones, abs=1e-5)
    assert line.model_hash == diagnosis.model_hash
    assert line.thumbnail.startswith(b"\xff\xd8")


def test_a_bad_file_costs_one_line(tmp_path: Path):
    lines = judge(list_folder(write_files(tmp_path, drawn_files())))
    assert set(lines) == set(drawn_files())
    judged = {name for name, line in lines.items() if line.verdict}
    assert judged == {"a/sick.png", "b/well.png", "series/1.dcm"}
    assert "chest X-ray" in lines["series/grey.png"].error
    assert lines["series/grey.png"].thumbnail
    assert "something that is no picture" in lines["series/letter.dcm"].error


def test_processes_say_the_same_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    files = list_upload("many.zip", pack(drawn_files()))
    alone = judge(files)
    monkeypatch.setattr(screen, "_FEWEST_FOR_PROCESSES", 0)
    monkeypatch.setattr(screen, "_CHUNK", 2)
    shared = judge(files, workers=2)
    assert set(shared) == set(alone)
    for name, line in shared.items():
        assert line.verdict == alone[name].verdict
        assert line.error == alone[name].error
        assert line.probability == pytest.approx(alone[name].probability, abs=1e-5)


def test_a_zip_gives_what_its_folder_gives(tmp_path: Path):
    folder = list_folder(write_files(tmp_path, drawn_files()))
    packed = list_upload("many.zip", pack(drawn_files()))
    assert sorted(file.name for file in packed) == [file.name for file in folder]
    assert {file.name: file.read() for file in packed} == drawn_files()


def test_a_damaged_member_of_a_zip_costs_one_line():
    files = dict(drawn_files())
    data = pack(files).replace(files["b/well.png"][-200:], bytes(200), 1)
    lines = judge(list_upload("many.zip", data))
    assert "damaged inside the zip" in lines["b/well.png"].error
    assert lines["a/sick.png"].verdict


def test_a_zip_without_a_picture_is_refused():
    with pytest.raises(DatasetError, match=r"notes\.txt"):
        list_upload("many.zip", pack({"notes.txt": b"none"}))


def test_what_a_zip_holds_and_cannot_give_costs_one_line_unless_it_is_no_picture():
    packed = io.BytesIO(
        pack({"a.png": drawn_files()["a/sick.png"], "c.jfif": b"c", "IM.ima": b"d"})
    )
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("x/b.png", b"b", zipfile.ZIP_LZMA)
        for name in ("e.heic", "f.zip"):
            archive.writestr(name, b"none")
        for junk in ("README", "x/Notes.TXT", "labels.csv", "DICOMDIR", "__MACOSX/._a.png"):
            archive.writestr(junk, b"none")

    files = {file.name: file for file in list_upload("many.zip", packed.getvalue())}
    assert list(files) == ["a.png", "c.jfif", "IM.ima", "x/b.png", "e.heic", "f.zip"]
    assert files["c.jfif"].read() == b"c"
    for name, reason in (("x/b.png", "compressed"), ("e.heic", "name"), ("f.zip", "archive")):
        with pytest.raises(UnreadableImageError, match=reason):
            files[name].read()


def test_a_bad_zip_among_other_files_costs_one_line(tmp_path: Path):
    bad, good = ("bad.zip", b"PK\3\4 and nothing more"), ("a.png", drawn_files()["a/sick.png"])
    for files in (
        list_given([bad, good]),
        list_given([bad], write_files(tmp_path, {"a.png": good[1]})),
    ):
        assert [file.name for file in files] == ["bad.zip", "a.png"]
        lines = judge(files)
        assert "whole zip" in lines["bad.zip"].error
        assert lines["a.png"].verdict


def test_a_zip_with_a_password_among_other_files_costs_one_line():
    locked = lock_first(pack({"secret.png": b"x"}))
    lines = judge(list_given([("locked.zip", locked), ("text.png", b"none")]))
    assert set(lines) == {"locked.zip", "text.png"}
    assert "password" in lines["locked.zip"].error


def test_a_locked_member_of_a_zip_costs_one_line():
    data = pack({"secret.png": b"x", "open.png": drawn_files()["a/sick.png"]})
    lines = judge(list_upload("many.zip", lock_first(data)))
    assert set(lines) == {"secret.png", "open.png"}
    assert "protected by a password" in lines["secret.png"].error
    assert lines["open.png"].verdict


def test_a_folder_gives_dicom_files_by_any_suffix_of_theirs(tmp_path: Path):
    dicom = bytes(128) + b"DICM"
    named = {"1.dicom": dicom, "2.IMA": dicom, "3.dic": dicom, "4.jfif": b"", "5.JPE": b""}
    others = {"DICOMDIR": dicom, "British.dic": b"colour", "README": b"", "setup.ima": b""}
    files = list_folder(write_files(tmp_path, named | others))
    assert [file.name for file in files] == list(named)


def test_a_file_that_goes_missing_costs_one_line(tmp_path: Path):
    files = list_folder(write_files(tmp_path, drawn_files()))
    (tmp_path / "b/well.png").unlink()
    lines = judge(files)
    assert "can be read" in lines["b/well.png"].error
    assert lines["a/sick.png"].verdict


def test_when_stopped_what_is_done_is_kept():
    files = [XRayFile(f"{number}.png", b"none") for number in range(12)]
    asked = iter([False, True])
    assert len(judge(files, should_stop=lambda: next(asked))) == 4


def test_an_unknown_model_is_refused_before_any_file():
    with pytest.raises(UnknownNameError, match="nobody"):
        judge([XRayFile("a.png", b"")], model_id="nobody")


def test_pneumonia_comes_first_then_what_nobody_judged_then_normal():
    lines = listed(
        healthy=("normal", 0.1),
        doubtful=("normal", 0.3),
        broken=("", None),
        unsure=("cannot tell", 0.5),
        likely=("pneumonia", 0.6),
        certain=("pneumonia", 0.9),
    )
    ranked = [line.name for line in sorted(lines, key=lambda line: line.urgency)]
    assert ranked == ["certain", "likely", "unsure", "broken", "doubtful", "healthy"]


def test_a_line_names_what_speaks_against_judging_its_picture():
    concerns = (Concern("adult", "An adult?"), Concern("blurred", "Blurred."))
    drawn = replace(draw_diagnosis(), concerns=concerns)
    model = SimpleNamespace(
        card=SimpleNamespace(id="m"), model_hash="aa", diagnose=lambda xray: drawn
    )
    line = screen.screen_file(XRayFile("sick.png", drawn_files()["a/sick.png"]), model)
    assert line.concerns == ("adult", "blurred")
    assert to_record(line)["concerns"] == "adult, blurred"


def test_a_line_names_what_was_noticed_while_its_picture_was_read():
    pixels = (255 * (1 - draw_xray(seed=1, pneumonia=False, size=300).pixels)).astype(np.uint8)
    data = cv2.imencode(".png", pixels)[1].tobytes()
    line = screen.screen_file(XRayFile("negative.png", data), load_diagnoser())
    assert "inverted" in to_record(line)["notes"]


def test_csv_and_records_have_the_same_names_and_no_formula():
    line = ScreenedFile("=2+2.png", "ff", "m", "aa", error="Two\nlines")
    assert tuple(to_record(line)) == COLUMNS
    (row,) = csv.DictReader(io.StringIO(to_csv([line])))
    assert row["file"] == "'=2+2.png"
    assert row["error"] == "Two lines"
    assert row["probability"] == ""


def test_a_name_that_is_no_text_is_written_and_found_again(tmp_path: Path):
    name = os.fsdecode(b"M\xfcller.png")
    results = ResultsFile(tmp_path / "results.csv")
    results.add([ScreenedFile(name, hashlib.sha256(b"x").hexdigest(), "m", "aa")])

    assert skip_done([XRayFile(name, b"x")], results.find_done("aa")) == []


def test_members_of_deep_folders_keep_their_whole_names():
    names = [f"export/{'1.2.826.0.1.' * 8}{number}/PATIENT.png" for number in (1, 2)]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for name in names:
            file.writestr(name, drawn_files()["a/sick.png"])

    assert [file.name for file in list_upload("export.zip", archive.getvalue())] == names


def test_a_line_tells_the_limits_that_decided():
    model = load_diagnoser()
    line = screen.screen_file(XRayFile("sick.png", drawn_files()["a/sick.png"]), model)
    cutoffs = model.scores.choose_cutoffs(DEFAULT_ERROR_RATE)
    assert (line.normal_below, line.pneumonia_from) == (cutoffs.low, cutoffs.high)
    assert to_record(line)["pneumonia_from"] == round(cutoffs.high, 6)


def test_a_worklist_decides_anew_at_another_error_rate():
    names = ("b/well.png", "series/letter.dcm")
    worklist = make_worklist([XRayFile(name, drawn_files()[name]) for name in names])
    worklist.screen(lambda done, total: None, lambda: False)

    usual = {line.name: line for line in worklist.decide_lines(DEFAULT_ERROR_RATE)}
    assert usual == {line.name: line for line in worklist.lines}
    assert usual["b/well.png"].verdict == "normal"
    first, second = worklist.decide_lines(0.2)
    assert (first.name, first.verdict) == ("b/well.png", "cannot tell")
    assert first.pneumonia_from == worklist.scores.choose_cutoffs(0.2).high
    assert second == usual["series/letter.dcm"]


def test_a_name_in_the_worklist_opens_its_own_picture():
    names = ["IM", "IM", "IM (2)", "IM"]
    files = [XRayFile(name, bytes([place])) for place, name in enumerate(names)]
    worklist = make_worklist(files)
    assert len({file.name for file in worklist.files}) == 4
    for place, file in enumerate(worklist.files):
        assert worklist.find(file.name).read() == bytes([place])


def test_a_zip_counts_once_among_what_is_held_in_memory():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(3):
            archive.writestr(f"{number}.png", b"x" * 1000)
    data = packed.getvalue()
    files = [*list_upload("a.zip", data), XRayFile("b.png", b"12345")]
    assert count_held_bytes(files) == len(data) + 5
