import cv2
import numpy as np
import pytest

from tests.images.drawn_files import draw_chest, save_picture
from xray_core.images.decode import decode_xray
from xray_core.images.inversion import judge_chest, score_chest


def _chest() -> np.ndarray:
    return draw_chest().astype(np.float32) / 255


def _looks_inverted(pixels: np.ndarray) -> bool:
    return judge_chest(pixels)[1]


def test_the_score_of_a_negative_is_the_negative_score():
    assert score_chest(_chest()) > 0.3
    assert score_chest(1 - _chest()) == pytest.approx(-score_chest(_chest()), abs=1e-6)


def test_a_negative_is_told_from_a_radiograph():
    assert _looks_inverted(1 - _chest())
    assert not _looks_inverted(_chest())


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_turned_radiograph_is_not_taken_for_a_negative(turns):
    assert not _looks_inverted(np.rot90(_chest(), turns))


@pytest.mark.parametrize("shade", [0.0, 1.0])
def test_a_flat_border_changes_nothing(shade):
    framed = cv2.copyMakeBorder(_chest(), 20, 20, 20, 20, cv2.BORDER_CONSTANT, value=shade)
    assert score_chest(framed) == pytest.approx(score_chest(_chest()), abs=0.1)


@pytest.mark.parametrize("pixels", [np.zeros((64, 64)), np.ones((64, 64)), np.eye(64)])
def test_pictures_of_nothing_are_left_as_they_are(pixels):
    assert not _looks_inverted(pixels.astype(np.float32))


def test_a_negative_picture_file_is_turned_round_and_it_is_said():
    xray = decode_xray(save_picture(255 - draw_chest(), "PNG"))
    assert np.abs(xray.pixels - draw_chest() / 255).max() < 1e-5
    assert "negative" in xray.notes[0]


def test_real_radiographs_stay_and_their_negatives_are_found(real_data):
    folders = {"chest_xray/train": 26, "adult_lung_masks/shenzhen_montgomery/images": 7}
    for folder, step in folders.items():
        paths = sorted((real_data / folder).rglob("*.*g"))[::step]
        assert len(paths) > 90
        pictures = [decode_xray(path.read_bytes()) for path in paths]
        assert not any(xray.notes for xray in pictures)
        found = sum(_looks_inverted(1 - xray.pixels) for xray in pictures)
        assert found >= 0.98 * len(paths)
