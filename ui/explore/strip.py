"""A row of small pictures."""

import pandas as pd
import streamlit as st

from xray_core.datasets.index import DatasetIndex

MOST_PICTURES = 12
_PIXELS = 84  # twelve of them fill a wide page, and a long name of a class fits


def show_strip(index: DatasetIndex, paths: pd.Series) -> None:
    """Show the first twelve of some pictures of an index, with their class."""
    rows = index.table.set_index("path").loc[paths.head(MOST_PICTURES)].reset_index()
    with st.container(horizontal=True, gap="xsmall"):  # which goes on in a second row
        for row, thumbnail in zip(rows.itertuples(), index.read_thumbnails(rows), strict=True):
            if thumbnail:
                st.image(
                    thumbnail,
                    caption=str(row.label),
                    alt=f"X-ray: {row.label}",
                    width=_PIXELS,
                )
