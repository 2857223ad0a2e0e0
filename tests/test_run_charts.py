"""The small charts of a run."""

import pandas as pd
import pytest

from xray_core.run_charts import (
    describe_growing_curve,
    draw_curves,
    tabulate_growing_curves,
)


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


def test_what_grows_is_new_points_in_the_same_chart():
    history = pd.DataFrame(
        {"loss": [0.5, 0.4], "val_loss": [0.6, 0.5], "learning_rate": [1e-3] * 2}
    )
    grown = tabulate_growing_curves(history)
    assert list(grown) == ["loss", "learning_rate"]
    told = grown["loss"].to_dict("list")
    assert told["epoch"] == [1, 2, 1, 2]
    assert told["part"] == ["training", "training", "validation", "validation"]
    assert told["value"] == [0.5, 0.4, 0.6, 0.5]
    assert set(grown["learning_rate"]["part"]) == {"training"}
    chart = describe_growing_curve("loss", 10)
    shown = {part["field"] for part in chart["encoding"]["tooltip"]}
    assert shown == set(grown["loss"].columns)
    assert chart == describe_growing_curve("loss", 10), "else it is drawn from nothing"
    low, high = chart["encoding"]["x"]["scale"]["domain"]
    assert low < 1
    assert high > 10


def test_a_run_without_an_epoch_has_nothing_to_grow():
    assert tabulate_growing_curves(pd.DataFrame()) == {}
