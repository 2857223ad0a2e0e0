"""Predictive values, costs and net benefits agree with published examples and with counting."""

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import confusion_matrix, roc_curve

from xray_core.evaluation.decision import (
    estimate_share,
    net_benefits,
    share_called,
    weigh_consequences,
)
from xray_core.evaluation.metrics import count_calls


def draw_answers(seed: int = 0, pictures: int = 200) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = (rng.random(pictures) < 0.4).astype(int)
    return labels, np.round(np.clip(0.3 * labels + rng.random(pictures) * 0.7, 0, 1), 2)


@pytest.mark.parametrize("threshold", [0.0, 0.31, 0.5, 1.0])
def test_counts_agree_with_scikit_learn(threshold: float) -> None:
    labels, probabilities = draw_answers()
    counts = count_calls(labels, probabilities, threshold)
    expected = confusion_matrix(labels, probabilities >= threshold, labels=[0, 1])
    assert list(counts.model_dump().values()) == expected.ravel().tolist()


@pytest.mark.parametrize(
    ("prevalence", "ppv", "npv"), [(258 / 344, 0.88, 0.67), (0.25, 0.45, 0.95)]
)
def test_predictive_values_are_the_published_ones(
    prevalence: float, ppv: float, npv: float
) -> None:
    # Altman and Bland 1994, "Diagnostic tests 2": liver scans, 231 of 258 ill and 54 of 86 well.
    found = weigh_consequences(231 / 258, 54 / 86, prevalence, miss_cost=1)
    assert found.ppv == pytest.approx(ppv, abs=0.005)
    assert found.npv == pytest.approx(npv, abs=0.005)


def test_costs_are_those_of_a_thousand_pictures_counted_by_hand() -> None:
    # 1,000 pictures, 200 ill: 180 found, 20 missed; 800 well: 720 spared, 80 false alarms.
    found = weigh_consequences(0.9, 0.9, 0.2, miss_cost=5)
    assert found.missed == pytest.approx(20)
    assert found.false_alarms == pytest.approx(80)
    assert found.cost == pytest.approx(5 * 20 + 80)


def test_predictive_values_are_none_where_nothing_is_called_so() -> None:
    assert weigh_consequences(0.0, 1.0, 0.3, 1).ppv is None
    assert weigh_consequences(1.0, 0.0, 0.3, 1).npv is None


def test_shares_called_are_the_roc_curve_of_scikit_learn() -> None:
    labels, probabilities = draw_answers()
    alarms, found, thresholds = roc_curve(labels, probabilities, drop_intermediate=False)
    ours = share_called(labels, probabilities, thresholds)
    assert ours[0] == pytest.approx(found)
    assert ours[1] == pytest.approx(alarms)


def test_net_benefit_is_counted_as_vickers_and_elkin_do() -> None:
    labels, probabilities = draw_answers()
    for threshold in (0.1, 0.35, 0.6):
        called = probabilities >= threshold
        true, false = (called & (labels == 1)).sum(), (called & (labels == 0)).sum()
        by_hand = (true - false * threshold / (1 - threshold)) / len(labels)
        assert net_benefits(labels, probabilities, np.array([threshold])) == pytest.approx(by_hand)


def test_net_benefit_of_all_and_of_none() -> None:
    labels = np.array([0, 0, 0, 1])
    thresholds = np.array([0.1, 0.25, 0.5])
    everyone = net_benefits(labels, np.ones(4), thresholds)
    assert everyone == pytest.approx(0.25 - 0.75 * thresholds / (1 - thresholds))
    assert everyone[1] == pytest.approx(0)  # where the threshold is the prevalence
    assert net_benefits(labels, np.zeros(4), thresholds).tolist() == [0, 0, 0]


def test_net_benefit_at_another_prevalence_is_that_of_other_pictures() -> None:
    labels, probabilities = draw_answers()
    thresholds = np.array([0.2, 0.5])
    doubled = np.concatenate([np.arange(len(labels)), np.flatnonzero(labels)])
    expected = net_benefits(labels[doubled], probabilities[doubled], thresholds)
    prevalence = float(labels[doubled].mean())
    assert net_benefits(labels, probabilities, thresholds, prevalence) == pytest.approx(expected)


def test_one_class_alone_has_a_net_benefit() -> None:
    assert net_benefits([1, 1], [0.9, 0.1], np.array([0.5])).tolist() == [0.5]
    assert net_benefits([0, 0], [0.9, 0.1], np.array([0.5])).tolist() == [-0.5]


def test_a_share_of_single_pictures_has_wilsons_interval() -> None:
    right = np.arange(50) < 41
    found = estimate_share(right, np.arange(50))
    expected = binomtest(41, 50).proportion_ci(method="wilson")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=0.003)
    assert estimate_share(right[:0], []).value is None
    everything = estimate_share(np.ones(40, bool), np.arange(40) // 4)
    assert (everything.value, everything.high) == (1, 1)
    assert everything.low == pytest.approx(binomtest(10, 10).proportion_ci(method="wilson").low)


def test_the_interval_of_a_share_covers_the_truth_with_many_pictures_of_a_patient() -> None:
    rng = np.random.default_rng(0)
    repeats, covered = 600, 0
    patients = np.repeat(np.arange(80), 3)
    for _ in range(repeats):
        skill = rng.beta(8, 2, size=80)  # pictures of one child are alike
        found = estimate_share(rng.random(240) < np.repeat(skill, 3), patients)
        covered += found.low <= 0.8 <= found.high
    assert 0.92 <= covered / repeats <= 0.98
