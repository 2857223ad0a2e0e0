"""The small charts of a run."""

import pandas as pd
import pytest

from xray_core.run_charts import draw_curves


def read_range(figure, title):
    """Return the ends of the vertical axis of the chart with this title; None if Plotly chooses."""
    titles = [note.text for note in figure.layout.annotations]
    place = titles.index(title) + 1
    return figure.layout[f"yaxis{place if place > 1 else ''}"].range


def test_a_rate_that_stays_as_it_is_does_not_look_like_nought():
    history = pd.DataFrame({"loss": [0.5, 0.4], "learning_rate": [0.001, 0.001]})
    figure = draw_curves(history, 2)
    assert read_range(figure, "Learning rate") == pytest.approx((0, 0.0011))
    assert read_range(figure, "Loss") is None


def test_a_run_without_an_epoch_has_empty_charts():
    figure = draw_curves(pd.DataFrame(), 5)
    assert list(figure.data) == []
