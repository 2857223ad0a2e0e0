"""What is said of a data set as a whole, on pictures whose figures are known in advance."""

import io

import numpy as np
import pandas as pd
import pytest

from tests.datasets.drawn_folders import KNOWN_COUNTS, write_known
from xray_core.datasets import summary
from xray_core.datasets.index import index_layout
from xray_core.datasets.layout import find_layout

# JPEG thumbnails are a shade off at most.
SHADE = 1 / 255


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("known")
    return index_layout(find_layout(write_known(folder / "data")), folder / "kept", workers=1)


def shades(*quarters):
    """A picture of 4 x 4 whose columns have these shades of 255."""
    return np.tile(np.array(quarters) / 255, (4, 1))


def test_pictures_are_counted_by_split_class_and_subtype(index):
    counts = summary.count_pictures(index.readable)
    assert counts.to_numpy().tolist() == KNOWN_COUNTS
    assert list(counts) == ["split", "label", "subtype", "count"]


def test_brightness_is_the_mean_over_the_pictures_of_a_class(index):
    found = summary.average_histograms(index.readable)
    shares = found[found["share"] > 0].groupby("label", observed=True)
    # Of 32 bins, each is eight shades wide: 40 lies in the sixth, whose middle is at 5.5 of 32.
    expected = {
        "COVID": [(5.5, 1 / 2), (25.5, 1 / 2)],
        "NORMAL": [(5.5, 1 / 3), (10.5, 1 / 3), (15.5, 1 / 3)],
        "PNEUMONIA": [(25.5, 1 / 2), (30.5, 1 / 2)],
    }
    assert set(shares.groups) == set(expected)
    for label, rows in shares:
        bins = list(zip(rows["brightness"] * 32, rows["share"], strict=True))
        assert bins == [pytest.approx(each) for each in expected[label]]
    assert len(found) == 3 * 32


def test_the_mean_picture_is_the_mean_at_every_spot(index):
    means = summary.average_pictures(index, index.readable, side=4)
    assert list(means) == ["COVID", "NORMAL", "PNEUMONIA"]
    assert means["COVID"] == pytest.approx(shades(40, 40, 200, 200), abs=SHADE)
    assert means["NORMAL"] == pytest.approx(shades(80, 80, 80, 80), abs=SHADE)
    assert means["PNEUMONIA"] == pytest.approx(shades(220, 220, 220, 220), abs=SHADE)


def test_a_mean_of_many_is_of_some_that_are_always_the_same(index):
    def of_one():
        return summary.average_pictures(index, index.readable, side=4, most=1)["NORMAL"]

    assert (of_one() == of_one()).all()
    distances = [np.abs(of_one() - shade / 255).max() for shade in (40, 80, 120)]
    assert min(distances) < SHADE


def test_two_classes_have_one_difference_and_one_has_none():
    means = {"NORMAL": shades(10, 20, 30, 40), "PNEUMONIA": shades(40, 30, 20, 10)}
    (title,) = found = summary.compare_pictures(means)
    assert title == "PNEUMONIA minus NORMAL"
    assert found[title] == pytest.approx(shades(30, 10, -10, -30))
    assert summary.compare_pictures({"NORMAL": means["NORMAL"]}) == {}


def test_three_classes_are_each_compared_with_the_mean_of_the_others(index):
    means = summary.average_pictures(index, index.readable, side=4)
    found = summary.compare_pictures(means)
    # Every class counts the same in it, however many pictures it has.
    expected = {
        "COVID minus the others": shades(-110, -110, 50, 50),
        "NORMAL minus the others": shades(-50, -50, -130, -130),
        "PNEUMONIA minus the others": shades(160, 160, 80, 80),
    }
    assert list(found) == list(expected)
    for title, pixels in expected.items():
        assert found[title] == pytest.approx(pixels, abs=2 * SHADE)


def test_the_table_of_mean_pictures_holds_their_differences(index):
    rows = index.readable[index.readable["label"] != "COVID"]
    table = summary.list_brightness(summary.average_pictures(index, rows, side=4))
    read = pd.read_csv(io.StringIO(table.to_csv(index=False)))
    assert read.columns.tolist() == ["picture", "row", "0", "1", "2", "3"]
    assert read["row"].tolist() == [0, 1, 2, 3] * 3
    for title, shade in (
        ("Mean NORMAL", 80),
        ("Mean PNEUMONIA", 220),
        ("PNEUMONIA minus NORMAL", 140),
    ):
        pixels = read.loc[read["picture"] == title, ["0", "1", "2", "3"]].to_numpy()
        assert pixels == pytest.approx(shades(*[shade] * 4), abs=2 * SHADE), title


def test_nothing_has_an_empty_summary(index):
    none = index.readable.iloc[:0]
    assert summary.count_pictures(none).empty
    assert summary.average_histograms(none).columns.tolist() == ["label", "brightness", "share"]
    assert summary.average_pictures(index, none) == {}
