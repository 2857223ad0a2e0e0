"""See the data, and see through it: counts, pictures, traps, shortcuts, a better split."""

import streamlit as st

from ui.choose_dataset import is_reading, pick_dataset
from ui.explore.audit import show_audit
from ui.explore.augmentation import show_augmentation
from ui.explore.filters import filter_rows
from ui.explore.gallery import show_gallery
from ui.explore.overview import show_overview
from ui.explore.shortcuts import show_shortcuts
from ui.explore.sources import show_sources
from ui.explore.split import show_split
from ui.page import begin_page
from xray_core.datasets.index import DatasetIndex
from xray_core.datasets.summary import add_ratios

OVERVIEW, PICTURES, FINDINGS, SHORTCUTS, AUGMENTATION, SPLIT = VIEWS = (
    "Overview",
    "Pictures",
    "Findings",
    "Shortcuts",
    "Augmentation",
    "Split",
)


def show_dataset(index: DatasetIndex) -> None:
    """Show one view of a data set."""
    view = st.segmented_control(
        "View",
        VIEWS,
        default=OVERVIEW,
        required=True,
        key="explore_view",
        label_visibility="collapsed",
    )
    if view == FINDINGS:
        show_audit(index)
    elif view == SHORTCUTS:
        show_shortcuts(index)
    elif view == SPLIT:
        show_split(index)
    else:
        rows = filter_rows(add_ratios(index.readable))
        if not len(rows):
            st.info("No picture of this data set can be read, or none is left by the choice above.")
        elif view == PICTURES:
            show_gallery(index, rows)
        elif view == AUGMENTATION:
            show_augmentation(index, rows)
        else:
            show_overview(index, rows)


begin_page("What is in the data?", "What a model could learn from it, and what it should not.")
chosen = pick_dataset("explore")
if chosen is not None:
    with st.expander("Open another data set", icon=":material/add:"):
        show_sources()
    show_dataset(chosen)
elif not is_reading():
    show_sources()
