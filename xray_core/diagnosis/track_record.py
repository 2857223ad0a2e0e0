"""What a model got right and wrong where it was measured, in counts."""

from collections.abc import Iterable

from xray_core.diagnosis.age_group import AgeGroup
from xray_core.diagnosis.conformal import DEFAULT_ERROR_RATE
from xray_core.model_card import Measurement, ModelCard

ADULTS = "adults of another hospital"  # the one measurement that is known to be of adults

_NEVER_JUDGED: dict[AgeGroup, str] = {
    "children": "Never measured on children like those it learnt from.",
    "adults": "Never measured on adults.",
    "others": "Never measured on patients of the age that the file tells.",
}
_THREE_ANSWERS = ("kept_pneumonia", "kept_normal", "cannot_tell_pneumonia", "cannot_tell_normal")


def choose_test_set(names: Iterable[str], group: AgeGroup) -> str | None:
    """Return the judged pictures whose figures hold for a patient; None where there are none.

    Args:
        names: of a model's measurements with answers beside them.
        group: who the patient is.

    >>> choose_test_set(["test", ADULTS], "adults"), choose_test_set(["test"], "adults")
    ('adults of another hospital', None)
    """
    if group == "others":
        return None
    return next((name for name in names if (name == ADULTS) == (group == "adults")), None)


def describe_track_record(card: ModelCard, group: AgeGroup = "children") -> str:
    """Return the counts of the pictures that a model was judged on, as a sentence.

    Empty where it was judged on none.

    Args:
        card: of the model.
        group: who the patient is; figures of children are not told of adults.
    """
    judged = {name: found for name, found in card.measurements.items() if found.confusion}
    name = choose_test_set(judged, group)
    if name is None:
        return _NEVER_JUDGED[group] if judged else ""
    found, counts = judged[name], judged[name].confusion
    sick, well = counts["tp"] + counts["fn"], counts["tn"] + counts["fp"]
    three = _count_three_answers(found, sick, well)
    told = three or (
        f"of {sick} X-rays with pneumonia it found {counts['tp']}; of {well} normal ones "
        f"it called {counts['fp']} pneumonia"
    )
    rate = f", {100 * DEFAULT_ERROR_RATE:.0f} % wrong answers allowed" if three else ""
    return f"Measured ({name}{rate}): {told}."


def _count_three_answers(found: Measurement, sick: int, well: int) -> str:
    """Return the counts of a model that may say "cannot tell"; empty where it may not."""
    shares = [found.figures[name].value for name in _THREE_ANSWERS if name in found.figures]
    if len(shares) < len(_THREE_ANSWERS) or None in shares:
        return ""
    kept_sick, kept_well, unsure_sick, unsure_well = (share or 0.0 for share in shares)
    return (
        f"of {sick} X-rays with pneumonia it called {round((1 - kept_sick) * sick)} normal and "
        f"could not tell {round(unsure_sick * sick)}; of {well} normal ones it called "
        f"{round((1 - kept_well) * well)} pneumonia and could not tell {round(unsure_well * well)}"
    )
