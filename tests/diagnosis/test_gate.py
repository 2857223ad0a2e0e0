"""The gate lets children's chest X-rays through, and says what is wrong with the rest."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from xray_core.datasets.folder import list_labelled_images
from xray_core.datasets.synthetic import draw_xray
from xray_core.diagnosis.gate import Gate
from xray_core.diagnosis.gate_model import GATE_FILE, read_gate_model
from xray_core.diagnosis.picture_quality import measure_quality
from xray_core.errors import (
    IncompatibleModelError,
    LungsNotFoundError,
    TurnedXRayError,
)
from xray_core.images.decode import decode_xray
from xray_core.images.xray import XRay, to_working_square
from xray_core.lungs.segment import LungSegmenter

MIRROR, HEAD, SIDE = (
    lambda square: square[:, ::-1],
    lambda square: square[::-1, ::-1],
    lambda square: np.rot90(square),
)


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate(LungSegmenter())


@pytest.fixture(scope="module")
def squares(real_data: Path) -> list[np.ndarray]:
    images = list_labelled_images(real_data / "chest_xray" / "test")[::21]
    return [to_working_square(decode_xray(image.path.read_bytes())) for image in images]


def reasons(gate: Gate, square: np.ndarray) -> set[str]:
    """Return what the gate says of a picture, refused or not."""
    try:
        return {concern.reason for concern in gate.admit(np.ascontiguousarray(square)).concerns}
    except TurnedXRayError:
        return {"turned"}
    except LungsNotFoundError:
        return {"refused"}


def share(gate: Gate, squares: list[np.ndarray], reason: str, change: Callable) -> float:
    return float(np.mean([reason in reasons(gate, change(square)) for square in squares]))


def test_childrens_xrays_are_let_through(gate, squares):
    found = [reasons(gate, square) for square in squares]
    assert not any("refused" in one or "turned" in one for one in found)
    assert np.mean([not one for one in found]) >= 0.8


@pytest.mark.parametrize(
    ("change", "reason"), [(MIRROR, "mirrored"), (HEAD, "turned"), (SIDE, "turned")]
)
def test_another_way_to_lie_is_recognised(gate, squares, change, reason):
    assert share(gate, squares, reason, change) >= 0.9


@pytest.mark.parametrize(
    ("columns", "least_warned"),
    [(slice(37, None), 0.5), (slice(0, 187), 0.5), (slice(75, None), 0.25), (slice(0, 149), 0.25)],
)
def test_a_cropped_chest_is_warned_about_and_not_taken_for_something_else(
    gate, squares, columns, least_warned
):
    cut = [np.ascontiguousarray(one[:, columns]) for one in squares]
    found = [reasons(gate, to_working_square(XRay(one, "PNG"))) for one in cut]
    assert np.mean(["cropped" in one for one in found]) >= least_warned
    if columns.stop == 149 or columns.start == 75:  # a third: never taken as it is
        assert np.mean(["cropped" in one or "refused" in one for one in found]) >= 0.95


def test_a_blurred_picture_is_recognised(gate, squares):
    assert share(gate, squares, "blurred", lambda one: cv2.GaussianBlur(one, (0, 0), 2)) >= 0.9


def test_a_dark_picture_is_never_taken_as_it_is(gate, squares):
    found = [reasons(gate, square / 4) for square in squares]
    assert np.mean(["exposure" in one or "refused" in one for one in found]) >= 0.9


def test_other_body_parts_are_refused(gate, real_data):
    files = sorted((real_data / "not_a_chest_xray").rglob("*.jpeg"))[::5]
    pictures = [to_working_square(decode_xray(file.read_bytes())) for file in files]
    assert share(gate, pictures, "refused", lambda one: one) >= 0.95


@pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
def test_an_empty_picture_is_refused(gate, level):
    with pytest.raises(LungsNotFoundError):
        gate.admit(np.full((224, 224), level, np.float32))


def test_noise_is_refused(gate):
    with pytest.raises(LungsNotFoundError):
        gate.admit(np.random.default_rng(0).random((224, 224), np.float32))


def test_every_concern_says_what_to_make_of_it(gate):
    square = to_working_square(XRay(draw_xray(seed=3, pneumonia=False).pixels, "PNG"))
    concerns = gate.admit(np.ascontiguousarray(square[:, ::-1]) / 4).concerns
    assert {"mirrored", "exposure"} <= {concern.reason for concern in concerns}
    assert all(concern.sentence.endswith(".") for concern in concerns)


def test_sharpness_does_not_depend_on_exposure(gate):
    square = to_working_square(XRay(draw_xray(seed=4, pneumonia=False).pixels, "PNG"))
    lungs = gate.admit(square).lungs
    bright, dark = measure_quality(square, lungs), measure_quality(square / 2, lungs)
    assert dark.sharpness == pytest.approx(bright.sharpness, rel=0.05)
    assert dark.brightness == pytest.approx(bright.brightness / 2, rel=0.01)


@pytest.mark.parametrize("data", [b"", b"PK nothing", b"\x93NUMPY"])
def test_a_broken_gate_file_is_refused(data):
    with pytest.raises(IncompatibleModelError, match=GATE_FILE):
        read_gate_model(data)
