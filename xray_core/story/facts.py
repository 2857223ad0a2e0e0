"""What the story says of models, from their cards alone."""

from xray_core.comparison.predictions import list_test_sets, load_predictions
from xray_core.comparison.words import word_share
from xray_core.model_card import ClassifierCard, Figure, Measurement

_ACCURACY, _EVIDENCE = "accuracy", "evidence_in_lungs"


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
    theirs = {
        load_predictions(other, name).fingerprint: other.measurements[name]
        for name in list_test_sets(other)
    }
    for name in list_test_sets(card):
        found = theirs.get(load_predictions(card, name).fingerprint)
        if found:
            return card.measurements[name], found
    return None


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
    sentence = f"“{card.title}” is given the lungs alone: {_tell(ours)}"
    if whole is None or theirs is None:
        return f"{sentence}."
    return f"{sentence}; “{whole.title}”: {_tell(theirs)}."


def _tell(measured: Measurement) -> str:
    right, inside = (measured.figures.get(name) for name in (_ACCURACY, _EVIDENCE))
    told = [
        f"{word_share(Figure(value=figure.value))} {words}"
        for figure, words in ((right, "right"), (inside, "of the evidence in the lungs"))
        if figure and figure.value is not None
    ]
    return ", ".join(told) or "not measured"
