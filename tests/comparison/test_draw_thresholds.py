"""What charts over all thresholds draw, compared with figures of other programs."""

import pandas as pd
import pytest
from scipy.stats import binomtest

from xray_core.comparison.draw_thresholds import draw_reliability
from xray_core.comparison.predictions import Predictions
from xray_core.comparison.style import make_styles


def draw(models):
    """Draw the reliability of models that say 70 % ten times, right in eight."""
    table = pd.DataFrame(
        {
            "file": [f"{number}.png" for number in range(10)],
            "patient": range(10),
            "label": [1] * 8 + [0] * 2,
            "probability": 0.7,
        }
    )
    tests = {f"m{number}": Predictions("drawn", table) for number in range(models)}
    names = {name: name for name in tests}
    return draw_reliability(tests, names, make_styles(dict.fromkeys(tests, 0)))


def test_a_bin_has_the_wilson_interval_of_what_was_seen():
    line = draw(1).data[1]
    low, high = binomtest(8, 10).proportion_ci(method="wilson")
    assert line.y[0] == pytest.approx(0.8)
    assert line.y[0] - line.error_y.arrayminus[0] == pytest.approx(low)
    assert line.y[0] + line.error_y.array[0] == pytest.approx(high)
    assert "95 % interval" in draw(1).layout.yaxis.title.text


def test_whiskers_of_many_models_would_hide_each_other():
    figure = draw(4)
    assert all(trace.error_y.array is None for trace in figure.data)
    assert "interval" not in figure.layout.yaxis.title.text
