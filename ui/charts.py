"""How every page shows a chart: with its figures to take away."""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

_CONFIG = {"displaylogo": False, "modeBarButtonsToRemove": ["lasso2d", "autoScale2d"]}


def show_chart(figure: go.Figure, table: pd.DataFrame, name: str, key: str) -> None:
    """Show a chart and offer its figures as CSV.

    Args:
        figure: to show.
        table: the figures in it.
        name: of the CSV file, without suffix.
        key: begins with the page's name.
    """
    st.plotly_chart(figure, key=key, config=_CONFIG)
    offer_csv(table, name, f"{key}_csv")


@st.fragment
def offer_csv(table: pd.DataFrame, name: str, key: str) -> None:
    """Offer a table as a CSV file, made only when somebody asks for it."""
    st.download_button(
        "CSV",
        lambda: table.to_csv(index=False),
        f"{name}.csv",
        "text/csv",
        key=key,
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
    )
