"""What a chart draws, as a table to take away."""

import pandas as pd
import plotly.graph_objects as go

_POINT = "point"
_MARKS = {"scatter": "line", "bar": "bar"}


def tabulate_drawn(figure: go.Figure) -> pd.DataFrame:
    """Return one row for each point of each trace, in the order in which they are drawn.

    Columns: ``name`` (of the trace), ``drawn`` (line, point or bar), and the coordinates under the
    titles of their axes; a trace with custom data has it under the name in its ``meta``.

    >>> figure = go.Figure(go.Scatter(x=[0, 1], y=[2, 3], name="A"))
    >>> figure = figure.update_xaxes(title="Epoch").update_yaxes(title="Loss")
    >>> tabulate_drawn(figure).to_dict("list")
    {'name': ['A', 'A'], 'drawn': ['line', 'line'], 'Epoch': [0, 1], 'Loss': [2, 3]}
    """
    return pd.concat([_tabulate_trace(figure, trace) for trace in figure.data], ignore_index=True)


def _tabulate_trace(figure: go.Figure, trace: go.Scatter | go.Bar) -> pd.DataFrame:
    drawn = _POINT if trace.type == "scatter" and trace.mode == "markers" else _MARKS[trace.type]
    columns = {
        "name": trace.name,
        "drawn": drawn,
        _read_title(figure, "xaxis", trace.xaxis): trace.x,
        _read_title(figure, "yaxis", trace.yaxis): trace.y,
    }
    return pd.DataFrame(columns | ({trace.meta: trace.customdata} if trace.meta else {}))


def _read_title(figure: go.Figure, kind: str, name: str | None) -> str:
    """Return the title of an axis, or of the one that it shares its scale with."""
    axis = figure.layout[kind + (name or "")[1:]]
    if not axis.title.text and axis.matches:
        return _read_title(figure, kind, axis.matches)
    return str(axis.title.text)
