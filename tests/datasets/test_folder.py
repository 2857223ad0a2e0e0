"""Folders of labelled files, splits that keep patients whole."""

import pytest

from xray_core.datasets.folder import list_labelled_images
from xray_core.datasets.split import split_by_patient
from xray_core.errors import DatasetError


def fill(folder, **files):
    for name, stems in files.items():
        (folder / name).mkdir(parents=True)
        for stem in stems:
            (folder / name / stem).write_bytes(b"")


def test_classes_are_told_by_their_folders(tmp_path):
    fill(tmp_path, NORMAL=["IM-1-1.jpeg", "notes.txt"], PNEUMONIA=["person1_virus_1.PNG"])
    images = list_labelled_images(tmp_path)
    assert [(image.path.name, image.label) for image in images] == [
        ("IM-1-1.jpeg", 0),
        ("person1_virus_1.PNG", 1),
    ]


def test_opacity_counts_as_pneumonia_and_case_does_not_matter(tmp_path):
    fill(tmp_path, normal=["a.png"], Lung_Opacity=["b.png"])
    assert [image.label for image in list_labelled_images(tmp_path)] == [0, 1]


@pytest.mark.parametrize("missing", ["NORMAL", "PNEUMONIA"])
def test_missing_class_is_named(tmp_path, missing):
    present = {"NORMAL": ["a.png"], "PNEUMONIA": ["b.png"]}
    present.pop(missing)
    fill(tmp_path, **present)
    with pytest.raises(DatasetError, match=missing):
        list_labelled_images(tmp_path)


def test_missing_folder_is_named(tmp_path):
    with pytest.raises(DatasetError, match="nowhere"):
        list_labelled_images(tmp_path / "nowhere")


def test_split_keeps_patients_whole_and_near_the_share():
    items = [f"{patient}/{image}" for patient in range(500) for image in range(3)]
    training, validation = split_by_patient(items, lambda item: item.split("/")[0], 0.2, seed=1)
    sides = [{item.split("/")[0] for item in part} for part in (training, validation)]
    assert not sides[0] & sides[1]
    assert 0.15 < len(validation) / len(items) < 0.25


def test_a_patients_side_does_not_depend_on_the_others():
    names = [f"p{number}" for number in range(100)]
    _, all_validation = split_by_patient(names, str, 0.3)
    _, some_validation = split_by_patient(names[::2], str, 0.3)
    assert set(some_validation) == set(all_validation) & set(names[::2])


def test_official_train_and_test_share_no_patient(real_data):
    patients = [
        {image.patient for image in list_labelled_images(real_data / "chest_xray" / split)}
        for split in ("train", "test")
    ]
    assert not patients[0] & patients[1]
