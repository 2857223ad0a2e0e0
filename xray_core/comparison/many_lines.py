"""Very many lines in one figure: fewer points, fewer traces, drawn at once."""

from collections.abc import Sequence
from typing import Any

import numpy as np

# Measured in a browser without a graphics card: 50 runs in five panels take .2 s like this, .6 s
# with a trace for each run, and 5 s by WebGL, which sets up each line anew.
MANY = 10
_MOST_EPOCHS = 100


def simplify_lines(traces: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return Plotly traces with about a hundred points a line, lines of one look joined.

    Args:
        traces: with ``x`` and ``y`` as arrays; those with ``fill`` stay as they are.
    """
    return _join([_thin(trace) for trace in traces])


def _thin(trace: dict[str, Any]) -> dict[str, Any]:
    """Return a line with about a hundred of its points, the first and the last among them."""
    if "fill" in trace or len(trace["x"]) <= _MOST_EPOCHS:
        return trace
    kept = np.linspace(0, len(trace["x"]) - 1, _MOST_EPOCHS).round().astype(int)
    return trace | {"x": trace["x"][kept], "y": trace["y"][kept]}


def _join(traces: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return lines of one colour and panel as one trace with gaps, which tells whose each is."""
    bands = [trace for trace in traces if "fill" in trace]
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for trace in traces:
        if "fill" not in trace:
            look = (trace["yaxis"], trace["line"]["color"], trace["hovertemplate"])
            alike.setdefault(look, []).append(trace)
    gap = np.array([np.nan], np.float32)
    joined = [
        lines[0]
        | {
            name: np.concatenate([part for line in lines for part in (line[name], gap)])
            for name in ("x", "y")
        }
        | {
            # As an array: Plotly copies and walks through a list string by string.
            "text": np.repeat(
                [line["name"] for line in lines], [len(line["x"]) + 1 for line in lines]
            ),
            "line": lines[0]["line"] | {"dash": "solid"},
            "hovertemplate": f"%{{text}}: {lines[0]['hovertemplate']}<extra></extra>",
        }
        for lines in alike.values()
    ]
    return bands + joined
