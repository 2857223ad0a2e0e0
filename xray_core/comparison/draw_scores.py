"""One score of all models as a figure, each with its interval."""

from collections.abc import Collection, Mapping, Sequence

import plotly.graph_objects as go

from xray_core.comparison.scores import SCORES, ScoreRow
from xray_core.comparison.style import REFERENCE_COLOUR, Style, finish
from xray_core.comparison.words import word_figure
from xray_core.model_card import Figure


def draw_score(
    rows: Sequence[ScoreRow],
    name: str,
    styles: Mapping[str, Style],
    comparable: Collection[str] | None = None,
) -> go.Figure:
    """Return one line a model: its score as a mark, its 95 % interval as a bar.

    Figures that others reported are grey marks without an interval. Hollow marks may not be
    compared with the others.

    Args:
        rows: in the order in which they are drawn, from the top.
        name: of `SCORES`.
        styles: model id to style.
        comparable: titles of those that may be compared; all if None.
    """
    drawn = [row for row in rows if _value(row, name) is not None]
    labels = [f"{row.title}<br><sup>{row.badge.standing}</sup>" for row in drawn]
    figure = go.Figure()
    for row, label in zip(drawn, labels, strict=True):
        found = row.figures[name]
        style = styles.get(row.id)
        figure.add_scatter(
            x=[found.value],
            y=[label],
            mode="markers",
            showlegend=False,
            marker={
                "color": style.colour if style else REFERENCE_COLOUR,
                "symbol": (style.symbol if style else "circle")
                + ("" if comparable is None or row.title in comparable else "-open"),
                "size": 10,
            },
            error_x=_draw_interval(found),
            hovertemplate=f"{word_figure(found)}<extra>{row.title}</extra>",
        )
    figure.update_yaxes(categoryorder="array", categoryarray=labels[::-1])
    figure.update_xaxes(title=f"{SCORES[name].title}<br>with its 95 % interval")
    return finish(figure, 120 + 44 * max(1, len(drawn)))


def _draw_interval(figure: Figure) -> dict[str, object] | None:
    if figure.value is None or figure.low is None or figure.high is None:
        return None
    above, below = figure.high - figure.value, figure.value - figure.low
    return {"type": "data", "symmetric": False, "array": [above], "arrayminus": [below]}


def _value(row: ScoreRow, name: str) -> float | None:
    return row.figures[name].value if name in row.figures else None
