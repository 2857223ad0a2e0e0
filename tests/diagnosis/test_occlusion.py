"""Covering a region costs what it was worth, and the cost is shown where the region is."""

import numpy as np
import pytest

from xray_core.diagnosis.classifier import place_heatmap
from xray_core.diagnosis.cover import mean_grey, see_where
from xray_core.diagnosis.occlusion import cover_regions, patch_placement
from xray_core.images.prepare import InputSpec, picture_box, prepare

SIZE = 224


def two_lungs() -> np.ndarray:
    lungs = np.zeros((SIZE, SIZE), bool)
    lungs[40:190, 30:100] = True
    lungs[40:190, 124:194] = True
    return lungs


def bright_at(row: int, column: int) -> np.ndarray:
    square = np.full((SIZE, SIZE), 0.3, np.float32)
    square[row - 8 : row + 8, column - 8 : column + 8] = 0.9
    return square


def specs() -> list[InputSpec]:
    return [
        InputSpec(size=64, outside_lungs="whole", spread_exposure=False),
        InputSpec(size=150, outside_lungs="whole", colour="rgb"),
        InputSpec(size=61, outside_lungs="lung_mask"),
        InputSpec(size=96, outside_lungs="lung_pool"),
    ]


def brightness(batch: np.ndarray) -> np.ndarray:
    """A network that counts bright pixels of the picture, and nothing else."""
    return np.clip(batch[..., 0] - 0.7, 0, None).sum(axis=(1, 2))


@pytest.mark.parametrize("spec", specs(), ids=str)
@pytest.mark.parametrize("place", [(80, 60), (150, 165)])
def test_what_the_answer_rests_on_is_found_where_it_is(spec, place):
    square, lungs = bright_at(*place), two_lungs()
    prepared = prepare(square, lungs, spec)
    heat = cover_regions(brightness, prepared, mean_grey(prepared, see_where(lungs, spec)))
    box = picture_box(spec, lungs)
    shown = place_heatmap(heat, patch_placement(spec.size), box, spec.size)
    rows, columns = np.nonzero(shown > 0.7 * shown.max())
    assert (rows.mean(), columns.mean()) == pytest.approx(place, abs=6)
    assert shown.max() > 0


@pytest.mark.parametrize("spec", specs(), ids=str)
def test_a_network_that_ignores_the_picture_loses_nothing(spec):
    prepared = prepare(bright_at(80, 60), two_lungs(), spec)
    fill = mean_grey(prepared, see_where(two_lungs(), spec))
    heat = cover_regions(lambda x: np.ones(len(x)), prepared, fill)
    assert heat.shape == (14, 14)
    assert not heat.any()


@pytest.mark.parametrize("mode", ["lung_mask", "lung_pool"])
def test_nothing_is_painted_outside_the_lungs(mode):
    spec, lungs = InputSpec(size=64, outside_lungs=mode), two_lungs()
    prepared, visible = prepare(bright_at(80, 60), lungs, spec), see_where(lungs, spec)
    seen = []

    def watch(batch: np.ndarray) -> np.ndarray:
        seen.append(batch)
        return np.zeros(len(batch))

    cover_regions(watch, prepared, mean_grey(prepared, visible))
    covered = np.concatenate(seen)
    assert np.abs(covered[:, visible == 0, 0]).max() == 0
    if mode == "lung_pool":
        np.testing.assert_array_equal(covered[..., 1], np.broadcast_to(visible, covered.shape[:3]))


def test_every_pixel_is_covered_by_some_patch():
    spec = InputSpec(size=61, outside_lungs="whole", spread_exposure=False)
    batches = []

    def keep(batch: np.ndarray) -> np.ndarray:
        batches.append(batch[..., 0])
        return np.zeros(len(batch))

    picture = prepare(np.tile(np.linspace(0, 1, SIZE, dtype=np.float32), (SIZE, 1)), None, spec)
    cover_regions(keep, picture, mean_grey(picture, see_where(None, spec)))
    changed = np.abs(np.concatenate(batches) - picture[..., 0]).max(axis=0)
    grey = picture.mean()
    assert (changed[np.abs(picture[..., 0] - grey) > 0.05] > 0).all()
