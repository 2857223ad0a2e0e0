"""Charts of an audit show the figures that they were given, with their intervals."""

import numpy as np
import pandas as pd
import pytest

from xray_core.audit import charts


def test_aucs_have_their_intervals_and_the_first_stands_on_top():
    table = pd.DataFrame(
        {
            "title": ["File size", "Border"],
            "auc": [0.8, 0.55],
            "low": [0.7, 0.5],
            "high": [0.85, 0.6],
        }
    )
    (bar,) = charts.draw_aucs(table).data
    assert list(bar.y) == ["Border", "File size"]  # Plotly counts from below
    assert list(bar.base + np.array(bar.x)) == pytest.approx([0.55, 0.8])
    assert list(bar.error_x.array) == pytest.approx([0.05, 0.05])
    assert list(bar.error_x.arrayminus) == pytest.approx([0.05, 0.1])
    assert len(set(bar.marker.color)) == 2


def test_accuracy_has_its_interval_for_each_split():
    table = pd.DataFrame(
        {"split": ["val"], "pictures": [1600], "accuracy": [0.9], "low": [0.7], "high": [0.97]}
    )
    (points,) = charts.draw_accuracy_intervals(table).data
    assert (list(points.x), list(points.y)) == ([90], ["val (1,600)"])
    assert points.error_x.array[0] == pytest.approx(7)
    assert points.error_x.arrayminus[0] == pytest.approx(20)
