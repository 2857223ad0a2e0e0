"""A proposed split: whole patients, classes in proportion, the test split left alone."""

import pandas as pd
import pytest

from tests.datasets.drawn_folders import write_classes, write_picture
from xray_core.datasets.folder import select_labelled
from xray_core.datasets.index import index_layout
from xray_core.datasets.layout import find_layout
from xray_core.datasets.resplit import join_patients, load_split, propose_split, save_split
from xray_core.errors import DatasetError


@pytest.fixture
def data(tmp_path):
    folder = write_classes(tmp_path / "data", patients=20)
    for label in ("NORMAL", "PNEUMONIA"):  # second pictures of some patients
        for number, path in enumerate(sorted((folder / "train" / label).iterdir())[:8]):
            name = path.name.replace("-0001.", "-0002.").replace("_virus_", "_virus_9")
            write_picture(path.with_name(name), seed=500 + number + 100 * (label == "NORMAL"))
    return folder


def build(data, tmp_path):
    return index_layout(find_layout(data), tmp_path / "kept", workers=1)


def test_no_patient_is_on_both_sides_and_classes_keep_their_shares(data, tmp_path):
    index = build(data, tmp_path)
    rows = index.readable
    split = propose_split(index, 0.25).apply(rows)
    outside = rows[rows["split"] != "test"].assign(new=split)
    assert (outside.groupby("patient")["new"].nunique() == 1).all()
    shares = outside.groupby("label", observed=True)["new"].apply(lambda new: (new == "val").mean())
    assert shares.tolist() == pytest.approx([0.25, 0.25], abs=1 / 28)


def test_a_patient_with_most_of_the_pictures_leaves_room_for_others(tmp_path):
    folder = write_classes(tmp_path / "data", patients=8, splits=("train",))
    for number in range(2, 20):
        write_picture(folder / f"train/NORMAL/IM-0001-{number:04}.png", seed=100 + number)
    index = build(folder, tmp_path)
    for seed in range(8):
        split = propose_split(index, 0.25, seed).apply(index.table)
        assert ((split == "val") & (index.table["label"] == "NORMAL")).any()


def test_the_test_split_is_left_alone(data, tmp_path):
    index = build(data, tmp_path)
    split = propose_split(index, 0.25).apply(index.table)
    assert (split == "test").tolist() == (index.table["split"] == "test").tolist()
    assert set(split) == {"train", "val", "test"}


def test_the_seed_decides(data, tmp_path):
    index = build(data, tmp_path)
    assert propose_split(index, 0.25, seed=1) == propose_split(index, 0.25, seed=1)
    assert propose_split(index, 0.25, seed=1) != propose_split(index, 0.25, seed=2)


def test_patients_with_the_same_file_stay_together(data, tmp_path):
    first, second = sorted((data / "train" / "NORMAL").glob("*-0001.png"))[:2]
    second.write_bytes(first.read_bytes())
    index = build(data, tmp_path)
    for seed in range(8):
        rows = index.table.assign(new=propose_split(index, 0.25, seed).apply(index.table))
        pair = rows[rows["patient"].isin([first.stem[:7], second.stem[:7]])]
        assert pair["new"].nunique() == 1


def test_chains_of_patients_and_files_join():
    assert join_patients(["a", "b", "b", "c"], ["1", "1", "2", "2"]).tolist() == [0] * 4
    assert len(set(join_patients(["a", "b"], ["1", "2"]))) == 2


def test_too_few_patients_are_refused(tmp_path):
    index = build(write_classes(tmp_path / "few", patients=2), tmp_path)
    with pytest.raises(DatasetError, match="patients of each class"):
        propose_split(index, 0.15)


def test_a_kept_split_holds_for_the_same_files_only(data, tmp_path):
    index = build(data, tmp_path)
    assert load_split(index) is None
    proposed = propose_split(index, 0.25)
    save_split(proposed, index.folder)
    assert load_split(index) == proposed
    write_picture(data / "train/NORMAL/IM-9999-0001.png", seed=1)
    assert load_split(build(data, tmp_path)) is None


def test_training_takes_two_classes_from_the_index(data, tmp_path):
    images = select_labelled(build(data, tmp_path), ("train",))
    labels = pd.Series([image.label for image in images])
    assert len(images) == 56
    assert labels.mean() == 0.5
    assert all(image.path.is_file() for image in images)
    (data / "test" / "PNEUMONIA").rename(data / "test" / "COVID")
    with pytest.raises(DatasetError, match="COVID"):
        select_labelled(build(data, tmp_path), ("test",))
