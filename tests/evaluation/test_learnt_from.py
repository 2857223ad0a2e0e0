"""Who learnt from a picture is found out, whatever the picture's file is called by then."""

import hashlib

import pandas as pd
import pytest

from xray_core.errors import IncompatibleModelError
from xray_core.evaluation.learnt_from import count_seen, write_learnt_from

OFFICIAL = ("person1_virus_6", "IM-0001-0001", "NORMAL2-IM-0023-0001")


@pytest.fixture
def learnt(tmp_path):
    """The list of a model that learnt from two official pictures, and a scan of somebody's own."""
    paths = [tmp_path / "person1_virus_6.png", tmp_path / "IM-0001-0001.png", tmp_path / "scan.png"]
    for path in paths:
        path.write_bytes(path.name.encode())
    return write_learnt_from(map(str, paths))


def answer(*files, contents=()):
    """Answers on files, with the hash of their contents where they are told."""
    hashes = [hashlib.sha256(each.encode()).hexdigest() for each in contents]
    return pd.DataFrame({"file": files, "file_sha256": hashes or [None] * len(files)})


def test_official_pictures_are_known_by_name_in_any_format_and_folder(learnt):
    files = [f"test/X/{name}.jpeg" for name in OFFICIAL]
    assert count_seen(learnt, answer(*files)) == 2


def test_all_others_are_known_by_their_contents_whatever_they_are_called(learnt):
    told = answer("other.png", "scan.png", contents=("scan.png", "something else"))
    assert count_seen(learnt, told) == 1


def test_names_decide_nothing_among_pictures_of_another_hospital(learnt):
    told = answer("IM-0001-0001.dcm", "scan-7.dcm", contents=("a", "b"))
    assert count_seen(learnt, told) == 0


def test_where_the_list_tells_too_little_nothing_is_promised(tmp_path):
    gone = write_learnt_from([str(tmp_path / "scan.png")])
    assert count_seen(gone, answer("scan.png", contents=("scan.png",))) is None
    assert count_seen(write_learnt_from([]), answer("scan.png", contents=("scan.png",))) == 0


def test_something_else_is_refused():
    with pytest.raises(IncompatibleModelError, match=r"learnt_from\.csv with the columns file, "):
        count_seen(b"a,b\n1,2\n", answer("scan.png"))
