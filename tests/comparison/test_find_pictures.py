"""Pictures that were judged are found in a data set, and never one of the same name instead."""

import hashlib

import numpy as np
import pandas as pd
import pytest

from tests.comparison.made_models import make_drawn_answers
from xray_core.comparison.find_pictures import find_paths
from xray_core.comparison.mistakes import tabulate_answers
from xray_core.comparison.predictions import read_predictions
from xray_core.datasets.index import DatasetIndex


@pytest.fixture
def find(tmp_path):
    """Write files and an index of them, and look for answers there."""

    def find_in(contents, *answers):
        rows = []
        for path, content in contents.items():
            file = tmp_path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content)
            split, label, *folders, name = path.split("/")
            patient = folders[0] if folders else name.split(".")[0]
            rows.append((path, split, label, patient, content, ""))
        columns = ["path", "split", "label", "patient", "content_hash", "error"]
        index = DatasetIndex(tmp_path, tmp_path, pd.DataFrame(rows, columns=columns))
        return list(find_paths(index, pd.DataFrame(answers)).values())

    return find_in


def answer(file="scan.png", label=1, patient="scan", sha256=np.nan):
    return {
        "picture": f"{file} {label} {patient}",
        "file": file,
        "label": label,
        "patient": patient,
        "file_sha256": sha256,
    }


def test_a_file_of_another_class_is_another_picture(find):
    files = {"test/NORMAL/scan.png": "a", "test/PNEUMONIA/scan.png": "b"}
    assert find(files, answer(label=1), answer(label=0)) == [
        ["test/PNEUMONIA/scan.png"],
        ["test/NORMAL/scan.png"],
    ]
    assert find({"test/other/x.png": "a"}, answer()) == [[]]
    del files["test/PNEUMONIA/scan.png"]
    assert find(files, answer(label=1)) == [[]]


def test_a_file_of_another_patient_is_another_picture(find):
    files = {f"test/PNEUMONIA/{patient}/1.dcm": patient for patient in ("ann", "bob")}
    assert find(files, answer("1.dcm", patient="bob")) == [["test/PNEUMONIA/bob/1.dcm"]]


def test_contents_decide_where_they_were_noted(find):
    files = {"train/PNEUMONIA/scan.png": "judged", "test/PNEUMONIA/scan.png": "other"}
    noted = hashlib.sha256(b"judged").hexdigest()
    assert find(files, answer(sha256=noted)) == [["train/PNEUMONIA/scan.png"]]
    assert find(files, answer(sha256="0" * 64)) == [[]]


def test_test_pictures_come_before_others_of_the_same_name(find):
    files = {f"{split}/PNEUMONIA/scan.png": split for split in ("train", "test")}
    assert find(files, answer()) == [["test/PNEUMONIA/scan.png"]]


def test_pictures_that_nothing_tells_apart_are_all_returned_but_copies_once(find):
    files = {f"test/PNEUMONIA/{patient}/1.png": patient for patient in ("ann", "bob")}
    assert find(files, answer("1.png", patient="carl")) == [list(files)]
    copies = dict.fromkeys(files, "alike")
    assert find(copies, answer("1.png", patient="carl")) == [["test/PNEUMONIA/ann/1.png"]]


def test_pictures_of_one_name_have_names_of_their_own_on_screen():
    table = make_drawn_answers(6).assign(
        file=["a.png", "a.png", "b.png", "c.png", "c.png", "c.png"]
    )
    table["patient"] = ["1", "2", "3", "4", "4", "4"]
    tests = {"m": read_predictions(table.to_csv(index=False).encode(), "test")}
    answers = tabulate_answers(tests, {"m": 0.5})
    assert answers["picture"].tolist() == [
        *("normal/1/a.png", "pneumonia/2/a.png", "b.png"),
        *("normal/4/c.png", "pneumonia/4/c.png", "pneumonia/4/c.png 2"),
    ]
