"""What is known of the public folders, seen again in the files."""

import hashlib
from collections import Counter, defaultdict

import pytest

from tools.data_facts import FACTS_FILE, count_classes, word_finding
from xray_core.audit.run_audit import run_audit
from xray_core.datasets.index import index_layout
from xray_core.datasets.layout import find_layout


@pytest.fixture(scope="module")
def layout(real_data):
    return find_layout(real_data / "chest_xray")


def test_no_test_patient_is_in_train(layout):
    patients = defaultdict(set)
    for file in layout.files.itertuples():
        patients[file.split].add(file.patient)
    assert not patients["train"] & patients["test"]


def test_subtypes_add_up(layout):
    counts = layout.files.value_counts(["split", "label", "subtype"]).to_dict()
    assert counts == {
        ("train", "NORMAL", ""): 1341,
        ("train", "PNEUMONIA", "bacteria"): 2530,
        ("train", "PNEUMONIA", "virus"): 1345,
        ("val", "NORMAL", ""): 8,
        ("val", "PNEUMONIA", "bacteria"): 8,
        ("test", "NORMAL", ""): 234,
        ("test", "PNEUMONIA", "bacteria"): 242,
        ("test", "PNEUMONIA", "virus"): 148,
    }


def test_identical_files_stay_inside_one_split(layout):
    splits = defaultdict(list)
    for file in layout.files.itertuples():
        contents = (layout.root / file.path).read_bytes()
        splits[hashlib.blake2b(contents).digest()].append(file.split)
    copies = [where for where in splits.values() if len(where) > 1]
    assert len(copies) == 30
    assert all(len(set(where)) == 1 for where in copies)
    assert Counter(where[0] for where in copies) == {"train": 24, "test": 6}


@pytest.mark.slow  # a pass over 5,856 pictures
def test_the_documents_say_what_is_found(layout, tmp_path):
    index = index_layout(layout, tmp_path)
    told = FACTS_FILE.read_text(encoding="utf-8")
    assert count_classes(index.readable) in told
    for finding in run_audit(index):
        assert word_finding(finding) in told, "run `python -m tools.data_facts FOLDER`"
