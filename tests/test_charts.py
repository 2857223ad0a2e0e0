"""Charts show the figures that they were given, in the order and colour of their classes."""

import numpy as np
import pandas as pd
import pytest

from xray_core import charts
from xray_core.datasets.summary import compare_pictures

COUNTS = pd.DataFrame(
    [
        ("train", "NORMAL", "", 20),
        ("train", "PNEUMONIA", "bacteria", 30),
        ("train", "PNEUMONIA", "virus", 10),
        ("test", "NORMAL", "", 6),
        ("test", "PNEUMONIA", "virus", 4),
    ],
    columns=["split", "label", "subtype", "count"],
)


def traces(figure):
    return {trace.name: trace for trace in figure.data}


def bars(figure):
    return {name: dict(zip(bar.x, bar.y, strict=True)) for name, bar in traces(figure).items()}


def test_counts_are_bars_of_each_class_or_subtype():
    assert bars(charts.draw_counts(COUNTS)) == {
        "NORMAL": {"train": 20, "test": 6},
        "PNEUMONIA": {"train": 40, "test": 4},
    }
    by_subtype = charts.draw_counts(COUNTS, by_subtype=True)
    assert bars(by_subtype) == {
        "NORMAL": {"train": 20, "test": 6},
        "PNEUMONIA, bacteria": {"train": 30},
        "PNEUMONIA, virus": {"train": 10, "test": 4},
    }
    assert by_subtype.layout.barmode == "group"
    patterns = [bar.marker.pattern.shape for bar in by_subtype.data]
    assert len(set(patterns)) == 3


def test_splits_stand_in_their_order_and_none_is_called_all():
    figure = charts.draw_counts(COUNTS.iloc[::-1])
    assert list(figure.layout.xaxis.categoryarray) == ["train", "test"]
    figure = charts.draw_counts(COUNTS.assign(split=""))
    assert bars(figure) == {"NORMAL": {"all": 26}, "PNEUMONIA": {"all": 44}}


def test_the_balance_of_each_split_is_a_pie():
    figure = charts.draw_shares(COUNTS)
    pies = [dict(zip(pie.labels, pie.values, strict=True)) for pie in figure.data]
    assert pies == [{"NORMAL": 20, "PNEUMONIA": 40}, {"NORMAL": 6, "PNEUMONIA": 4}]
    assert [note.text for note in figure.layout.annotations] == ["train", "test"]
    bar = traces(charts.draw_counts(COUNTS))["PNEUMONIA"]
    assert figure.data[0].marker.colors[1] == bar.marker.color


def test_every_picture_is_a_point_that_knows_its_path():
    table = pd.DataFrame(
        {"path": ["a", "b", "c"], "label": ["X", "Y", "X"], "width": [5, 6, 7], "height": [1, 2, 3]}
    )
    found = traces(charts.draw_sizes(table))
    points = {
        name: list(zip(map(int, of.x), map(int, of.y), of.customdata, strict=True))
        for name, of in found.items()
    }
    assert points == {"X": [(5, 1, "a"), (7, 3, "c")], "Y": [(6, 2, "b")]}


def test_of_very_many_pictures_four_thousand_are_points():
    numbers = np.arange(4500)
    table = pd.DataFrame({"path": numbers.astype(str), "label": "X"})
    (points,) = charts.draw_sizes(table.assign(width=numbers, height=numbers)).data
    assert len(set(points.customdata)) == 4000


def test_a_distribution_is_a_share_of_each_class():
    values = [0, 0, 0, 100, 0, 50, np.nan]
    table = pd.DataFrame({"label": ["X"] * 4 + ["Y"] * 3, "mean": values})
    found = traces(charts.draw_distribution(table, "mean", "Mean"))
    assert set(found) == {"X", "Y"}
    # Fifty bins from 0 to 100; 50 opens the bin from 50 to 52.
    shares = {
        name: {float(x): float(y) for x, y in zip(bar.x, bar.y, strict=True) if y}
        for name, bar in found.items()
    }
    assert shares == {"X": {1: 75, 99: 25}, "Y": {1: 50, 51: 50}}


def test_a_line_of_brightness_has_the_shares_of_its_class():
    table = pd.DataFrame(
        {
            "label": ["X", "X", "Y", "Y"],
            "brightness": [0.25, 0.75] * 2,
            "share": [0.9, 0.1, 0.4, 0.6],
        }
    )
    found = traces(charts.draw_intensities(table))
    assert {name: list(line.y) for name, line in found.items()} == {
        "X": [90, 10],
        "Y": [40, 60],
    }
    assert list(found["Y"].x) == [0.25, 0.75]


def draw_means(*shades):
    means = {name: np.full((2, 2), shade) for name, shade in zip("ABCD", shades, strict=False)}
    figure = charts.draw_mean_pictures(means, compare_pictures(means))
    titles = [note.text for note in figure.layout.annotations]
    return figure, {
        title: float(picture.z[0][0]) for title, picture in zip(titles, figure.data, strict=True)
    }


def test_two_mean_pictures_have_their_difference_beside_them():
    figure, shown = draw_means(0.5, 0.75)
    assert shown == {"Mean A": 0.5, "Mean B": 0.75, "B minus A": 0.25}
    assert len({axis.domain for axis in figure.select_yaxes()}) == 1
    assert (figure.data[0].zmin, figure.data[0].zmax) == (0, 1)
    assert (figure.data[2].zmin, figure.data[2].zmax) == (-0.25, 0.25)
    assert figure.data[2].showscale


def test_three_mean_pictures_have_their_differences_below_on_one_scale():
    figure, shown = draw_means(0.5, 0.25, 0.75)
    assert shown == {
        "Mean A": 0.5,
        "Mean B": 0.25,
        "Mean C": 0.75,
        "A minus the others": 0,
        "B minus the others": -0.375,
        "C minus the others": 0.375,
    }
    above, below = [axis.domain for axis in figure.select_yaxes()][::3]
    assert below[1] < above[0]
    assert {(picture.zmin, picture.zmax) for picture in figure.data[3:]} == {(-0.375, 0.375)}
    assert [picture.showscale for picture in figure.data] == [False] * 5 + [True]


@pytest.mark.parametrize("shades", [(0.5,), (0.5, 0.5), (0.5, 0.5, 0.5)])
def test_mean_pictures_that_do_not_differ_are_drawn_all_the_same(shades):
    _, shown = draw_means(*shades)
    assert list(shown.values())[: len(shades)] == list(shades)
    assert not any(list(shown.values())[len(shades) :])
