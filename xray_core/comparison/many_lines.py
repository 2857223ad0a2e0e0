"""Very many lines in one figure: fewer points, fewer traces, drawn at once."""

from collections.abc import Sequence
from typing import Any

import numpy as np

# Measured in a browser without a graphics card: 50 runs in five panels take .2 s like this, .6 s
# with a trace for each run, and 5 s by WebGL, which sets up each line anew.
MANY = 10
_MOST_EPOCHS, _FEWEST_EPOCHS = 100, 25
# Streamlit searches all that is sent for 39 colours, twice for each drawing.
_MOST_POINTS = 10_000


def simplify_lines(traces: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return Plotly traces with 25 to 100 points a line, lines of one look joined.

    Args:
        traces: with ``x`` and ``y`` as arrays; those with ``fill`` stay as they are.
    """
    most = max(_FEWEST_EPOCHS, min(_MOST_EPOCHS, _MOST_POINTS // len(traces))) if traces else 0
    return _join([_thin(trace, most) for trace in traces])


def _thin(trace: dict[str, Any], most: int) -> dict[str, Any]:
    """Return a line with this many of its points, the first and the last among them."""
    if "fill" in trace or len(trace["x"]) <= most:
        return trace
    kept = np.linspace(0, len(trace["x"]) - 1, most).round().astype(int)
    return trace | {"x": trace["x"][kept], "y": trace["y"][kept]}


def _join(traces: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return lines of one colour and panel as one trace with gaps, which tells whose each is."""
    bands = [trace for trace in traces if "fill" in trace]
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for trace in traces:
        if "fill" not in trace:
            look = (trace["yaxis"], trace["line"]["color"], trace["hovertemplate"])
            alike.setdefault(look, []).append(trace)
    return bands + [_join_alike(lines) for lines in alike.values()]


def _join_alike(lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return lines of one look as one trace; each point bears its run's name, short as can be."""
    first, gap = lines[0], np.array([np.nan], np.float32)
    part = first["name"].removeprefix(first["legendgroup"])
    joined = {
        name: np.concatenate([values for line in lines for values in (line[name], gap)])
        for name in ("x", "y")
    }
    # As an array: Plotly copies and walks through a list string by string.
    names = [line["legendgroup"] for line in lines]
    text = np.repeat(names, [len(line["x"]) + 1 for line in lines])
    return (
        first
        | joined
        | {
            "text": text,
            "line": first["line"] | {"dash": "solid"},
            "hovertemplate": f"%{{text}}{part}: {first['hovertemplate']}<extra></extra>",
        }
    )
