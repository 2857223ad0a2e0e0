"""Which models a visitor sees side by side before choosing any."""

from collections.abc import Iterable

from xray_core.model_card import ClassifierCard
from xray_core.model_store import DEFAULT_CLASSIFIER, is_shipped
from xray_core.training.presets.catalog import PRESETS
from xray_core.training.presets.preset import OWN

_MOST = 8  # more would not be told apart at a glance
_MOST_OWN = 2


def choose_first(cards: Iterable[ClassifierCard]) -> list[str]:
    """Return ids: the default model, some that were trained here, the best of each project, others.

    The best is the one with the highest accuracy on the test pictures it was judged on.
    """
    ranked = sorted(cards, key=_accuracy, reverse=True)
    default = [card.id for card in ranked if card.id == DEFAULT_CLASSIFIER]
    own = [card.id for card in ranked if not is_shipped(card.id)]
    shipped = [card for card in ranked if is_shipped(card.id) and card.id != DEFAULT_CLASSIFIER]
    best: dict[str, str] = {}
    others = []
    for card in shipped:
        source = _source(card)
        if source == OWN:
            others.append(card.id)
        else:
            best.setdefault(source, card.id)
    return [*default, *own[:_MOST_OWN], *best.values(), *others][:_MOST]


def _accuracy(card: ClassifierCard) -> float:
    figures = [found.figures.get("accuracy") for found in card.measurements.values()]
    return next((figure.value for figure in figures if figure and figure.value is not None), 0.0)


def _source(card: ClassifierCard) -> str:
    """Return whose run a model re-makes; a preset that is no longer known counts as our own."""
    preset = PRESETS.get(card.training.preset)
    return preset.source if preset else OWN
