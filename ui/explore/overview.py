"""What the data set looks like as a whole."""

import numpy as np
import pandas as pd
import streamlit as st

from ui.charts import show_chart
from ui.explore.strip import show_strip
from ui.words import offer_words
from xray_core import charts
from xray_core.datasets import summary
from xray_core.datasets.index import DatasetIndex


def show_overview(index: DatasetIndex, rows: pd.DataFrame) -> None:
    """Show counts, sizes, brightness and mean pictures of some readable rows of an index."""
    _show_counts(rows)
    _show_mean_pictures(index, rows)
    _show_figures(index, rows)
    offer_words(
        *("split", "class", "subtype", "mean_picture", "brightness", "contrast", "sharpness"),
        *("border", "bytes_per_pixel", "aspect_ratio", "chest_likeness"),
    )


def _show_counts(rows: pd.DataFrame) -> None:
    counts = summary.count_pictures(rows)
    bars, pies = st.columns(2)
    with bars:
        st.subheader("How many", anchor=False)
        by_subtype = st.toggle(
            "Show subtypes",
            key="explore_by_subtype",
            disabled=counts["subtype"].nunique() < 2,
            help="Bacterial or viral, where file names tell it.",
        )
        show_chart(charts.draw_counts(counts, by_subtype), counts, "counts", "explore_counts_chart")
    with pies:
        st.subheader("In which balance", anchor=False)
        st.caption("A model that always gives the most frequent answer is right this often.")
        show_chart(charts.draw_shares(counts), counts, "counts", "explore_shares_chart")


def _show_mean_pictures(index: DatasetIndex, rows: pd.DataFrame) -> None:
    st.subheader("The mean picture of each class", anchor=False)
    classes = rows["label"].nunique()
    others = ", each beside the mean of the others" if classes > 2 else ""
    st.caption(
        f"Every picture squeezed to a square, up to 200 of each class{others}. What differs "
        "outside the lungs is what a network could use instead of them."
    )
    if classes > 4:
        st.info("Choose at most four classes above to see their mean pictures.")
        return
    means = _average_pictures(index, rows, (index.fingerprint, rows.index.to_numpy().tobytes()))
    show_chart(
        charts.draw_mean_pictures(means, summary.compare_pictures(means)),
        lambda: summary.list_brightness(means),
        "mean_pictures",
        "explore_means_chart",
    )


# The data set and its thumbnails lie on this server for every visitor; so may its means.
@st.cache_data(max_entries=8, show_spinner=False)
def _average_pictures(
    _index: DatasetIndex, _rows: pd.DataFrame, key: tuple[str, bytes]
) -> dict[str, np.ndarray]:
    return summary.average_pictures(_index, _rows)


def _show_figures(index: DatasetIndex, rows: pd.DataFrame) -> None:
    intensities, sizes = st.columns(2)
    with intensities:
        st.subheader("Brightness of the pixels", anchor=False)
        shares = summary.average_histograms(rows)
        show_chart(
            charts.draw_intensities(shares), shares, "intensities", "explore_intensities_chart"
        )
    with sizes:
        st.subheader("Sizes", anchor=False)
        chosen = show_chart(
            charts.draw_sizes(rows),
            rows[["path", "split", "label", "width", "height"]],
            "sizes",
            "explore_sizes_chart",
            select=True,
        )
    if len(chosen):
        st.caption(f"{len(chosen):,} chosen in the chart of sizes, the first of them:")
        show_strip(index, chosen)
    else:
        st.caption("Draw a box in the chart of sizes to see those pictures.")
    st.subheader("Any other figure", anchor=False)
    column = st.selectbox(
        "Figure",
        list(summary.FIGURES),
        format_func=summary.FIGURES.__getitem__,
        index=list(summary.FIGURES).index("aspect_ratio"),
        key="explore_figure",
        width=360,
    )
    show_chart(
        charts.draw_distribution(rows, column, summary.FIGURES[column]),
        rows[["path", "split", "label", column]],
        column,
        "explore_figure_chart",
    )
