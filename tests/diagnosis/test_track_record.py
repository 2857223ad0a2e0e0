"""What a model got right and wrong is told in the counts of its own kind of answer."""

import pytest

from xray_core.diagnosis.track_record import ADULTS, describe_track_record
from xray_core.model_card import Figure, Measurement
from xray_core.model_store import DEFAULT_CLASSIFIER, read_classifier_card

COUNTS = {"tp": 8, "fn": 2, "tn": 15, "fp": 5}
SHARES = {
    "kept_pneumonia": 0.9,
    "kept_normal": 0.8,
    "cannot_tell_pneumonia": 0.2,
    "cannot_tell_normal": 0.05,
}


@pytest.mark.parametrize(
    ("shares", "told"),
    [
        (
            SHARES,
            "of 10 X-rays with pneumonia it called 1 normal and could not tell 2; of 20 normal "
            "ones it called 4 pneumonia and could not tell 1.",
        ),
        ({}, "of 10 X-rays with pneumonia it found 8; of 20 normal ones it called 5 pneumonia."),
    ],
)
def test_counts_are_those_of_the_answers_that_it_gives(shares, told):
    name = "drawn, 5 % wrong answers allowed" if shares else "drawn"
    figures = {name: Figure(value=share) for name, share in shares.items()}
    found = Measurement(data="drawn", n=30, figures=figures, confusion=COUNTS)
    card = read_classifier_card(DEFAULT_CLASSIFIER).model_copy(
        update={"measurements": {"drawn": found}}
    )
    assert describe_track_record(card) == f"Measured ({name}): {told}"


def test_a_model_that_was_never_judged_has_no_record():
    card = read_classifier_card(DEFAULT_CLASSIFIER).model_copy(update={"measurements": {}})
    assert describe_track_record(card) == ""


def test_an_adult_is_told_the_figures_of_adults():
    card = read_classifier_card(DEFAULT_CLASSIFIER)
    told = describe_track_record(card, "adults")
    counts = card.measurements[ADULTS].confusion
    assert told.startswith(f"Measured ({ADULTS}")
    assert f"of {counts['tp'] + counts['fn']} X-rays with pneumonia" in told


@pytest.mark.parametrize(("group", "whom"), [("adults", "on adults"), ("others", "of the age")])
def test_figures_of_children_are_not_told_of_others(group, whom):
    found = Measurement(data="drawn", n=30, figures={}, confusion=COUNTS)
    card = read_classifier_card(DEFAULT_CLASSIFIER).model_copy(
        update={"measurements": {"drawn": found}}
    )
    told = describe_track_record(card, group)
    assert whom in told
    assert not any(character.isdigit() for character in told)
