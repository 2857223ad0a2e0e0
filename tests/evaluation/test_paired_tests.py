"""Paired tests agree with their definitions and with published examples, and cover the truth."""

import math

import numpy as np
import pytest
from scipy.special import ndtr
from scipy.stats import binomtest, norm
from sklearn.metrics import roc_auc_score

from xray_core.evaluation.paired_tests import (
    compare_calls,
    compare_rankings,
    estimate_aucs,
    mcnemar_p,
)

# DeLong et al. 1988: albumin, total protein, Kazanjian-Gibson score, and whether surgery did not
# help, of 49 patients; as printed in the SAS/STAT guide, "Comparing receiver operating
# characteristic curves".
OVARIAN = """
3.0 5.8 10 0   3.2 6.3  5 1   3.9 6.8  3 1   2.8 4.8  6 0   3.2 5.8  3 1   0.9 4.0  5 0
2.5 5.7  8 0   1.6 5.6  5 1   3.8 5.7  5 1   3.7 6.7  6 1   3.2 5.4  4 1   3.8 6.6  6 1
4.1 6.6  5 1   3.6 5.7  5 1   4.3 7.0  4 1   3.6 6.7  4 0   2.3 4.4  6 1   4.2 7.6  4 0
4.0 6.6  6 0   3.5 5.8  6 1   3.8 6.8  7 1   3.0 4.7  8 0   4.5 7.4  5 1   3.7 7.4  5 1
3.1 6.6  6 1   4.1 8.2  6 1   4.3 7.0  5 1   4.3 6.5  4 1   3.2 5.1  5 1   2.6 4.7  6 1
3.3 6.8  6 0   1.7 4.0  7 0   3.7 6.1  5 1   3.3 6.3  7 1   4.2 7.7  6 1   3.5 6.2  5 1
2.9 5.7  9 0   2.1 4.8  7 1   2.8 6.2  8 0   4.0 7.0  7 1   3.3 5.7  6 1   3.7 6.9  5 1
3.6 6.6  5 1"""


def read_ovarian() -> tuple[np.ndarray, np.ndarray]:
    """Return labels (43,) and the scores of three tests (3, 43), higher for label 1."""
    table = np.array(OVARIAN.split(), float).reshape(-1, 4)
    return table[:, 3].astype(int), np.stack([table[:, 0], 10 - table[:, 2], table[:, 1]])


