"""Where a model looks is counted right, also at the edges."""

import numpy as np
import pytest

from xray_core.evaluation.evidence import (
    boxes_to_mask,
    energy_inside,
    peak_inside,
    random_point_baseline,
)


def left_half(size: int = 8) -> np.ndarray:
    mask = np.zeros((size, size), bool)
    mask[:, : size // 2] = True
    return mask


def test_a_patch_inside_has_all_its_energy_and_its_peak_inside() -> None:
    heatmap = np.zeros((8, 8), np.float32)
    heatmap[2:4, 1:3] = 0.5
    assert energy_inside(heatmap, left_half()) == 1
    assert peak_inside(heatmap, left_half()) is True
    assert energy_inside(heatmap, ~left_half()) == 0
    assert peak_inside(heatmap, ~left_half()) is False


def test_energy_is_shared_by_weight_and_evidence_against_does_not_count() -> None:
    heatmap = np.full((8, 8), -5.0)
    heatmap[0, 0], heatmap[0, 7] = 3, 1
    assert energy_inside(heatmap, left_half()) == 0.75


def test_energy_inside_and_outside_add_up_to_one() -> None:
    rng = np.random.default_rng(0)
    heatmap = rng.normal(size=(30, 20)).astype(np.float32)
    mask = rng.random((30, 20)) < 0.3
    inside, outside = energy_inside(heatmap, mask), energy_inside(heatmap, ~mask)
    assert inside is not None
    assert outside is not None
    assert inside + outside == pytest.approx(1)


@pytest.mark.parametrize("value", [0.0, -2.0])
def test_without_positive_evidence_there_is_no_answer(value: float) -> None:
    heatmap = np.full((8, 8), value)
    assert energy_inside(heatmap, left_half()) is None
    assert peak_inside(heatmap, left_half()) is None


def test_an_empty_mask_holds_nothing() -> None:
    heatmap, empty = np.ones((8, 8)), np.zeros((8, 8), bool)
    assert energy_inside(heatmap, empty) == 0
    assert peak_inside(heatmap, empty) is False


def test_a_flat_top_is_inside_if_half_of_it_is() -> None:
    heatmap = np.zeros((8, 8))
    heatmap[4, 3:5] = 1
    assert peak_inside(heatmap, left_half()) is True
    heatmap[4, 3:6] = 1
    assert peak_inside(heatmap, left_half()) is False


def test_a_tiny_heatmap_is_not_rounded_away() -> None:
    heatmap = np.zeros((8, 8), np.float32)
    heatmap[0, 0] = 1e-30
    assert energy_inside(heatmap, left_half()) == 1
    assert peak_inside(heatmap, left_half()) is True


def test_boxes_are_drawn_where_they_were_on_the_larger_frame() -> None:
    mask = boxes_to_mask([[256, 512, 128, 256], [0, 0, 128, 128]], 1024, (8, 8))
    expected = np.zeros((8, 8), bool)
    expected[4:6, 2] = True
    expected[0, 0] = True
    np.testing.assert_array_equal(mask, expected)


def test_a_box_keeps_its_share_of_the_picture() -> None:
    mask = boxes_to_mask([[611, 395, 87, 90]], 1024, (224, 224))
    rows, columns = np.nonzero(mask)
    assert mask.mean() == pytest.approx(87 * 90 / 1024**2, rel=0.1)
    assert (columns.mean() + 0.5) / 224 * 1024 == pytest.approx(611 + 87 / 2, abs=3)
    assert (rows.mean() + 0.5) / 224 * 1024 == pytest.approx(395 + 90 / 2, abs=3)


def test_overlapping_boxes_count_once() -> None:
    both = boxes_to_mask([[0, 0, 512, 1024], [256, 0, 512, 1024]], 1024, (4, 4))
    assert both.mean() == 0.75


def test_neighbouring_boxes_neither_overlap_nor_leave_a_gap() -> None:
    left = boxes_to_mask([[0, 0, 500.5, 1024]], 1024, (224, 224))
    right = boxes_to_mask([[500.5, 0, 523.5, 1024]], 1024, (224, 224))
    assert (left ^ right).all()


def test_a_box_over_the_edge_is_cut_at_the_edge() -> None:
    mask = boxes_to_mask([[-100, 900, 5000, 5000]], 1000, (10, 10))
    assert mask[9].all()
    assert not mask[:9].any()


@pytest.mark.parametrize("none", [[], np.zeros((0, 4))])
def test_no_boxes_give_an_empty_mask(none: object) -> None:
    mask = boxes_to_mask(none, 1024, (4, 6))
    assert mask.shape == (4, 6)
    assert mask.dtype == bool
    assert not mask.any()


def test_the_baseline_is_the_share_of_the_lungs_that_boxes_cover() -> None:
    box = np.zeros((8, 8), bool)
    box[:2, 2:8] = True
    assert random_point_baseline(left_half(), box) == 4 / 32


def test_random_points_hit_as_often_as_the_baseline_says() -> None:
    rng = np.random.default_rng(1)
    mask, box = rng.random((2, 40, 40)) < np.array([0.5, 0.2])[:, np.newaxis, np.newaxis]
    places = np.argwhere(mask)
    points = places[rng.integers(len(places), size=20_000)]
    hits = box[points[:, 0], points[:, 1]].mean()
    assert random_point_baseline(mask, box) == pytest.approx(hits, abs=0.01)


def test_an_empty_mask_has_no_baseline() -> None:
    assert random_point_baseline(np.zeros((8, 8), bool), left_half()) is None


def test_a_mask_that_is_not_bool_is_refused_by_name() -> None:
    numbers = left_half().astype(np.uint8)
    for refused in (
        lambda: energy_inside(np.ones((8, 8)), numbers),
        lambda: peak_inside(np.ones((8, 8)), numbers),
        lambda: random_point_baseline(numbers, left_half()),
        lambda: random_point_baseline(left_half(), numbers),
    ):
        with pytest.raises(ValueError, match=r"Received uint8 \(8, 8\)"):
            refused()


def test_a_mask_of_another_shape_is_refused_by_name() -> None:
    with pytest.raises(
        ValueError, match=r"shape \(7, 7\), height and width. Received bool \(8, 8\)"
    ):
        energy_inside(np.ones((7, 7)), left_half())


def test_a_heatmap_that_is_not_finite_is_refused() -> None:
    heatmap = np.ones((8, 8))
    heatmap[0, :2] = np.nan, np.inf
    with pytest.raises(ValueError, match="Received 2 values"):
        peak_inside(heatmap, left_half())


@pytest.mark.parametrize(
    ("boxes", "message"),
    [
        ([[1, 2, 3]], r"Received shape \(1, 3\)"),
        ([1, 2, 3, 4], r"Received shape \(4,\)"),
        ([[1, 2, float("nan"), 4]], "nan"),
        ([[1, 2, -3, 4]], "no negative width or height"),
    ],
)
def test_bad_boxes_are_refused_by_name(boxes: list[object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        boxes_to_mask(boxes, 1024, (8, 8))
