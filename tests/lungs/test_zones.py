"""Zones: the patient's right is on the picture's left, each lung is cut into thirds."""

import numpy as np
import pytest

from xray_core.lungs.zones import ZONE_NAMES, Lungs, number_zones, share_evidence


@pytest.fixture
def lungs():
    right, left = np.zeros((224, 224), bool), np.zeros((224, 224), bool)
    right[30:180, 30:90] = True
    left[60:150, 130:190] = True
    return Lungs(right=right, left=left)


def test_patients_right_lung_is_on_the_pictures_left(lungs):
    numbers = number_zones(lungs)
    assert ZONE_NAMES[numbers[31, 40] - 1] == "right upper"
    assert ZONE_NAMES[numbers[149, 180] - 1] == "left lower"


def test_each_lung_is_cut_into_thirds_of_its_own_height(lungs):
    counts = np.bincount(number_zones(lungs).ravel(), minlength=7)
    np.testing.assert_array_equal(counts[1:4], [50 * 60] * 3)
    np.testing.assert_array_equal(counts[4:], [30 * 60] * 3)
    assert counts.sum() == 224 * 224


def test_shares_add_up_to_one_and_count_positive_evidence_only(lungs):
    heat = np.zeros((224, 224), np.float32)
    heat[35:45, 40:50] = 3.0  # right upper
    heat[140:149, 140:150] = 1.0  # left lower
    heat[0:10, 0:10] = 1.0  # outside
    heat[100, 100] = -50.0
    shares = share_evidence(heat, lungs)
    total = 300 + 90 + 100
    assert shares.zones["right upper"] == pytest.approx(300 / total)
    assert shares.zones["left lower"] == pytest.approx(90 / total)
    assert shares.outside == pytest.approx(100 / total)
    assert sum(shares.zones.values()) + shares.outside == pytest.approx(1)
    assert shares.in_lungs == pytest.approx(390 / total)


def test_without_positive_evidence_there_are_no_shares(lungs):
    assert share_evidence(np.full((224, 224), -0.1, np.float32), lungs) is None
