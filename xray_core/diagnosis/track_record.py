"""What a model got right and wrong where it was measured, in counts."""

from xray_core.diagnosis.conformal import DEFAULT_ERROR_RATE
from xray_core.model_card import Measurement, ModelCard

_THREE_ANSWERS = ("kept_pneumonia", "kept_normal", "cannot_tell_pneumonia", "cannot_tell_normal")


def describe_track_record(card: ModelCard) -> str:
    """Return the counts of the first data set that a model was judged on, as a sentence.

    Empty where it was judged on none.
    """
    for name, found in card.measurements.items():
        if counts := found.confusion:
            sick, well = counts["tp"] + counts["fn"], counts["tn"] + counts["fp"]
            three = _count_three_answers(found, sick, well)
            told = three or (
                f"of {sick} X-rays with pneumonia it found {counts['tp']}; of {well} normal ones "
                f"it called {counts['fp']} pneumonia"
            )
            rate = f", {100 * DEFAULT_ERROR_RATE:.0f} % wrong answers allowed" if three else ""
            return f"Measured ({name}{rate}): {told}."
    return ""


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
