"""A data set's tables as Plotly figures; figures under the pointer have three digits."""

from collections.abc import Mapping, Sequence
from itertools import cycle

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from xray_core.datasets.layout import SPLITS
from xray_core.numbers import word_percent
from xray_core.palette import CLASS_COLOURS, OTHER_COLOURS

_PATTERNS = ("", "/", ".", "x")
_MOST_POINTS = 4000
_NO_SPLIT = "all"


def colour_labels(labels: Sequence[str]) -> dict[str, str]:
    """Return a colour for each label: the classes have theirs, others the same in the same set.

    >>> colour_labels(["PNEUMONIA", "NORMAL"])["NORMAL"]
    '#0072B2'
    """
    others = sorted({label for label in labels if label.lower() not in CLASS_COLOURS})
    colours = dict(zip(others, cycle(OTHER_COLOURS), strict=False))
    return {label: CLASS_COLOURS.get(label.lower()) or colours[label] for label in set(labels)}


def draw_counts(counts: pd.DataFrame, by_subtype: bool = False) -> go.Figure:
    """Return bars of pictures by split, one for each label, or for each label and subtype.

    Args:
        counts: from `count_pictures`.
        by_subtype: tell the subtypes of a label apart by shade.
    """
    colours = colour_labels(counts["label"].tolist())
    shades = dict(zip(counts["subtype"].unique(), cycle(_PATTERNS), strict=False))
    keys = ["label", "subtype"] if by_subtype else ["label"]
    figure = go.Figure()
    for names, rows in counts.groupby(keys):
        label, subtype = (*names, "")[:2]
        by_split = rows.groupby("split", sort=False)["count"].sum()
        figure.add_bar(
            x=[split or _NO_SPLIT for split in by_split.index],
            y=by_split,
            name=f"{label}, {subtype}" if subtype else label,
            marker={"color": colours[label], "pattern": {"shape": shades.get(subtype, "")}},
            texttemplate="%{y:,}",
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{x}: %{y:,} pictures<extra>%{fullData.name}</extra>",
        )
    figure.update_layout(
        barmode="group",
        yaxis={"title": "Pictures", "tickformat": ","},
        xaxis_title="Split",
    )
    present = [split or _NO_SPLIT for split in (*SPLITS, "") if split in set(counts["split"])]
    figure.update_xaxes(categoryorder="array", categoryarray=present)
    return _finish(figure)


def draw_shares(counts: pd.DataFrame) -> go.Figure:
    """Return a pie of the labels for each split."""
    splits = list(dict.fromkeys(counts["split"]))
    colours = colour_labels(counts["label"].tolist())
    figure = make_subplots(
        1,
        max(1, len(splits)),
        specs=[[{"type": "domain"}] * max(1, len(splits))],
        subplot_titles=[split or _NO_SPLIT for split in splits],
    )
    for column, split in enumerate(splits, start=1):
        rows = counts[counts["split"] == split].groupby("label")["count"].sum()
        figure.add_pie(
            labels=rows.index,
            values=rows,
            marker={"colors": [colours[label] for label in rows.index]},
            sort=False,
            text=[f"{word_percent(share)} %" for share in rows / rows.sum()],
            textinfo="text",
            hovertemplate="%{label}: %{value:,} pictures, %{text}<extra></extra>",
            row=1,
            col=column,
        )
    return _finish(figure).update_layout(legend={"y": -0.05, "yanchor": "top"})


def draw_sizes(table: pd.DataFrame) -> go.Figure:
    """Return width against height, one point a picture; at most 4,000 points, drawn by a seed.

    A point's custom data is its path, so that a selection can be looked up.
    """
    drawn = table if len(table) <= _MOST_POINTS else table.sample(_MOST_POINTS, random_state=0)
    colours = colour_labels([str(label) for label in table["label"].unique()])
    figure = go.Figure()
    for label, rows in drawn.groupby("label", observed=True):
        figure.add_scattergl(
            x=rows["width"],
            y=rows["height"],
            mode="markers",
            name=str(label),
            marker={"color": colours[str(label)], "size": 5, "opacity": 0.5},
            customdata=rows["path"],
            hovertemplate="%{x} × %{y}<br>%{customdata}<extra>%{fullData.name}</extra>",
        )
    figure.update_layout(xaxis_title="Width (pixels)", yaxis_title="Height (pixels)")
    return _finish(figure)


