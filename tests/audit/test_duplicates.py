"""Copies are found whatever was done to them; pictures that are others are not."""

import shutil

import cv2
import numpy as np
import pytest

from tests.audit.small_index import draw_texture, read_index, write_picture
from xray_core.audit.duplicates import find_exact_duplicates, find_near_duplicates
from xray_core.audit.near_pairs import correlate_pairs, pair_hashes
from xray_core.datasets.index import index_layout
from xray_core.datasets.layout import find_layout


def brighten(pixels):
    return np.clip(pixels * 1.15 + 10, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """Twelve pictures, three copied byte for byte and four saved again."""
    root = tmp_path_factory.mktemp("planted") / "data"
    for n in range(12):
        label = "NORMAL" if n % 2 else "PNEUMONIA"
        write_picture(root / "train" / label / f"person{n}_virus_{n}.jpeg", draw_texture(n))
    train, test = root / "train", root / "test"
    (test / "PNEUMONIA").mkdir(parents=True)
    shutil.copy(train / "PNEUMONIA/person0_virus_0.jpeg", train / "NORMAL/IM-0001-0001.jpeg")
    shutil.copy(train / "PNEUMONIA/person2_virus_2.jpeg", test / "PNEUMONIA/person2_virus_9.jpeg")
    shutil.copy(train / "NORMAL/person1_virus_1.jpeg", train / "NORMAL/person1_virus_9.jpeg")
    write_picture(test / "PNEUMONIA/person40_virus_1.jpeg", draw_texture(4), quality=40)
    write_picture(train / "NORMAL/person60_virus_1.jpeg", cv2.resize(draw_texture(6), (500, 400)))
    write_picture(train / "NORMAL/person30_virus_1.jpeg", brighten(draw_texture(3)))
    write_picture(train / "NORMAL/person50_virus_1.jpeg", draw_texture(5)[2:-2, 2:-2])
    return read_index(root)


def files_of(finding):
    return [
        sorted(path.rsplit("/", 1)[1].split("_")[0] for path in rows["path"])
        for _, rows in finding.evidence.groupby("group")
    ]


def test_identical_files_are_told_apart_by_how_far_they_lie(planted):
    found = {finding.kind: finding for finding in find_exact_duplicates(planted)}
    assert [(kind, found[kind].severity, found[kind].count) for kind in sorted(found)] == [
        ("exact_duplicates_across_classes", "problem", 2),
        ("exact_duplicates_across_splits", "problem", 2),
        ("exact_duplicates_within_split", "warning", 2),
    ]
    classes = found["exact_duplicates_across_classes"]
    assert classes.sentence.startswith("2 files in 1 group are byte for byte the same")
    assert "In 1 group they carry different patients' names." in classes.sentence
    assert set(classes.evidence["label"]) == {"NORMAL", "PNEUMONIA"}


def test_pictures_saved_again_are_found_and_no_others(planted):
    found = {finding.kind: finding for finding in find_near_duplicates(planted)}
    assert files_of(found.pop("near_duplicates_across_splits")) == [["person4", "person40"]]
    assert files_of(found.pop("near_duplicates_across_classes")) == [["person6", "person60"]]
    assert sorted(files_of(found.pop("near_duplicates_within_split"))) == [
        ["person3", "person30"],
        ["person5", "person50"],
    ]
    assert not found


def test_hashes_are_paired_as_by_counting_bits():
    rng = np.random.default_rng(0)
    hashes = rng.integers(0, 2**63, 60).astype(np.uint64)
    hashes[30:40] = hashes[:10] ^ np.uint64(0b1011)
    expected = {
        (a, b)
        for a in range(60)
        for b in range(a)
        if (int(hashes[a]) ^ int(hashes[b])).bit_count() < 9
    }
    assert {(b, a) for a, b in pair_hashes(hashes)} == expected
    assert len(expected) >= 10


def test_a_folder_of_blank_pictures_stays_small():
    hashes = np.zeros(500, np.uint64)
    pairs = pair_hashes(hashes)
    assert len(pairs) <= 100 * 500
    assert correlate_pairs(np.zeros((500, 32, 32), np.uint8), pairs).all()


def test_full_size_originals_are_paired_with_their_reduced_copies(real_data, tmp_path):
    originals = sorted((real_data / "full_size").rglob("*.jpeg"))[::5]
    names = {path.name for path in originals}
    reduced = find_layout(real_data / "chest_xray")
    root = tmp_path / "both"
    (root / "full").mkdir(parents=True)
    (root / "reduced").mkdir()
    for path in originals:
        shutil.copy(path, root / "full")
    for place, path in enumerate(reduced.files["path"]):
        if place % 40 == 0 or path.rsplit("/", 1)[1] in names:
            shutil.copy(reduced.root / path, root / "reduced")
    index = index_layout(find_layout(root), tmp_path / "index", workers=1)
    (finding,) = find_near_duplicates(index)
    assert finding.kind == "near_duplicates_across_classes"
    groups = [sorted(rows["path"]) for _, rows in finding.evidence.groupby("group")]
    assert sorted(groups) == [[f"full/{name}", f"reduced/{name}"] for name in sorted(names)]
