"""How models look in every chart: one colour each, told apart by colour-blind readers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count

import plotly.graph_objects as go

from xray_core.palette import MODEL_COLOURS, NEUTRAL

_COLOURS = MODEL_COLOURS
# A shipped model has the same colour in every choice of models, and in the story.
_KEPT_PLACES = {"lungs-only": 0, "whole-image": 1}
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "star")
REFERENCE_COLOUR = NEUTRAL


@dataclass(frozen=True)
class Style:
    """How one model is drawn: its colour, and a line and a mark for more models than colours."""

    colour: str
    dash: str
    symbol: str

    def shade(self, opacity: float) -> str:
        """Return the colour, transparent, as CSS.

        >>> Style("#0072B2", "solid", "circle").shade(0.2)
        'rgba(0, 114, 178, 0.2)'
        """
        red, green, blue = (int(self.colour[at : at + 2], 16) for at in (1, 3, 5))
        return f"rgba({red}, {green}, {blue}, {opacity})"


def assign_places(ids: Sequence[str], earlier: Mapping[str, int]) -> dict[str, int]:
    """Return a place for each model: the one that it had, else the lowest that is free.

    So a model keeps its colour when others are added to the choice or taken out of it. The places
    of shipped models are never free for others.

    >>> assign_places(["b", "c", "lungs-only"], {"a": 2, "b": 3})
    {'b': 3, 'c': 2, 'lungs-only': 0}
    """
    places = {model_id: place for model_id, place in _KEPT_PLACES.items() if model_id in ids}
    taken = set(_KEPT_PLACES.values())
    for model_id in ids:
        place = earlier.get(model_id)
        if model_id not in places and place is not None and place not in taken:
            places[model_id] = place
            taken.add(place)
    free = (place for place in count() if place not in taken)
    return {model_id: places[model_id] if model_id in places else next(free) for model_id in ids}


def colour_model(model_id: str) -> str:
    """Return the colour of a shipped model.

    >>> colour_model("lungs-only")
    '#009E73'
    """
    return _COLOURS[_KEPT_PLACES[model_id]]


def make_styles(places: Mapping[str, int]) -> dict[str, Style]:
    """Return the look of each model from its place."""
    return {
        model_id: Style(
            _COLOURS[place % len(_COLOURS)],
            _DASHES[place // len(_COLOURS) % len(_DASHES)],
            _SYMBOLS[place // len(_COLOURS) % len(_SYMBOLS)],
        )
        for model_id, place in places.items()
    }


def finish(figure: go.Figure, height: int = 360) -> go.Figure:
    """Return the figure with the margins and the legend that all charts here share."""
    return figure.update_layout(
        height=height,
        margin={"l": 10, "r": 10, "t": 40, "b": 10},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        hoverlabel={"namelength": -1},
    )
