"""What three answers are worth is counted, and means what Bayes says it means."""

import numpy as np
import pandas as pd
import pytest

from xray_core.diagnosis.conformal import Cutoffs
from xray_core.evaluation.answer_worth import describe_share_sick
from xray_core.evaluation.decision import weigh_consequences
from xray_core.evaluation.three_answers import measure_answers, tabulate_answers
from xray_core.model_card import Figure

CUTOFFS = Cutoffs(low=0.3, high=0.7, error_rate=0.05)


def judged(sick: list[float], well: list[float]) -> pd.DataFrame:
    probabilities = [*sick, *well]
    return pd.DataFrame(
        {
            "patient": [f"p{place}" for place in range(len(probabilities))],
            "label": [1] * len(sick) + [0] * len(well),
            "probability": probabilities,
        }
    )


def test_each_class_is_shared_out_over_the_three_answers():
    rates = measure_answers(judged([0.9, 0.8, 0.5, 0.1], [0.1, 0.2]), CUTOFFS)
    shares = {verdict: figure.value for verdict, figure in rates.pneumonia.items()}
    assert shares == {"pneumonia": 0.5, "normal": 0.25, "cannot tell": 0.25}
    assert rates.normal["normal"].value == 1
    assert rates.as_figures()["kept_pneumonia"].value == 0.75


def test_share_sick_is_the_predictive_value():
    rates = measure_answers(judged([0.9] * 90 + [0.1] * 10, [0.9] * 20 + [0.1] * 80), CUTOFFS)
    expected = weigh_consequences(0.9, 0.8, prevalence=0.3, miss_cost=1)
    assert rates.share_sick("pneumonia", 0.3).value == pytest.approx(expected.ppv)
    assert 1 - rates.share_sick("normal", 0.3).value == pytest.approx(expected.npv)


def test_interval_holds_the_truth_about_as_often_as_it_says():
    rng, held = np.random.default_rng(0), []
    truth = 0.2 * 0.9 / (0.2 * 0.9 + 0.8 * 0.1)
    for _ in range(300):
        sick = np.where(rng.random(200) < 0.9, 0.9, 0.1)
        well = np.where(rng.random(150) < 0.1, 0.9, 0.1)
        found = measure_answers(judged(list(sick), list(well)), CUTOFFS).share_sick(
            "pneumonia", 0.2
        )
        held.append(found.low <= truth <= found.high)
    assert 0.92 <= np.mean(held) <= 0.99


def test_an_answer_that_no_normal_picture_got_has_an_interval_below_certainty():
    share = measure_answers(judged([0.9] * 50, [0.1] * 50), CUTOFFS).share_sick("pneumonia", 0.2)
    assert share.value == 1
    assert 0.5 < share.low < 1
    assert share.high == 1


def test_an_answer_that_nobody_got_means_nothing():
    share = measure_answers(judged([0.9], [0.1]), CUTOFFS).share_sick("cannot tell", 0.2)
    assert share == Figure(value=None)
    assert "nobody got the answer" in describe_share_sick(share, "cannot tell", "test")


def test_table_has_a_row_for_each_data_set_and_class():
    rates = measure_answers(judged([0.9, 0.5], [0.1]), CUTOFFS)
    table = tabulate_answers({"test": rates, "elsewhere": rates})
    assert table["Pictures"].tolist() == ["test", "test", "elsewhere", "elsewhere"]
    assert table["Cannot tell, %"][0].startswith("50.0 (")
