"""The curve of the lesson, large enough for the last row."""

import pandas as pd
import plotly.graph_objects as go

from xray_core.palette import ACCENT, NEUTRAL

_LINES = {
    "val_accuracy": ("pictures it did not learn from", {"dash": "solid", "width": 5}),
    "accuracy": ("pictures it learns from", {"dash": "dot", "width": 3}),
}
_LETTERS = 20


def draw_lesson(history: pd.DataFrame, epochs: int) -> go.Figure:
    """Return the share called right after each epoch.

    Args:
        history: one row for each epoch so far, with ``accuracy`` and ``val_accuracy``.
        epochs: of the whole run, so that the axis does not jump while it grows.
    """
    figure = go.Figure()
    for column, (name, line) in _LINES.items():
        values = 100 * history[column] if column in history else []
        figure.add_scatter(
            x=list(range(1, len(history) + 1)),
            y=values,
            name=name,
            mode="lines+markers",
            line={**line, "color": ACCENT if column.startswith("val_") else NEUTRAL},
            hovertemplate=f"epoch %{{x}}: %{{y:.1f}} %<extra>{name}</extra>",
        )
    figure.update_xaxes(range=[0.7, epochs + 0.3], title="Epoch", tickfont={"size": _LETTERS})
    figure.update_yaxes(
        range=[40, 102], ticksuffix=" %", title="Called right", tickfont={"size": _LETTERS}
    )
    figure.add_hline(y=50, line={"dash": "dash", "color": NEUTRAL})
    return figure.update_layout(
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        font={"size": _LETTERS},
        # Letters grow with the screen, which Plotly does not hear of: its own widths are too small.
        legend={
            "orientation": "h",
            "y": 1.02,
            "yanchor": "bottom",
            "entrywidth": 0.45,
            "entrywidthmode": "fraction",
        },
    )
