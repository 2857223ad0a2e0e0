"""Which pictures the charts and the gallery speak of."""

import pandas as pd
import streamlit as st

from xray_core.datasets.layout import SPLITS


def filter_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Show a choice of split, class and subtype, where there is one; return what is chosen.

    Nothing chosen means everything.
    """
    with st.container(horizontal=True):
        for column, label in (("split", "Split"), ("label", "Class"), ("subtype", "Subtype")):
            names = [name for name in table[column].astype(str).unique() if name]
            if len(names) < 2:
                continue
            names.sort(key=lambda name: (SPLITS.index(name) if name in SPLITS else 0, name))
            chosen = st.pills(label, names, selection_mode="multi", key=f"explore_filter_{column}")
            if chosen:
                table = table[table[column].isin(chosen)]
    return table
