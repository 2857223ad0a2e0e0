"""A validation set that one can choose by: proposed, looked at, kept."""

import pandas as pd
import streamlit as st

from ui.charts import show_chart
from ui.error_box import show_error
from ui.words import offer_words
from xray_core import charts
from xray_core.datasets.index import DatasetIndex
from xray_core.datasets.resplit import ProposedSplit, load_split, propose_split, save_split
from xray_core.datasets.summary import count_pictures
from xray_core.errors import PneumoscopeError


def show_split(index: DatasetIndex) -> None:
    """Show the split as it is beside a proposed one, and offer to keep that for training."""
    st.write(
        "A threshold or a stopping point chosen on a handful of pictures is chosen by chance. This "
        "divides everything outside the test split anew: whole patients, each class in proportion, "
        "identical files on one side. The test split is left alone."
    )
    kept = load_split(index)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        percent = st.slider("Validation share (%)", 5, 40, 15, key="explore_split_share", width=300)
        seed = st.number_input("Seed", 0, 999, key="explore_split_seed", width=120)
    try:
        proposed = propose_split(index, percent / 100, int(seed))
    except PneumoscopeError as error:
        show_error(error)
        return
    before, after = st.columns(2)
    with before:
        st.subheader("As the folders have it", anchor=False)
        _show_counts(index.readable, "before")
    with after:
        st.subheader("Proposed", anchor=False)
        rows = index.readable
        _show_counts(rows.assign(split=proposed.apply(rows)), "after")
    _offer_to_keep(index, proposed, kept)
    offer_words("split", "validation", "threshold", "patient", "class", "seed")


def _show_counts(rows: pd.DataFrame, name: str) -> None:
    counts = count_pictures(rows)
    show_chart(charts.draw_counts(counts), counts, f"split_{name}", f"explore_split_{name}")


def _offer_to_keep(
    index: DatasetIndex, proposed: ProposedSplit, kept: ProposedSplit | None
) -> None:
    if kept == proposed:
        st.success(
            f"Training uses this split: {len(kept.validation_patients):,} patients are kept for "
            "validation. It holds as long as the files stay the same, for runs that choose their "
            "validation by patients.",
            icon=":material/check:",
        )
        return
    if kept is not None:
        st.info("Training uses another split that you kept before.", icon=":material/info:")
    if st.button("Use this split for training", type="primary", key="explore_split_keep"):
        save_split(proposed, index.folder)
        st.rerun()
