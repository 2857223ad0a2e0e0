"""Data sets found by looking: with and without splits, wrapped, nested, with junk around."""

import pytest

from xray_core.datasets import walk_pictures
from xray_core.datasets.layout import UNLABELLED, find_layout
from xray_core.errors import DatasetError

DICOM = bytes(128) + b"DICM" + bytes(64)


def fill(folder, *paths, data=b"x"):
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


def told(folder):
    files = find_layout(folder).files
    return list(files[["path", "split", "label"]].itertuples(index=False, name=None))


def test_splits_around_classes(tmp_path):
    fill(tmp_path, "train/A/1.png", "train/B/2.png", "valid/A/3.png", "TEST/B/4.png")
    assert told(tmp_path) == [
        ("TEST/B/4.png", "test", "B"),
        ("train/A/1.png", "train", "A"),
        ("train/B/2.png", "train", "B"),
        ("valid/A/3.png", "val", "A"),
    ]


def test_classes_alone(tmp_path):
    fill(tmp_path, "NORMAL/1.png", "COVID/2.jpeg", "PNEUMONIA/3.tif")
    assert {(split, label) for _, split, label in told(tmp_path)} == {
        ("", "NORMAL"),
        ("", "COVID"),
        ("", "PNEUMONIA"),
    }


@pytest.mark.parametrize("wrappers", ["chest", "a/b/c", "versions/2/chest_xray"])
def test_folders_around_the_data_do_not_matter(tmp_path, wrappers):
    fill(tmp_path / wrappers, "train/A/1.png", "test/A/2.png")
    assert find_layout(tmp_path).root == tmp_path / wrappers
    fill(tmp_path / "other" / wrappers, "A/1.png", "B/2.png")
    assert find_layout(tmp_path / "other").root == tmp_path / "other" / wrappers


def test_one_class_alone_is_a_class_and_no_wrapper(tmp_path):
    fill(tmp_path, "NORMAL/1.png")
    assert told(tmp_path) == [("NORMAL/1.png", "", "NORMAL")]


def test_the_nearest_splits_win_over_a_copy_further_in(tmp_path):
    fill(tmp_path, "train/A/1.png", "chest_xray/train/A/1.png", "__MACOSX/train/A/._1.png")
    assert told(tmp_path) == [("train/A/1.png", "train", "A")]


def test_pictures_in_a_folder_for_each_study_belong_to_the_class_above(tmp_path):
    fill(tmp_path, "A/patient1/study1/1.dcm", "A/patient2/2.png", "B/3.png")
    assert [label for _, _, label in told(tmp_path)] == ["A", "A", "B"]


def test_pictures_without_a_class_are_unlabelled(tmp_path):
    fill(tmp_path, "1.png", "2.png")
    assert {label for _, _, label in told(tmp_path)} == {UNLABELLED}


def test_dicom_files_are_known_without_a_suffix(tmp_path):
    fill(tmp_path, "A/IM0001", "A/1.2.840.113", data=DICOM)
    fill(tmp_path, "A/README", "A/notes.txt", "A/.DS_Store", "A/._1.png")
    assert [path for path, _, _ in told(tmp_path)] == ["A/1.2.840.113", "A/IM0001"]


def test_masks_beside_the_splits_are_not_the_data(tmp_path):
    fill(tmp_path, "train/A/1.png", "lung_masks/train/A/1.png")
    assert [path for path, _, _ in told(tmp_path)] == ["train/A/1.png"]


def test_links_are_not_followed(tmp_path):
    fill(tmp_path / "elsewhere", "secret.png")
    fill(tmp_path / "data", "A/1.png", "B/2.png")
    (tmp_path / "data" / "A" / "link.png").symlink_to(tmp_path / "elsewhere" / "secret.png")
    (tmp_path / "data" / "C").symlink_to(tmp_path / "elsewhere")
    assert [path for path, _, _ in told(tmp_path / "data")] == ["A/1.png", "B/2.png"]


@pytest.mark.parametrize(
    ("path", "patient"),
    [
        ("train/A/kim/study1/IM-0001-0001.dcm", "kim"),
        ("train/A/kim/study2/1.2.840.77.1", "kim"),
        ("test/A/lee/IM-0001-0001.dcm", "lee"),
        ("train/A/IM-0001-0001.dcm", "train/A/IM-0001-0001.dcm"),
        ("train/A/IM0001", "train/A/IM0001"),
        ("train/A/1.2.840.77.2", "train/A/1.2.840.77.2"),
        ("train/A/images/1.png", "train/A/images/1.png"),
        ("test/A/images/1.png", "test/A/images/1.png"),
        ("train/A/batch/person7_virus_1.jpeg", "virus-7"),
    ],
)
def test_names_that_scanners_give_do_not_join_patients(tmp_path, path, patient):
    fill(tmp_path, path, "train/B/1.png", data=DICOM)
    files = find_layout(tmp_path).files.set_index("path")
    assert files["patient"][path] == patient


def test_patient_and_subtype_come_from_the_name(tmp_path):
    fill(tmp_path, "P/person12_virus_33.jpeg", "N/00000013_005.png")
    normal, sick = find_layout(tmp_path).files.itertuples()
    assert (sick.patient, sick.subtype) == ("virus-12", "virus")
    assert (normal.patient, normal.subtype) == ("00000013", "")


@pytest.mark.parametrize("path", [".", "missing", "empty"])
def test_a_folder_without_pictures_is_said_so(tmp_path, path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(DatasetError, match="Expected"):
        find_layout(tmp_path / path)


def test_a_folder_that_cannot_be_read_is_named(tmp_path, monkeypatch):
    fill(tmp_path, "a/1.png", "locked/2.png")
    scan = walk_pictures.os.scandir

    def refuse(folder):
        if str(folder).endswith("locked"):
            raise PermissionError(13, "Permission denied", str(folder))
        return scan(folder)

    monkeypatch.setattr(walk_pictures.os, "scandir", refuse)
    with pytest.raises(DatasetError, match=r"locked: Permission denied"):
        list(walk_pictures.walk_pictures(tmp_path))
