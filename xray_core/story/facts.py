"""What the story says of models, from their cards and the answers beside them."""

from dataclasses import dataclass

from xray_core.comparison.predictions import Predictions, list_test_sets, load_predictions
from xray_core.comparison.words import word_share
from xray_core.evaluation.decision import estimate_share
from xray_core.model_card import ClassifierCard, Figure, Measurement

_ACCURACY, _EVIDENCE = "accuracy", "evidence_in_lungs"
_HALF = 0.5


@dataclass(frozen=True)
class Turned:
    """What covering all but the lungs does to normal X-rays.

    Attributes:
        both: how many the two models call normal as they are.
        first, second: how many of these each calls pneumonia once they are covered.
    """

    both: int
    first: int
    second: int


def first_measurement(card: ClassifierCard) -> tuple[str, Measurement] | None:
    """Return name and figures of the first data set that a model was judged on."""
    judged = [(name, found) for name, found in card.measurements.items() if found.confusion]
    return judged[0] if judged else None


def find_shared(
    card: ClassifierCard, other: ClassifierCard
) -> tuple[Measurement, Measurement] | None:
    """Return what two models scored on the same pictures; None if they never judged the same ones.

    Raises:
        IncompatibleModelError: the answers beside a card were altered.
    """
    found = _find_both(card, other)
    return found and (card.measurements[found[0].name], other.measurements[found[1].name])


def count_turned(card: ClassifierCard, other: ClassifierCard) -> Turned | None:
    """Return what covering all but the lungs does to normal X-rays that two models call normal.

    Both call pneumonia from a probability of one half, as in `count_right`. None where they did
    not judge the same pictures, or not when covered.

    Raises:
        IncompatibleModelError: the answers beside a card were altered.
    """
    found = _find_both(card, other)
    if found is None:
        return None
    normal = [(x.labels == 0) & (x.probabilities < _HALF) for x in found]
    both = normal[0] & normal[1]
    covered = [x.table.loc[both, "probability_rest_covered"] for x in found]
    if not both.any() or any(each.isna().any() for each in covered):
        return None
    first, second = (int((each >= _HALF).sum()) for each in covered)
    return Turned(int(both.sum()), first, second)


def count_right(card: ClassifierCard, measured: Measurement) -> Figure:
    """Return the share called right where pneumonia is called from a probability of one half.

    So the earlier projects judged; each model's own threshold would compare the thresholds. Where
    no answers lie beside the card, it is the share at that threshold.

    Args:
        card: of a model.
        measured: one of its measurements.

    Raises:
        IncompatibleModelError: the answers beside the card were altered.
    """
    for name in list_test_sets(card):
        if card.measurements[name] == measured:
            answers = load_predictions(card, name)
            answers = answers.take(answers.answered)
            right = (answers.probabilities >= _HALF) == (answers.labels == 1)
            return estimate_share(right, answers.table["patient"].to_numpy(str))
    return measured.figures[_ACCURACY]


def describe_fix(
    card: ClassifierCard,
    ours: Measurement,
    whole: ClassifierCard | None,
    theirs: Measurement | None,
) -> str:
    """Return what taking everything but the lungs away did, as a sentence.

    Args:
        card, ours: the model that sees lungs, and what it scored.
        whole, theirs: the one that sees whole pictures, on the same pictures, if it is here.
    """
    sentence = f"“{card.title}” is given the lungs alone: {_tell(card, ours)}"
    if whole is None or theirs is None:
        return f"{sentence}."
    return f"{sentence}; “{whole.title}”: {_tell(whole, theirs)}."


def _tell(card: ClassifierCard, measured: Measurement) -> str:
    told = {"right": count_right(card, measured)}
    if inside := measured.figures.get(_EVIDENCE):
        told["of the evidence in the lungs"] = inside
    return ", ".join(
        f"{word_share(Figure(value=figure.value))} {words}" for words, figure in told.items()
    )


def _find_both(
    card: ClassifierCard, other: ClassifierCard
) -> tuple[Predictions, Predictions] | None:
    """Return what two models answered on the same pictures, or None."""
    theirs = [load_predictions(other, name) for name in list_test_sets(other)]
    for ours in (load_predictions(card, name) for name in list_test_sets(card)):
        for second in theirs:
            if second.fingerprint == ours.fingerprint:
                return ours, second
    return None
