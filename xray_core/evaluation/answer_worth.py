"""What an answer means for one patient, in a sentence: by judged pictures of people like them."""

from collections.abc import Mapping

import pandas as pd

from xray_core.diagnosis.age_group import AgeGroup
from xray_core.diagnosis.conformal import Cutoffs, Verdict
from xray_core.diagnosis.track_record import choose_test_set
from xray_core.evaluation.three_answers import measure_answers
from xray_core.model_card import Figure


def describe_worth(
    tables: Mapping[str, pd.DataFrame],
    cutoffs: Cutoffs,
    verdict: Verdict,
    prevalence: float,
    group: AgeGroup,
) -> str:
    """Return what a verdict means for a patient, or that nobody knows.

    Args:
        tables: name of a measurement to the answers behind it, as `measure_answers` needs them.
        cutoffs: that led to the verdict.
        verdict: the patient's.
        prevalence: share of pneumonias among those who are X-rayed, above 0, below 1.
        group: who the patient is.
    """
    name = choose_test_set(tables, group)
    if name is None:
        return describe_unknown_worth(group)
    rates = measure_answers(tables[name].dropna(subset=["probability"]), cutoffs)
    return describe_share_sick(rates.share_sick(verdict, prevalence), verdict, name, group)


def describe_share_sick(
    share: Figure, verdict: Verdict, data: str, group: AgeGroup = "children"
) -> str:
    """Return what a verdict means as a natural frequency, in a sentence.

    Args:
        share: from `AnswerRates.share_sick`.
        verdict: the same.
        data: the judged pictures, in words.
        group: who the patient is.

    >>> describe_share_sick(Figure(value=0.876, low=0.82, high=0.91), "pneumonia", "test")
    'Of 100 children with the answer “pneumonia”, about 88 have pneumonia (95 % interval 82 to 91),
    as far as the pictures of “test” are like yours.'
    """
    if share.value is None or share.low is None or share.high is None:
        return f"Among the pictures of “{data}” nobody got the answer “{verdict}”."
    of = "An adult, by the file or the look of the picture: of" if group == "adults" else "Of"
    return (
        f"{of} 100 {group} with the answer “{verdict}”, {_about(share.value)} pneumonia "
        f"(95 % interval {_span(share.low, share.high)}), as far as the pictures of “{data}” are "
        "like yours."
    )


def describe_unknown_worth(group: AgeGroup) -> str:
    """Return that nobody knows what an answer means, where a model was not judged for a patient."""
    if group == "children":
        return "This model was judged on no test pictures: nobody knows what its answer means."
    who = "an adult" if group == "adults" else "a patient of the age that the file tells"
    return (
        f"What the answer means for {who} is not known: this model was judged on no pictures that "
        "are known to show such patients, and figures of small children do not hold for them."
    )


def _about(share: float) -> str:
    """Return a count of 100, never a rounded nobody or everybody.

    >>> _about(0.876), _about(0.004), _about(0.998)
    ('about 88 have', 'fewer than 1 has', 'more than 99 have')
    """
    if share < 0.005:
        return "fewer than 1 has"
    return "more than 99 have" if share > 0.995 else f"about {100 * share:.0f} have"


def _span(low: float, high: float) -> str:
    """Return an interval of shares as counts of 100.

    >>> _span(0.82, 0.914), _span(0, 0.004), _span(0.997, 1)
    ('82 to 91', 'below 1', 'above 99')
    """
    least, most = round(100 * low), round(100 * high)
    if most == 0:
        return "below 1"
    return "above 99" if least == 100 else f"{least} to {most}"
