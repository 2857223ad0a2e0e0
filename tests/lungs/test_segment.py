"""Two lungs or a clear word: never a guess."""

import numpy as np
import pytest

from xray_core.datasets.folder import list_labelled_images
from xray_core.datasets.masks import read_mask
from xray_core.datasets.synthetic import draw_xray
from xray_core.errors import LungsNotFoundError
from xray_core.evaluation.lung_overlap import dice, measure_lungs
from xray_core.images.decode import decode_xray
from xray_core.images.xray import XRay, to_working_square
from xray_core.lungs.segment import LungSegmenter, separate_lungs


@pytest.fixture(scope="module")
def segmenter():
    return LungSegmenter()


def boxes(*corners):
    mask = np.zeros((224, 224), bool)
    for top, bottom, left, right in corners:
        mask[top:bottom, left:right] = True
    return mask


def test_two_areas_become_right_and_left():
    lungs = separate_lungs(boxes((30, 180, 30, 90), (40, 170, 130, 190)))
    assert lungs.right[100, 60]
    assert lungs.left[100, 160]
    assert not (lungs.right & lungs.left).any()


def test_holes_are_filled_and_islands_dropped():
    mask = boxes((30, 180, 30, 90), (40, 170, 130, 190), (5, 10, 5, 10))
    mask[100:110, 50:60] = False
    lungs = separate_lungs(mask)
    assert lungs.right[105, 55]
    assert not lungs.both[7, 7]


def test_touching_lungs_are_cut_at_their_bridge():
    lungs = separate_lungs(boxes((30, 180, 30, 100), (40, 170, 120, 190), (100, 110, 100, 120)))
    assert lungs.right[60, 50]
    assert lungs.left[60, 150]
    assert lungs.right.sum() == pytest.approx(lungs.left.sum(), rel=0.25)


@pytest.mark.parametrize(
    ("mask", "found"),
    [
        (boxes(), "no lung"),
        (boxes((30, 180, 30, 60)), "one lung"),
        (boxes((10, 220, 5, 105), (10, 220, 115, 220)), "unlikely size"),
        (boxes((30, 180, 30, 90), (150, 185, 130, 165)), "unlikely size"),
        (boxes((10, 100, 30, 110), (120, 210, 30, 110)), "side by side"),
        (boxes((10, 90, 30, 90), (120, 200, 130, 190)), "different heights"),
    ],
)
def test_implausible_areas_are_refused(mask, found):
    with pytest.raises(LungsNotFoundError, match=found):
        separate_lungs(mask)


@pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
def test_an_empty_picture_has_no_lungs(segmenter, level):
    with pytest.raises(LungsNotFoundError, match="Expected a frontal chest X-ray"):
        segmenter.find(np.full((224, 224), level, np.float32))


@pytest.mark.parametrize("seed", range(4))
def test_lungs_of_a_synthetic_xray_are_found(segmenter, seed):
    drawn = draw_xray(seed=seed, pneumonia=seed % 2 == 1)
    lungs = segmenter.find(to_working_square(XRay(drawn.pixels, "PNG")))
    expected = to_working_square(XRay(drawn.lungs.astype(np.float32), "PNG")) > 0.5
    assert dice(lungs.both, expected) > 0.85
    assert np.nonzero(lungs.right)[1].mean() < np.nonzero(lungs.left)[1].mean()


def test_other_body_parts_are_mostly_refused(segmenter, real_data):
    # A full check of what a picture shows is another step; this one must not call hands lungs.
    pictures = sorted((real_data / "not_a_chest_xray").rglob("*.jpeg"))
    found = 0
    for path in pictures:
        try:
            segmenter.find(to_working_square(decode_xray(path.read_bytes())))
            found += 1
        except LungsNotFoundError:
            pass
    assert found / len(pictures) <= 0.05


def test_lungs_of_real_children_match_the_annotators(segmenter, real_data):
    images = list_labelled_images(real_data / "chest_xray" / "train")[::400]
    overlaps = []
    for image in images:
        square = to_working_square(decode_xray(image.path.read_bytes()))
        mask = real_data / "lung_masks" / "train" / image.path.parent.name
        expected = read_mask(mask / f"{image.path.stem}.png")
        overlaps.append(dice(segmenter.find(square).both, expected))
    assert np.mean(overlaps) > 0.93


@pytest.mark.slow
def test_lungs_of_adults_from_another_hospital_match_the_annotators(segmenter, real_data):
    folder = real_data / "adult_lung_masks" / "jsrt"
    result = measure_lungs(folder / "images", folder / "masks", segmenter, "jsrt")
    assert result.n == 247
    assert result.figures["dice"].value >= 0.92
    assert result.figures["dice_worst_5_percent"].value >= 0.9
    assert result.figures["no_lungs_found"].value <= 0.01


def test_dice_of_masks_that_are_apart_is_zero():
    assert dice(boxes((0, 10, 0, 10)), boxes((20, 30, 20, 30))) == 0
