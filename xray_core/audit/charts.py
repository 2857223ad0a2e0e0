"""What an audit found, as Plotly figures."""

import pandas as pd
import plotly.graph_objects as go

from xray_core.palette import ACCENT, NEUTRAL

_MARGIN = {"l": 10, "r": 10, "t": 40, "b": 10}


def draw_aucs(table: pd.DataFrame) -> go.Figure:
    """Return AUCs with their intervals, one line each; .5 is a coin's.

    Args:
        table: title, auc, low, high.
    """
    rows = table.iloc[::-1]
    figure = go.Figure()
    figure.add_bar(
        x=rows["auc"] - 0.5,
        base=0.5,
        y=rows["title"],
        orientation="h",
        marker={"color": [ACCENT if auc >= 0.7 else NEUTRAL for auc in rows["auc"]]},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": rows["high"] - rows["auc"],
            "arrayminus": rows["auc"] - rows["low"],
        },
        customdata=rows[["auc", "low", "high"]],
        hovertemplate="AUC %{customdata[0]:.3f} "
        "[%{customdata[1]:.3f}, %{customdata[2]:.3f}]<extra>%{y}</extra>",
    )
    figure.update_xaxes(range=[0.4, 1.0], title="AUC (0.5 is a coin, 1 is perfect)")
    figure.add_vline(x=0.5, line={"dash": "dot", "color": NEUTRAL})
    return figure.update_layout(height=90 + 34 * len(rows), margin=_MARGIN)


def draw_accuracy_intervals(table: pd.DataFrame) -> go.Figure:
    """Return what accuracy could be, for each split, where so many pictures say 90 %.

    Args:
        table: split, pictures, accuracy, low, high.
    """
    figure = go.Figure()
    figure.add_scatter(
        x=100 * table["accuracy"],
        y=[
            f"{split} ({count:,})"
            for split, count in zip(table["split"], table["pictures"], strict=True)
        ],
        mode="markers",
        marker={"color": ACCENT, "size": 9},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": 100 * (table["high"] - table["accuracy"]),
            "arrayminus": 100 * (table["accuracy"] - table["low"]),
        },
        hovertemplate="%{x:.3r} %<extra>%{y}</extra>",
    )
    figure.update_xaxes(
        title="Where the true accuracy of a model could lie that gets 90 % of them right",
        ticksuffix=" %",
    )
    return figure.update_layout(height=130 + 40 * len(table), margin=_MARGIN)
