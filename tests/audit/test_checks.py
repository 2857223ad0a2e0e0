"""Planted leaks, imbalance and bad files are found, with the right size."""

import pytest

from tests.audit.small_index import draw_texture, make_table, read_index, write_picture
from xray_core.audit.files import (
    find_negatives,
    find_other_pictures,
    find_small_pictures,
    find_unreadable_files,
)
from xray_core.audit.splits import (
    find_class_imbalance,
    find_patient_leaks,
    find_small_validation,
)


def test_a_patient_in_two_splits_is_found(tmp_path):
    patients = ["virus-1", "virus-2", "virus-1", "virus-3"]
    splits = ["train", "train", "test", "test"]
    index = make_table(["PNEUMONIA"] * 4, tmp_path, patient=patients, split=splits)
    (finding,) = find_patient_leaks(index)
    assert (finding.severity, finding.count) == ("problem", 1)
    assert finding.sentence.startswith("1 patient of 3, with 2 pictures,")
    assert set(finding.evidence["patient"]) == {"virus-1"}


def test_files_of_the_same_name_are_no_patient(tmp_path):
    names = "train/A/{}.png", "test/A/{}.png"
    paths = [name.format(stem) for stem in ("0001", "images/1") for name in names]
    paths.append("train/A/IM-0001-0001.png")
    for seed, path in enumerate(paths):
        write_picture(tmp_path / "data" / path, draw_texture(seed))
    (finding,) = find_patient_leaks(read_index(tmp_path / "data"))
    assert finding.severity == "fine"
    assert "4 file names told no patient" in finding.sentence


def test_names_without_patients_are_said(tmp_path):
    for seed, path in enumerate(("A/x.png", "A/more/y.png", "B/x.png")):
        write_picture(tmp_path / "data" / path, draw_texture(seed))
    index = read_index(tmp_path / "data")
    (finding,) = find_patient_leaks(index)
    assert (finding.severity, finding.count) == ("warning", 3)
    assert index.table["patient"].nunique() == 3


def test_sixteen_validation_pictures_are_too_few(tmp_path):
    splits = ["train"] * 100 + ["val"] * 16 + ["test"] * 50
    (finding,) = find_small_validation(make_table(["A"] * 166, tmp_path, split=splits))
    assert (finding.severity, finding.count) == ("problem", 16)
    assert "from 67.0 to 97.6 %" in finding.sentence
    assert finding.evidence["pictures"].tolist() == [16, 50]
    assert finding.evidence.iloc[0]["low"] == pytest.approx(0.67, abs=0.005)


def test_a_missing_validation_split_is_said(tmp_path):
    (finding,) = find_small_validation(make_table(["A"] * 5, tmp_path))
    assert finding.severity == "warning"


def test_a_large_validation_split_is_enough(tmp_path):
    (finding,) = find_small_validation(make_table(["A"] * 800, tmp_path, split="val"))
    assert finding.severity == "fine"


def test_imbalance_says_what_the_constant_answer_gets(tmp_path):
    splits = ["train", "train", "train", "test"] * 3 + ["train"] * 4
    index = make_table(["A"] * 12 + ["B"] * 4, tmp_path, split=splits)
    (finding,) = find_class_imbalance(index)
    assert finding.severity == "warning"
    assert "3 to 1. Always answering A is right in 75.0 %." in finding.sentence
    assert "69.2 % of train, 100 % of test" in finding.sentence
    assert finding.evidence["pictures"].sum() == 16


def test_unreadable_files_come_with_their_reason(tmp_path):
    index = make_table(["A"] * 3, tmp_path, error=["", "Larger than 200 MB.", ""])
    (finding,) = find_unreadable_files(index)
    assert finding.count == 1
    assert finding.evidence["reason"].tolist() == ["Larger than 200 MB."]


def test_negatives_are_listed(tmp_path):
    (finding,) = find_negatives(make_table(["A"] * 3, tmp_path, negative=[True, False, True]))
    assert finding.count == 2


def test_other_pictures_are_listed_the_least_likely_first(tmp_path):
    index = make_table(["A"] * 3, tmp_path, chest_score=[0.1, 0.8, -0.3])
    (finding,) = find_other_pictures(index)
    assert finding.evidence["chest_score"].tolist() == [-0.3, 0.1]


def test_small_pictures_are_listed(tmp_path):
    (finding,) = find_small_pictures(make_table(["A"] * 2, tmp_path, width=[223, 224]))
    assert finding.evidence["width"].tolist() == [223]
