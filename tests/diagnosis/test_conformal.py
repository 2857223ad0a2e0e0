"""Three answers: what is promised holds, and doubt grows where errors may not."""

import numpy as np
import pytest

from xray_core.diagnosis.conformal import (
    ConformalScores,
    Cutoffs,
    read_scores,
    write_scores,
)
from xray_core.errors import IncompatibleModelError


def draw(rng: np.random.Generator, count: int, shift: float) -> ConformalScores:
    normal, sick = rng.normal(-shift, 1, count), rng.normal(shift, 1, count)
    return ConformalScores(np.sort(1 / (1 + np.exp(-normal))), np.sort(1 / (1 + np.exp(-sick))))


@pytest.mark.parametrize("shift", [0.3, 1.0, 4.0])
@pytest.mark.parametrize("error_rate", [0.02, 0.05, 0.2])
def test_on_average_no_more_of_a_class_are_called_wrongly_than_allowed(shift, error_rate):
    rng = np.random.default_rng(0)
    wrong = []
    for _ in range(200):
        cutoffs = draw(rng, 150, shift).choose_cutoffs(error_rate)
        fresh = draw(rng, 200, shift)
        wrong.append(
            ((fresh.pneumonia < cutoffs.low).mean(), (fresh.normal >= cutoffs.high).mean())
        )
    assert np.mean(wrong, axis=0) == pytest.approx([0, 0], abs=error_rate + 0.005)


def test_classes_that_overlap_cost_doubt_and_use_up_the_allowed_errors():
    rng = np.random.default_rng(0)
    cutoffs = draw(rng, 4000, shift=0.5).choose_cutoffs(0.05)
    fresh = draw(rng, 4000, shift=0.5)
    assert (fresh.pneumonia < cutoffs.low).mean() == pytest.approx(0.05, abs=0.015)
    assert (fresh.normal >= cutoffs.high).mean() == pytest.approx(0.05, abs=0.015)


def test_fewer_errors_mean_more_doubt_where_classes_overlap():
    scores = draw(np.random.default_rng(0), 400, shift=0.5)
    widths = [
        cutoffs.high - cutoffs.low for cutoffs in map(scores.choose_cutoffs, (0.01, 0.05, 0.2))
    ]
    assert widths[0] > widths[1] > widths[2]


def test_too_few_pictures_rule_nothing_out():
    cutoffs = ConformalScores(np.full(3, 0.1), np.full(3, 0.9)).choose_cutoffs(0.05)
    assert {cutoffs.decide(p) for p in (0.0, 0.5, 1.0)} == {"cannot tell"}


def test_a_value_seen_in_validation_stays_possible():
    normal, sick = np.linspace(0, 0.5, 19), np.linspace(0.4, 1, 19)
    cutoffs = ConformalScores(normal, sick).choose_cutoffs(0.05)
    assert cutoffs.decide(normal[-1]) == "cannot tell"
    assert cutoffs.decide(sick[0]) == "cannot tell"
    assert cutoffs.decide(0.39) == "normal"
    assert cutoffs.decide(0.51) == "pneumonia"


def test_scores_are_read_as_they_were_written():
    labels, probabilities = np.array([1, 0, 1, 0]), np.array([0.75, 0.25, 0.5, 0.125])
    scores = read_scores(write_scores(labels, probabilities))
    assert scores.normal.tolist() == [0.125, 0.25]
    assert scores.pneumonia.tolist() == [0.5, 0.75]


@pytest.mark.parametrize("data", [b"", b"label,probability\n", b"a,b\nx,y\n", b"l,p\n1,0.5\n"])
def test_a_broken_file_of_scores_is_refused(data):
    with pytest.raises(IncompatibleModelError, match=r"calibration\.csv"):
        read_scores(data)


@pytest.mark.parametrize("error_rate", [0, 1, -0.1])
def test_an_impossible_error_rate_is_refused(error_rate):
    with pytest.raises(ValueError, match="error rate"):
        draw(np.random.default_rng(0), 9, 1).choose_cutoffs(error_rate)


def test_verdicts_share_their_borders_with_nobody():
    cutoffs = Cutoffs(low=0.5, high=0.5, error_rate=0.1)
    assert cutoffs.decide(0.5) == "pneumonia"
    assert cutoffs.decide(np.nextafter(0.5, 0)) == "normal"
