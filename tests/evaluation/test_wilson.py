"""The quick interval of a share."""

import pytest
from scipy.stats import binomtest

from xray_core.evaluation.wilson import wilson_interval


@pytest.mark.parametrize(("share", "pictures"), [(0.9, 10), (0.5, 16), (0.9, 620), (1.0, 7)])
def test_wilson_interval_agrees_with_scipy(share, pictures):
    expected = binomtest(round(share * pictures), pictures).proportion_ci(method="wilson")
    assert wilson_interval(share, pictures) == pytest.approx((expected.low, expected.high))
