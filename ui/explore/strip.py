"""A row of small pictures."""

import pandas as pd
import streamlit as st

from xray_core.datasets.index import DatasetIndex

MOST_PICTURES = 12


def show_strip(index: DatasetIndex, paths: pd.Series) -> None:
    """Show the first twelve of some pictures of an index, with their class."""
    rows = index.table.set_index("path").loc[paths.head(MOST_PICTURES)].reset_index()
    for column, row, thumbnail in zip(
        st.columns(MOST_PICTURES), rows.itertuples(), index.read_thumbnails(rows), strict=False
    ):
        if thumbnail:
            column.image(
                thumbnail, caption=str(row.label), alt=f"X-ray: {row.label}", width="stretch"
            )
