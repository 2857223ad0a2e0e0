"""DICOM files, negatives and files beyond the limits, from the folder to the findings."""

import struct
import zlib

import cv2
import numpy as np
import pytest

from tests.audit.small_index import read_index
from tests.images.drawn_files import make_dataset, save_dicom
from xray_core.audit.run_audit import run_audit
from xray_core.datasets.synthetic import draw_xray
from xray_core.images.limits import MAX_FILE_BYTES

PNEUMONIA = "train/PNEUMONIA"
TWINS = ["test/NORMAL/scan.dcm", "train/NORMAL/IM-0001-0001.png"]
NEGATIVES = [f"{PNEUMONIA}/negative.dcm", f"{PNEUMONIA}/negative.png"]
REFUSED = {
    f"{PNEUMONIA}/cut.dcm": "the file was cut off",
    f"{PNEUMONIA}/heavy.jpeg": "Larger than 200 MB",
    f"{PNEUMONIA}/wide.dcm": "at most 100 megapixels, got 40000 x 40000",
    f"{PNEUMONIA}/wide.png": "at most 100 megapixels, got 20000 x 6000",
}


def draw_child(seed):
    return np.rint(draw_xray(seed, False, 240).pixels * 255).astype(np.uint8)


def make_dicom(pixels, **tags):
    """A DICOM file of 12 bits, shown from black at 0 to white at 255 * 16."""
    dataset = make_dataset(pixels.astype(np.uint16) * 16)
    dataset.BitsStored, dataset.HighBit = 12, 11
    dataset.WindowCenter, dataset.WindowWidth = 2040.5, 4081
    for name, value in tags.items():
        setattr(dataset, name, value)
    return save_dicom(dataset)


def make_wide_png(width, height):
    """A PNG file of a few bytes whose header promises very many pixels."""

    def chunk(name, data):
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b""))


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """Four children as they should be, two negatives, and four files beyond reading."""
    root = tmp_path_factory.mktemp("odd") / "data"
    for folder in ("test/NORMAL", "train/NORMAL/study7", PNEUMONIA):
        (root / folder).mkdir(parents=True)

    def write(path, data):
        (root / path).write_bytes(data)

    def to_png(pixels):
        return cv2.imencode(".png", pixels)[1].tobytes()

    first, second, third, fourth, fifth = map(draw_child, (25, 27, 1, 2, 3))
    write(TWINS[0], make_dicom(first))
    write(TWINS[1], to_png(first))
    # As detectors export it: stored the other way round, tagged so, and named by a number.
    inverse = make_dicom(255 - second, PhotometricInterpretation="MONOCHROME1")
    write("train/NORMAL/study7/1.2.840.7", inverse)
    write(f"{PNEUMONIA}/person1_bacteria_1.png", to_png(third))
    write(f"{PNEUMONIA}/negative.png", to_png(255 - fourth))
    write(f"{PNEUMONIA}/negative.dcm", make_dicom(255 - fifth))
    write(f"{PNEUMONIA}/wide.png", make_wide_png(20_000, 6_000))
    write(f"{PNEUMONIA}/wide.dcm", make_dicom(third, Rows=40_000, Columns=40_000))
    write(f"{PNEUMONIA}/cut.dcm", make_dicom(third)[:2_000])
    with (root / PNEUMONIA / "heavy.jpeg").open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)  # takes no room on the disk
    return read_index(root)


@pytest.fixture(scope="module")
def found(index):
    return {finding.kind: finding for finding in run_audit(index)}


def test_dicom_files_are_read_as_pictures_are(index):
    rows = index.readable.set_index("path")
    dicom, picture = (rows.loc[path] for path in TWINS)
    assert (dicom["format"], dicom["mode"]) == ("DICOM (uncompressed)", "MONOCHROME2")
    for name in ("width", "height", "mean", "contrast", "sharpness", "border"):
        assert dicom[name] == pytest.approx(picture[name], rel=0.02), name
    detector = rows.loc["train/NORMAL/study7/1.2.840.7"]
    assert (detector["mode"], detector["patient"]) == ("MONOCHROME1", "study7")
    assert detector["mean"] == pytest.approx(draw_child(27).mean() / 255, abs=0.01)


def test_files_that_cannot_be_read_are_named_with_their_reason(index, found):
    finding = found["unreadable_files"]
    told = finding.evidence.set_index("path")["reason"]
    assert set(told.index) == set(index.unreadable["path"]) == set(REFUSED)
    for path, reason in REFUSED.items():
        assert reason in told[path]
    assert finding.count == 4
    assert finding.sentence.startswith("4 files of 10 cannot be read or are too large.")


def test_negatives_are_named_and_what_is_tagged_as_inverse_is_none(found):
    finding = found["negatives"]
    assert sorted(finding.evidence["path"]) == NEGATIVES
    assert finding.count == 2
    assert finding.sentence.startswith("2 pictures of 6 show bones dark")


def test_the_same_picture_as_dicom_is_a_near_duplicate(found):
    finding = found["near_duplicates_across_splits"]
    assert sorted(finding.evidence["path"]) == TWINS
    assert finding.count == 2
    assert "near_duplicates_across_classes" not in found


@pytest.mark.parametrize("kind", ["no_chest_xray", "small_pictures", "exact_duplicates"])
def test_nothing_else_is_said_of_these_files(found, kind):
    assert (found[kind].severity, found[kind].count) == ("fine", 0)