def delong_by_definition(labels: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Return the covariance of AUCs from every pair of a sick and a well one, as in the paper."""
    ill, well = scores[:, labels == 1], scores[:, labels == 0]
    wins = (ill[:, :, None] > well[:, None, :]) + 0.5 * (ill[:, :, None] == well[:, None, :])
    of_ill, of_well = wins.mean(axis=2), wins.mean(axis=1)
    return np.cov(of_ill) / of_ill.shape[1] + np.cov(of_well) / of_well.shape[1]


def draw_two_models(
    rng: np.random.Generator, pictures: int, better: float = 0.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return labels and the probabilities of two models that err on much the same pictures."""
    labels = np.arange(pictures) % 2
    shared = rng.normal(size=pictures)
    logits = [
        (2 * labels - 1) * (1 + gain) + 0.8 * shared + 0.6 * rng.normal(size=pictures)
        for gain in (better, 0.0)
    ]
    return labels, ndtr(logits[0]), ndtr(logits[1])


@pytest.mark.parametrize(
    ("only_first", "only_second", "p"),
    [
        # Bentur et al. 2009 in Fagerland et al. 2013, BMC Med Res Methodol 13:91.
        (1, 7, 0.0703),
        # Armitage and Berry 1994, page 127: two media for cultures.
        (12, 2, 0.0129),
        (0, 0, 1.0),
        (5, 5, 1.0),
    ],
)
def test_mcnemar_gives_the_published_p(only_first: int, only_second: int, p: float) -> None:
    assert mcnemar_p(only_first, only_second) == pytest.approx(p, abs=5e-5)
    assert mcnemar_p(only_second, only_first) == mcnemar_p(only_first, only_second)


def test_compare_calls_counts_what_one_model_alone_gets_right() -> None:
    labels, first, second = draw_two_models(np.random.default_rng(0), 400, better=0.3)
    calls = [probabilities >= 0.5 for probabilities in (first, second)]
    found = compare_calls(labels, *calls, np.arange(400))
    right = [call == labels for call in calls]
    alone = int((right[0] & ~right[1]).sum()), int((right[1] & ~right[0]).sum())
    assert found.value == pytest.approx(right[0].mean() - right[1].mean())
    assert found.p == pytest.approx(binomtest(alone[0], sum(alone), 0.5).pvalue)
    mirrored = compare_calls(labels, *calls[::-1], np.arange(400))
    assert mirrored.value == -found.value
    assert (mirrored.low, mirrored.high) == pytest.approx((-found.high, -found.low))


def test_delong_agrees_with_its_definition_and_with_scikit_learn() -> None:
    rng = np.random.default_rng(1)
    labels, *models = draw_two_models(rng, 120, better=0.4)
    scores = np.round(np.stack(models), 1)  # rounded, so that there are ties
    areas, covariance = estimate_aucs(labels, scores)
    assert areas == pytest.approx([roc_auc_score(labels, row) for row in scores])
    assert covariance == pytest.approx(delong_by_definition(labels, scores))
    error = math.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    found = compare_rankings(labels, *scores, np.arange(120))
    assert found.p == pytest.approx(2 * norm.sf(abs(areas[0] - areas[1]) / error))


def test_delong_gives_the_published_errors_and_test() -> None:
    labels, scores = read_ovarian()
    areas, covariance = estimate_aucs(labels, scores)
    assert len(labels) == 43
    assert np.sqrt(np.diag(covariance)) == pytest.approx([0.0927, 0.1028, 0.1000], abs=5e-5)
    contrast = np.array([[1, -1, 0], [0, -1, 1]])
    apart = contrast @ areas
    statistic = apart @ np.linalg.solve(contrast @ covariance @ contrast.T, apart)
    assert statistic == pytest.approx(2.5340, abs=5e-5)


def test_intervals_of_differences_cover_the_truth_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(2)
    truth = {"accuracy": ndtr(1.3) - ndtr(1), "AUC": ndtr(1.3 * 2**0.5) - ndtr(2**0.5)}
    repeats, covered = 200, dict.fromkeys(truth, 0)
    for _ in range(repeats):
        labels, first, second = draw_two_models(rng, 200, better=0.3)
        found = (
            compare_calls(labels, first >= 0.5, second >= 0.5, np.arange(200), 300),
            compare_rankings(labels, first, second, np.arange(200), 300),
        )
        for difference in found:
            covered[difference.figure] += difference.low <= truth[difference.figure]
            covered[difference.figure] -= difference.high < truth[difference.figure]
    for name, count in covered.items():
        assert 0.89 <= count / repeats <= 0.99, name


def test_equal_models_are_rarely_called_different() -> None:
    rng = np.random.default_rng(3)
    repeats, alarms = 200, {"accuracy": 0, "AUC": 0}
    for _ in range(repeats):
        labels, first, second = draw_two_models(rng, 150)
        calls = [first >= 0.5, second >= 0.5]
        alarms["accuracy"] += compare_calls(labels, *calls, np.arange(150), 10).p < 0.05
        alarms["AUC"] += compare_rankings(labels, first, second, np.arange(150), 10).p < 0.05
    assert alarms["accuracy"] / repeats <= 0.07  # exact: at most .05
    assert 0.01 <= alarms["AUC"] / repeats <= 0.10


def test_the_number_of_pictures_needed_finds_the_difference_four_times_in_five() -> None:
    rng = np.random.default_rng(4)
    labels, first, second = draw_two_models(rng, 200_000, better=0.15)
    calls = compare_calls(labels, first >= 0.5, second >= 0.5, np.arange(200_000), 1)
    ranks = compare_rankings(labels, first, second, np.arange(200_000), 1)
    found = {"accuracy": 0, "AUC": 0}
    repeats = 150
    for _ in range(repeats):
        labels, first, second = draw_two_models(rng, calls.needed, better=0.15)
        right = [(probabilities >= 0.5) == labels for probabilities in (first, second)]
        alone = int((right[0] & ~right[1]).sum()), int((right[1] & ~right[0]).sum())
        found["accuracy"] += mcnemar_p(*alone) < 0.05
        labels, *models = draw_two_models(rng, ranks.needed, better=0.15)
        areas, covariance = estimate_aucs(labels, np.stack(models))
        error = math.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
        found["AUC"] += abs(areas[0] - areas[1]) / error > 1.96
    for name, count in found.items():
        assert 0.68 <= count / repeats <= 0.92, name


def test_many_pictures_of_one_patient_make_the_interval_wider() -> None:
    labels, first, second = draw_two_models(np.random.default_rng(5), 60, better=0.6)
    labels, first, second = (np.repeat(values, 5) for values in (labels, first, second))
    alone = compare_calls(labels, first >= 0.5, second >= 0.5, np.arange(300))
    by_patient = compare_calls(labels, first >= 0.5, second >= 0.5, np.arange(300) // 5)
    assert by_patient.high - by_patient.low > 1.5 * (alone.high - alone.low)
    assert by_patient.p == alone.p


def test_pictures_of_the_same_patients_tell_less_so_more_are_needed() -> None:
    labels, first, second = draw_two_models(np.random.default_rng(5), 60, better=0.6)
    labels, first, second = (np.repeat(values, 5) for values in (labels, first, second))
    for compare, calls in ((compare_calls, True), (compare_rankings, False)):
        answers = [values >= 0.5 if calls else values for values in (first, second)]
        alone = compare(labels, *answers, np.arange(300))
        by_patient = compare(labels, *answers, np.arange(300) // 5)
        assert 3.5 < by_patient.needed / alone.needed < 6.5


def test_a_difference_without_any_error_is_not_called_chance() -> None:
    labels = np.repeat([0, 1], 40)
    found = compare_rankings(labels, 0.1 + 0.8 * labels, np.full(80, 0.5), np.arange(80))
    assert (found.value, found.p, found.needed) == (0.5, 0, None)
    assert found.is_real


def test_two_equal_answers_differ_by_nothing_and_no_number_of_pictures_would_tell() -> None:
    labels = np.array([0, 0, 1, 1])
    calls = compare_calls(labels, labels, labels, np.arange(4))
    ranks = compare_rankings(labels, [0.1, 0.2, 0.8, 0.9], [0.1, 0.2, 0.8, 0.9], np.arange(4))
    for found in (calls, ranks):
        assert (found.value, found.p, found.needed) == (0, 1, None)
        assert found.is_chance
        assert not found.is_real


def test_bad_input_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="Received shapes"):
        compare_calls([0, 1], [1], [1], ["a"])
    with pytest.raises(ValueError, match="both classes"):
        compare_rankings([1, 1], [0.5, 0.6], [0.5, 0.6], ["a", "b"])
    with pytest.raises(ValueError, match="Expected 2 patients"):
        compare_calls([0, 1], [0, 1], [0, 1], ["a"])
