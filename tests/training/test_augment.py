"""Each random change does what its setting says, as far as it says, and nothing where it is off."""

import numpy as np
import pytest

from xray_core.images.prepare import warp
from xray_core.training.augment import (
    Augmentation,
    random_exposure,
    random_geometry,
    random_level,
    random_mask_border,
)

SIZE = 65
CENTRE = np.array([32.0, 32.0, 1.0])
OFF = Augmentation()


def draw_matrices(setting, count=300):
    rng = np.random.default_rng(0)
    return np.array([random_geometry(SIZE, setting, rng) for _ in range(count)])


def measure(matrices):
    """Return (degrees turned, change of area, change of proportion, slant in degrees) of each."""
    across, down = matrices[:, :, 0], matrices[:, :, 1]
    turned = np.rad2deg(np.arctan2(across[:, 1], across[:, 0]))
    area = across[:, 0] * down[:, 1] - across[:, 1] * down[:, 0]
    width = np.linalg.norm(across, axis=1)
    slant = np.rad2deg(np.arctan((across * down).sum(axis=1) / area))
    return turned, area, width**2 / np.abs(area), slant


def test_a_picture_is_left_as_it_is_where_everything_is_off():
    rng = np.random.default_rng(0)
    picture = rng.random((SIZE, SIZE), np.float32)
    matrix = random_geometry(SIZE, OFF, rng)
    np.testing.assert_array_equal(warp(picture, matrix, SIZE), picture)
    np.testing.assert_array_equal(random_exposure(picture, OFF, rng), picture)
    edge = rng.random((SIZE, SIZE), np.float32)  # of the lungs, between in and out
    for prepared in (picture[..., np.newaxis], np.stack([picture * edge, edge], axis=-1)):
        np.testing.assert_array_equal(random_level(prepared, OFF, rng), prepared)


@pytest.mark.parametrize(
    ("changes", "place", "most"),
    [
        ({"rotation_degrees": 20}, 0, (-20, 20)),
        ({"zoom": 0.2}, 1, (1 / 1.44, 1.44)),
        ({"stretch": 0.1}, 2, (1 / 1.1, 1.1)),
        ({"shear_degrees": 15}, 3, (-15, 15)),
    ],
    ids=["turn", "zoom", "stretch", "shear"],
)
def test_the_geometry_changes_alone_and_as_far_as_it_may(changes, place, most):
    matrices = draw_matrices(Augmentation(**changes))
    measured = measure(matrices)
    low, high = most
    assert low - 1e-3 <= measured[place].min() < low + 0.05 * (high - low)
    assert high - 0.05 * (high - low) < measured[place].max() <= high + 1e-3
    for other, still in enumerate((0, 1, 1, 0)):
        if other != place:
            np.testing.assert_allclose(measured[other], still, atol=1e-3)
    np.testing.assert_allclose(matrices @ CENTRE, np.tile(CENTRE[:2], (300, 1)), atol=1e-3)


def test_a_shift_moves_and_does_nothing_else():
    matrices = draw_matrices(Augmentation(shift=0.1))
    np.testing.assert_allclose(matrices[:, :, :2], np.tile(np.eye(2), (300, 1, 1)), atol=1e-6)
    moved = np.abs(matrices[:, :, 2])
    assert 0.09 * SIZE < moved.max() <= 0.1 * SIZE


def test_as_many_are_mirrored_as_the_share_says():
    assert (draw_matrices(Augmentation(flip=1))[:, 0, 0] == -1).all()
    assert 0.4 < (draw_matrices(Augmentation(flip=0.5))[:, 0, 0] == -1).mean() < 0.6
    picture = np.arange(SIZE * SIZE, dtype=np.float32).reshape(SIZE, SIZE)
    mirrored = warp(picture, draw_matrices(Augmentation(flip=1), 1)[0], SIZE)
    np.testing.assert_allclose(mirrored, picture[:, ::-1], atol=1e-2)


def expose(picture, setting, count=200):
    rng = np.random.default_rng(0)
    return np.array([random_exposure(picture, setting, rng) for _ in range(count)])


def test_gamma_keeps_black_and_white_and_moves_what_lies_between():
    picture = np.array([[0.0, 0.25, 1.0]], np.float32)
    changed = expose(picture, Augmentation(gamma=2))
    assert (changed[..., 0] == 0).all()
    assert (changed[..., 2] == 1).all()
    assert 0.25**2 <= changed[..., 1].min() < 0.08
    assert 0.45 < changed[..., 1].max() <= 0.25**0.5


def test_noise_is_as_strong_as_it_may_be_and_stays_in_range():
    grey = np.full((40, 40), 0.5, np.float32)
    spread = expose(grey, Augmentation(noise=0.1), 60).std(axis=(1, 2))
    assert 0.08 < spread.max() < 0.105
    assert spread.min() < 0.02
    white = expose(np.ones((40, 40), np.float32), Augmentation(noise=0.1), 5)
    assert white.max() <= 1


def test_as_many_are_softened_or_sharpened_or_compressed_as_the_share_says():
    picture = np.random.default_rng(1).random((40, 40), np.float32)
    roughness = np.abs(np.diff(picture)).mean()
    changed = np.abs(np.diff(expose(picture, Augmentation(blur=1)))).mean(axis=(1, 2))
    assert (changed < roughness).any()
    assert (changed > roughness).any()
    for share in ({"blur": 0.5}, {"jpeg": 0.5}):
        touched = [
            not np.array_equal(one, picture) for one in expose(picture, Augmentation(**share))
        ]
        assert 0.4 < np.mean(touched) < 0.6


def test_contrast_and_brightness_change_the_picture_and_leave_black_what_was_painted_out():
    picture = np.random.default_rng(1).uniform(0.3, 0.7, (8, 8)).astype(np.float32)
    inside = np.zeros((8, 8), np.float32)
    inside[:4] = 1
    prepared = np.stack([picture * inside, inside], axis=-1)
    rng = np.random.default_rng(0)
    setting = Augmentation(contrast=0.5, brightness=0.2)
    changed = np.array([random_level(prepared, setting, rng) for _ in range(200)])
    assert (changed[..., 4:, :, 0] == 0).all()
    np.testing.assert_array_equal(changed[..., 1], np.tile(inside, (200, 1, 1)))
    level = changed[:, :4, :, 0].mean(axis=(1, 2)) - picture[:4].mean()
    assert -0.21 < level.min() < -0.15
    assert 0.15 < level.max() < 0.21
    spread = changed[:, :4, :, 0].std(axis=(1, 2)) / picture[:4].std()
    assert 0.5 - 1e-3 <= spread.min() < 0.55
    assert 1.45 < spread.max() <= 1.5 + 1e-3


def test_the_lungs_outline_grows_and_shrinks_by_so_many_pixels():
    mask = np.zeros((41, 41), bool)
    mask[10:31, 10:31] = True
    rng = np.random.default_rng(0)
    heights = {int(random_mask_border(mask, 3, rng)[:, 20].sum()) for _ in range(100)}
    assert heights == {21 + 2 * pixels for pixels in range(-3, 4)}
    assert random_mask_border(mask, 0, rng) is mask
