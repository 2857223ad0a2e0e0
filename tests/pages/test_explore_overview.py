"""The charts of the data page and the CSV behind each, on pictures known in advance."""

import io
import json

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.datasets.drawn_folders import KNOWN_COUNTS, KNOWN_SHADES, write_known
from tests.pages.conftest import APP
from xray_core.datasets.catalog import add_dataset, choose_dataset
from xray_core.datasets.index import index_layout
from xray_core.datasets.layout import find_layout

pytestmark = pytest.mark.usefixtures("empty_workspace")

# JPEG thumbnails are a shade off at most; a difference, two.
SHADE = 1 / 255


@pytest.fixture
def files(monkeypatch):
    """What every button for a file would give, by the button's key."""
    offered, offer = {}, st.download_button

    def record(label, data, file_name, *arguments, key, **settings):
        offered[key] = file_name, data
        return offer(label, data, file_name, *arguments, key=key, **settings)

    monkeypatch.setattr(st, "download_button", record)
    return offered


@pytest.fixture
def open_overview(tmp_path, files):
    def open_(*classes):
        dataset = add_dataset(write_known(tmp_path / "data", classes))
        choose_dataset(dataset.id)
        index_layout(find_layout(dataset.root), dataset.folder, workers=1)
        app = AppTest.from_file(APP, default_timeout=60).run()
        app.switch_page("pages/explore_dataset.py").run()
        assert not app.exception, app.exception[0].message
        return app

    return open_


def read_csv(files, key):
    name, data = files[f"{key}_csv"]
    return name, pd.read_csv(io.StringIO(data()), keep_default_na=False)


def count_charts(app):
    return len(app.get("plotly_chart"))


def titles_of(app):
    """The titles in each chart of the page."""
    specs = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
    return [[note["text"] for note in spec["layout"].get("annotations", [])] for spec in specs]


def test_every_chart_has_its_figures_as_csv(open_overview, files):
    app = open_overview("COVID", "NORMAL", "PNEUMONIA")
    assert count_charts(app) == len(files) == 6

    for chart in ("counts", "shares"):
        name, counts = read_csv(files, f"explore_{chart}_chart")
        assert name == "counts.csv"
        assert counts.to_numpy().tolist() == KNOWN_COUNTS

    name, sizes = read_csv(files, "explore_sizes_chart")
    assert name == "sizes.csv"
    assert sorted(sizes["path"]) == sorted(KNOWN_SHADES)
    assert set(zip(sizes["width"], sizes["height"], strict=True)) == {(448, 224)}
    named = sizes["split"] + "/" + sizes["label"] + "/"
    assert all(map(str.startswith, sizes["path"], named))

    name, shares = read_csv(files, "explore_intensities_chart")
    assert name == "intensities.csv"
    lit = shares[shares["share"] > 0]
    # 40, 80, 120, 200 and 240 of 255 lie in bins of eight shades.
    places = [
        (label, int(brightness * 32))
        for label, brightness in zip(lit["label"], lit["brightness"], strict=True)
    ]
    assert dict(zip(places, lit["share"].round(4), strict=True)) == {
        ("COVID", 5): 0.5,
        ("COVID", 25): 0.5,
        ("NORMAL", 5): 0.3333,
        ("NORMAL", 10): 0.3333,
        ("NORMAL", 15): 0.3333,
        ("PNEUMONIA", 25): 0.5,
        ("PNEUMONIA", 30): 0.5,
    }

    name, ratios = read_csv(files, "explore_figure_chart")
    assert name == "aspect_ratio.csv"
    assert ratios["aspect_ratio"].tolist() == [2.0] * 6


def test_another_figure_is_drawn_and_its_csv_holds_every_picture(open_overview, files):
    app = open_overview("COVID", "NORMAL", "PNEUMONIA")
    app.selectbox(key="explore_figure").set_value("mean").run()
    name, table = read_csv(files, "explore_figure_chart")
    assert name == "mean.csv"
    found = dict(zip(table["path"], table["mean"] * 255, strict=True))
    assert found == pytest.approx({path: np.mean(pair) for path, pair in KNOWN_SHADES.items()})


def test_what_is_filtered_out_is_in_no_csv(open_overview, files):
    app = open_overview("COVID", "NORMAL", "PNEUMONIA")
    app.pills(key="explore_filter_label").set_value(["NORMAL"]).run()
    app.pills(key="explore_filter_split").set_value(["train"]).run()
    assert read_csv(files, "explore_counts_chart")[1].to_numpy().tolist() == [
        ["train", "NORMAL", "", 2]
    ]
    assert len(read_csv(files, "explore_sizes_chart")[1]) == 2
    assert set(read_csv(files, "explore_means_chart")[1]["picture"]) == {"Mean NORMAL"}


def read_means(files):
    """The left and the right half of every picture in the CSV, and how many rows each has."""
    name, table = read_csv(files, "explore_means_chart")
    assert name == "mean_pictures.csv"
    assert table.columns.tolist() == ["picture", "row", *map(str, range(96))]
    halves = {}
    for title, rows in table.groupby("picture", sort=False):
        assert rows["row"].tolist() == list(range(96))
        pixels = rows.iloc[:, 2:].to_numpy(float)
        assert np.ptp(pixels[:, :48]) + np.ptp(pixels[:, 48:]) <= 2 * SHADE, title
        halves[title] = pixels[:, 0].mean() * 255, pixels[:, -1].mean() * 255
    return halves


def test_two_mean_pictures_come_with_their_difference(open_overview, files):
    app = open_overview("NORMAL", "PNEUMONIA")
    titles = ["Mean NORMAL", "Mean PNEUMONIA", "PNEUMONIA minus NORMAL"]
    assert titles in titles_of(app)
    found = read_means(files)
    assert list(found) == titles
    assert np.array(list(found.values())) == pytest.approx(
        np.array([(80, 80), (220, 220), (140, 140)]), abs=2
    )


def test_three_mean_pictures_come_with_what_sets_each_apart(open_overview, files):
    app = open_overview("COVID", "NORMAL", "PNEUMONIA")
    expected = {
        "Mean COVID": (40, 200),
        "Mean NORMAL": (80, 80),
        "Mean PNEUMONIA": (220, 220),
        "COVID minus the others": (40 - (80 + 220) / 2, 200 - (80 + 220) / 2),
        "NORMAL minus the others": (80 - (40 + 220) / 2, 80 - (200 + 220) / 2),
        "PNEUMONIA minus the others": (220 - (40 + 80) / 2, 220 - (200 + 80) / 2),
    }
    assert list(expected) in titles_of(app)
    found = read_means(files)
    assert list(found) == list(expected)
    for title, halves in expected.items():
        assert found[title] == pytest.approx(halves, abs=2), title
