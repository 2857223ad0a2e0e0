"""Which models a visitor sees side by side before choosing any."""

from collections.abc import Iterable

from xray_core.model_card import ClassifierCard
from xray_core.model_store import DEFAULT_CLASSIFIER, is_shipped
from xray_core.training.presets.catalog import PRESETS
from xray_core.training.presets.preset import OWN

# The default's recipe on whole pictures: beside it one sees what evidence in the lungs is worth.
_TWIN = "whole-image"


def choose_first(cards: Iterable[ClassifierCard]) -> list[str]:
    """Return ids: the default model and its twin, one trained here, and the best of each project.

    More would not be told apart at a glance. A project's best is the one with the highest accuracy
    on the test pictures it was judged on.
    """
    ranked = sorted(cards, key=_accuracy, reverse=True)
    ours = [name for name in (DEFAULT_CLASSIFIER, _TWIN) if name in {card.id for card in ranked}]
    own = [card.id for card in ranked if not is_shipped(card.id)]
    shipped = [card for card in ranked if is_shipped(card.id) and card.id not in ours]
    best: dict[str, str] = {}
    for card in shipped:
        source = _source(card)
        if source != OWN:
            best.setdefault(source, card.id)
    return [*ours, *own[:1], *best.values()]


def _accuracy(card: ClassifierCard) -> float:
    figures = [found.figures.get("accuracy") for found in card.measurements.values()]
    return next((figure.value for figure in figures if figure and figure.value is not None), 0.0)


def _source(card: ClassifierCard) -> str:
    """Return whose run a model re-makes; a preset that is no longer known counts as our own."""
    preset = PRESETS.get(card.training.preset)
    return preset.source if preset else OWN
