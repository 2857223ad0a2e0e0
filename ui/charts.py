"""How every page shows a chart: with its figures to take away."""

from collections.abc import Callable
from typing import TypeAlias

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

Table: TypeAlias = pd.DataFrame | Callable[[], pd.DataFrame]

_CONFIG = {"displaylogo": False, "modeBarButtonsToRemove": ["lasso2d", "autoScale2d"]}


def show_chart(
    figure: go.Figure, table: Table, name: str, key: str, select: bool = False
) -> pd.Series:
    """Show a chart, its picture and figures to take away; return the chosen points' custom data.

    Args:
        figure: to show.
        table: the figures in it, or what makes them when they are asked for.
        name: of the PNG and the CSV file, without suffix.
        key: begins with the page's name.
        select: let visitors choose points with a box.
    """
    config = _CONFIG | {"toImageButtonOptions": {"filename": name, "scale": 2}}
    if select:
        event = st.plotly_chart(
            figure, key=key, config=config, on_select="rerun", selection_mode="box"
        )
        chosen = [point["customdata"] for point in event["selection"]["points"]]
    else:
        st.plotly_chart(figure, key=key, config=config)
        chosen = []
    offer_csv(table, name, f"{key}_csv")
    return pd.Series(chosen, dtype=object)


@st.fragment
def offer_csv(table: Table, name: str, key: str) -> None:
    """Offer a table as a CSV file, made only when somebody asks for it."""
    st.download_button(
        "CSV",
        lambda: (table if isinstance(table, pd.DataFrame) else table()).to_csv(index=False),
        f"{name}.csv",
        "text/csv",
        key=key,
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
    )