def draw_distribution(table: pd.DataFrame, column: str, title: str) -> go.Figure:
    """Return histograms of one figure by label, each as a share of its label."""
    colours = colour_labels([str(label) for label in table["label"].unique()])
    values = table[column].astype(float)
    edges = np.histogram_bin_edges(values.dropna(), bins=50) if len(table) else np.array([0, 1])
    figure = go.Figure()
    for label, rows in table.groupby("label", observed=True):
        counts, _ = np.histogram(rows[column].astype(float).dropna(), edges)
        figure.add_bar(
            x=(edges[:-1] + edges[1:]) / 2,
            y=100 * counts / max(counts.sum(), 1),
            width=np.diff(edges),
            name=str(label),
            marker={"color": colours[str(label)], "opacity": 0.6},
            hovertemplate="%{x:,.3r}: %{y:.3r} %<extra>%{fullData.name}</extra>",
        )
    figure.update_layout(barmode="overlay", xaxis_title=title, yaxis_title="Share of the class")
    figure.update_yaxes(ticksuffix=" %")
    return _finish(figure)


def draw_intensities(shares: pd.DataFrame) -> go.Figure:
    """Return the mean intensity histogram of each label, from `average_histograms`."""
    colours = colour_labels(shares["label"].astype(str).tolist())
    figure = go.Figure()
    for label, rows in shares.groupby("label", observed=True):
        figure.add_scatter(
            x=rows["brightness"],
            y=100 * rows["share"],
            mode="lines",
            name=str(label),
            line={"color": colours[str(label)], "shape": "hvh"},
            hovertemplate="brightness %{x:.3r}: %{y:.3r} %<extra>%{fullData.name}</extra>",
        )
    figure.update_layout(
        xaxis_title="Brightness (0 black, 1 white)", yaxis_title="Share of the pixels"
    )
    figure.update_yaxes(ticksuffix=" %", rangemode="tozero")
    return _finish(figure)


def draw_mean_pictures(
    means: Mapping[str, np.ndarray], differences: Mapping[str, np.ndarray]
) -> go.Figure:
    """Return the mean picture of each label, and the differences: one beside them, more below.

    Args:
        means: label to float (S, S) in [0, 1].
        differences: title to float (S, S) in [-1, 1], from `compare_pictures`.
    """
    titles = [f"Mean {label}" for label in means]
    below = len(differences) > 1
    columns = len(titles) + (0 if below else len(differences))
    figure = make_subplots(
        2 if below else 1,
        max(1, columns),
        subplot_titles=[*titles, *differences],
        horizontal_spacing=0.02,
        vertical_spacing=0.1,
    )
    for column, mean in enumerate(means.values(), start=1):
        figure.add_heatmap(
            z=mean,
            colorscale="gray",
            zmin=0,
            zmax=1,
            showscale=False,
            hovertemplate="%{z:.3r}<extra></extra>",
            row=1,
            col=column,
        )
    # One scale for all of them, so that their shades can be compared.
    most = max((float(np.abs(each).max()) for each in differences.values()), default=0) or 1.0
    for column, difference in enumerate(differences.values(), start=1 if below else columns):
        figure.add_heatmap(
            z=difference,
            colorscale="RdBu_r",
            zmin=-most,
            zmax=most,
            showscale=column == columns,
            colorbar={"title": "brightness", "thickness": 12},
            hovertemplate="%{z:+.3r}<extra></extra>",
            row=2 if below else 1,
            col=column,
        )
    figure.update_xaxes(visible=False, constrain="domain")
    figure.update_yaxes(visible=False, autorange="reversed", constrain="domain")
    for axis in figure.select_yaxes():
        axis.scaleanchor = axis.anchor
    return _finish(figure, height=560 if below else 300)


def _finish(figure: go.Figure, height: int = 340) -> go.Figure:
    figure.update_layout(
        height=height,
        margin={"l": 10, "r": 10, "t": 40, "b": 10},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        hoverlabel={"namelength": -1},
    )
    return figure
