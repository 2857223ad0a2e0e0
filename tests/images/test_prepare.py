"""What a network sees: the lungs, at one size, whatever the file was."""

import numpy as np
import pytest
from pydantic import ValidationError

from xray_core.images.prepare import InputSpec, box_to_input, crop_box, prepare
from xray_core.images.xray import XRay, to_working_square

POOL = InputSpec(size=64, outside_lungs="lung_pool", margin=0.1)


@pytest.fixture
def square():
    return np.random.default_rng(0).random((224, 224), dtype=np.float32)


@pytest.fixture
def lungs():
    mask = np.zeros((224, 224), bool)
    mask[40:180, 30:100] = mask[40:180, 124:194] = True
    return mask


def test_pixels_outside_the_lungs_change_nothing(square, lungs):
    other = square.copy()
    other[:20], other[:, :10] = 1.0, 0.0
    np.testing.assert_array_equal(prepare(square, lungs, POOL), prepare(other, lungs, POOL))


def test_pooling_input_carries_the_lungs_as_second_channel(square, lungs):
    prepared = prepare(square, lungs, POOL)
    assert prepared.shape == (64, 64, 2)
    assert prepared.dtype == np.float32
    assert prepared.min() >= 0
    assert prepared.max() <= 1
    assert (prepared[..., 0][prepared[..., 1] == 0] == 0).all()


def test_masked_input_has_one_channel(square, lungs):
    masked = prepare(square, lungs, InputSpec(size=64, outside_lungs="lung_mask", margin=0.1))
    np.testing.assert_array_equal(masked[..., 0], prepare(square, lungs, POOL)[..., 0])


def test_whole_input_needs_no_lungs_and_keeps_the_picture(square):
    whole = prepare(square, None, InputSpec(size=224, outside_lungs="whole"))
    assert whole.shape == (224, 224, 1)
    assert np.corrcoef(whole.ravel(), square.ravel())[0, 1] > 0.99


def test_missing_lungs_are_refused(square):
    with pytest.raises(ValueError, match="expected a lung mask"):
        prepare(square, None, POOL)


def test_exposure_does_not_matter(square, lungs):
    np.testing.assert_allclose(
        prepare(0.3 + 0.4 * square, lungs, POOL), prepare(square, lungs, POOL), atol=1e-4
    )


def test_a_flat_picture_is_prepared_without_dividing_by_zero(lungs):
    assert np.isfinite(prepare(np.full((224, 224), 0.5, np.float32), lungs, POOL)).all()


def test_crop_stays_inside_the_picture():
    lungs = np.ones((224, 224), bool)
    assert crop_box(lungs, margin=0.5) == (0.0, 0.0, 224.0, 224.0)


def test_box_to_input_maps_the_box_edges_to_the_input_edges():
    matrix = box_to_input((30.0, 40.0, 150.0, 160.0), 60)
    for x, y, expected in ((29.5, 39.5, (-0.5, -0.5)), (149.5, 159.5, (59.5, 59.5))):
        np.testing.assert_allclose(matrix @ [x, y, 1], expected, atol=1e-4)


def test_resolution_and_aspect_of_the_file_do_not_matter(lungs):
    smooth = np.add.outer(np.linspace(0, 1, 448), np.linspace(0, 1, 896)).astype(np.float32) / 2
    large = to_working_square(XRay(smooth, "PNG"))
    small = to_working_square(XRay(smooth[::2, ::4], "PNG"))
    np.testing.assert_allclose(prepare(large, lungs, POOL), prepare(small, lungs, POOL), atol=0.02)


@pytest.mark.parametrize(
    "change", [{"size": 0}, {"outside_lungs": "half"}, {"margin": -1}, {"x": 1}]
)
def test_impossible_input_spec_is_refused(change):
    with pytest.raises(ValidationError):
        InputSpec.model_validate({"size": 64, "outside_lungs": "whole"} | change)
