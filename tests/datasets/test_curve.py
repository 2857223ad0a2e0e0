"""The curves of the drawn chest."""

import numpy as np
import pytest
from scipy.interpolate import PchipInterpolator

from xray_core.datasets.drawn_chest.curve import curve_through, interpolate_evenly


@pytest.mark.parametrize("points", [3, 4, 9])
def test_curves_agree_with_scipy(points):
    rng = np.random.default_rng(points)
    for _ in range(50):
        places = np.cumsum(rng.uniform(0.1, 2, points))
        values = rng.integers(-2, 3, (points, 2)) * rng.uniform(0.1, 1, (points, 2))  # some flat
        x = np.linspace(places[0] - 0.1, places[-1] + 0.1, 77)
        expected = PchipInterpolator(places, values)
        np.testing.assert_allclose(interpolate_evenly(places, values)(x), expected(x), atol=1e-12)


def test_a_curve_goes_through_its_points_and_never_beyond():
    path = curve_through([(0, 0), (1, 5), (2, 5), (3, 1)], count=31)
    np.testing.assert_allclose(path[[0, 10, 20, 30]], [(0, 0), (1, 5), (2, 5), (3, 1)], atol=1e-12)
    assert path.min() == 0
    assert path.max() <= 5
