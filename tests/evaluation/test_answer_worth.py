"""What an answer means is told by figures of patients like the one who got it, or not at all."""

import pandas as pd
import pytest

from xray_core.diagnosis.age_group import find_age_group
from xray_core.diagnosis.conformal import Cutoffs
from xray_core.diagnosis.gate import Concern
from xray_core.diagnosis.track_record import ADULTS
from xray_core.evaluation.answer_worth import describe_worth
from xray_core.images.xray import AcquisitionHeader
from xray_core.model_store import DEFAULT_CLASSIFIER, read_classifier_card

CUTOFFS = Cutoffs(low=0.3, high=0.7, error_rate=0.05)
LOOKS_ADULT = (Concern("adult", "It looks like an adult's."),)


def judged(false_alarms: int) -> pd.DataFrame:
    """Return 100 pneumonias that were all found, and 100 normal ones with some false alarms."""
    well = [0.9] * false_alarms + [0.1] * (100 - false_alarms)
    return pd.DataFrame(
        {
            "patient": [f"p{place}" for place in range(200)],
            "label": [1] * 100 + [0] * 100,
            "probability": [0.9] * 100 + well,
        }
    )


@pytest.mark.parametrize(
    ("age_years", "concerns", "expected"),
    [
        (None, (), "children"),
        (None, LOOKS_ADULT, "adults"),
        (64.0, (), "adults"),
        (3.0, LOOKS_ADULT, "children"),
        (0.5, (), "others"),
        (12.0, LOOKS_ADULT, "others"),
    ],
)
def test_the_files_age_tells_whom_it_shows_and_else_the_look_of_it(age_years, concerns, expected):
    assert find_age_group(AcquisitionHeader(age_years=age_years), concerns) == expected


def test_an_adults_answer_is_weighed_by_adults():
    tables = {"test": judged(0), ADULTS: judged(50)}
    child = describe_worth(tables, CUTOFFS, "pneumonia", 0.5, "children")
    adult = describe_worth(tables, CUTOFFS, "pneumonia", 0.5, "adults")
    assert child.startswith("Of 100 children with the answer “pneumonia”, more than 99 have")
    assert "of 100 adults with the answer “pneumonia”, about 67 have" in adult
    assert ADULTS in adult


@pytest.mark.parametrize("group", ["adults", "others"])
def test_figures_of_children_are_told_to_nobody_else(group):
    told = describe_worth({"test": judged(0)}, CUTOFFS, "pneumonia", 0.5, group)
    assert "not known" in told
    assert "of 100" not in told.lower()


def test_figures_of_adults_are_not_told_to_children():
    assert "judged on no test pictures" in describe_worth(
        {ADULTS: judged(0)}, CUTOFFS, "normal", 0.5, "children"
    )


def test_the_shipped_model_was_judged_on_adults_under_this_name():
    assert ADULTS in read_classifier_card(DEFAULT_CLASSIFIER).measurements
