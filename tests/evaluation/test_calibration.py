"""Temperatures find the truth they were hidden in, and thresholds are no lucky points."""

import numpy as np
import pytest
from scipy.special import expit, logit, ndtr
from sklearn.metrics import log_loss, roc_curve

from xray_core.evaluation.calibration import apply_temperature, choose_threshold, fit_temperature
from xray_core.evaluation.metrics import calibration_error


def draw_calibrated(seed: int, pictures: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    """Return logits that mean what they say, and labels drawn by them."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(1, 3, pictures)
    return logits, (rng.random(pictures) < expit(logits)).astype(int)


@pytest.mark.parametrize("hidden", [0.3, 1.0, 4.0])
def test_the_hidden_temperature_is_found(hidden: float) -> None:
    logits, labels = draw_calibrated(seed=1)
    assert fit_temperature(logits * hidden, labels) == pytest.approx(hidden, rel=0.05)


def test_no_other_temperature_has_a_lower_log_loss() -> None:
    logits, labels = draw_calibrated(seed=2, pictures=500)
    logits = 2.5 * logits
    best = fit_temperature(logits, labels)
    losses = [
        log_loss(labels, apply_temperature(logits, temperature))
        for temperature in (best, *np.linspace(0.3, 6, 40))
    ]
    assert losses[0] <= min(losses[1:])


def test_the_right_temperature_lowers_the_calibration_error() -> None:
    logits, labels = draw_calibrated(seed=3)
    logits = 4 * logits
    before = calibration_error(labels, expit(logits))
    after = calibration_error(labels, apply_temperature(logits, fit_temperature(logits, labels)))
    assert before > 0.05
    assert after < 0.01


def test_huge_logits_neither_overflow_nor_warn() -> None:
    logits = np.array([-1e6, -1e5, 1e6, 1e5, 30.0, -3e4])
    temperature = fit_temperature(logits, [0, 0, 1, 1, 0, 1])
    assert temperature == pytest.approx(20, rel=1e-3)
    probabilities = apply_temperature(logits, temperature)
    assert ((probabilities >= 0) & (probabilities <= 1)).all()


def test_separated_pictures_leave_the_logits_as_they_are() -> None:
    assert fit_temperature([-3.0, -0.1, 0.1, 5.0], [0, 0, 1, 1]) == 1


def test_temperature_one_is_the_plain_sigmoid() -> None:
    logits = np.linspace(-40, 40, 9)
    np.testing.assert_array_equal(apply_temperature(logits, 1.0), expit(logits))


def test_temperature_moves_no_verdict_at_one_half() -> None:
    logits, _ = draw_calibrated(seed=4, pictures=100)
    np.testing.assert_array_equal(apply_temperature(logits, 7.0) >= 0.5, logits >= 0)


def draw_validation(rng: np.random.Generator, pictures: int = 300) -> tuple[np.ndarray, np.ndarray]:
    """Return labels, three quarters pneumonia, and probabilities with an AUC of .995.

    The log-odds of the classes are normal with equal spread around -1.82 and +1.82: the true J is
    highest at 0, a probability of one half.
    """
    labels = (np.arange(pictures) % 4 > 0).astype(int)
    return labels, expit(rng.normal(1.82 * (2 * labels - 1)))


def pick_highest_point(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Return the threshold that most projects would take: the argmax of the empirical J."""
    false_alarms, sensitivity, thresholds = roc_curve(labels, probabilities)
    return float(thresholds[np.argmax(sensitivity - false_alarms)])


def lost_youden(log_odds: np.ndarray) -> np.ndarray:
    """Return how far the true J at some thresholds lies below the best."""
    youden = ndtr(1.82 - log_odds) - ndtr(-1.82 - log_odds)
    return ndtr(1.82) - ndtr(-1.82) - youden


def test_the_threshold_is_near_the_best_and_varies_less_than_the_highest_point() -> None:
    rng = np.random.default_rng(5)
    draws = [draw_validation(rng) for _ in range(50)]
    ours = logit([choose_threshold(*draw) for draw in draws])
    plain = logit([pick_highest_point(*draw) for draw in draws])
    assert abs(ours.mean()) < 0.1
    assert ours.std() < 0.75 * plain.std()
    assert lost_youden(ours).mean() < 0.5 * lost_youden(plain).mean()
    assert lost_youden(ours).max() < 0.02


def test_one_confidently_wrong_label_hardly_moves_the_threshold() -> None:
    labels, probabilities = draw_validation(np.random.default_rng(6))
    before = logit(choose_threshold(labels, probabilities))
    probabilities[np.flatnonzero(labels == 0)[0]] = 1 - 1e-9
    assert logit(choose_threshold(labels, probabilities)) == pytest.approx(before, abs=0.1)


def test_a_gap_between_the_classes_is_cut_in_its_middle() -> None:
    labels = np.repeat([0, 1], 50)
    rng = np.random.default_rng(7)
    logits = np.where(labels == 1, 6, -2) + rng.uniform(-1, 1, 100)
    assert logit(choose_threshold(labels, expit(logits))) == pytest.approx(2, abs=0.3)


def test_the_threshold_follows_the_scores_of_an_uncalibrated_model() -> None:
    labels, probabilities = draw_validation(np.random.default_rng(8))
    shifted = expit(logit(probabilities) + 3)
    expected = logit(choose_threshold(labels, probabilities)) + 3
    assert logit(choose_threshold(labels, shifted)) == pytest.approx(expected, abs=0.01)


def test_probabilities_of_exactly_zero_and_one_are_taken() -> None:
    threshold = choose_threshold([0, 0, 1, 1], np.array([0, 0, 1, 1], np.float32))
    assert threshold == pytest.approx(0.5, abs=1e-4)


def test_answers_that_are_all_alike_give_a_threshold_all_the_same() -> None:
    assert choose_threshold([0, 1], [0.7, 0.7]) == pytest.approx(0.7)


def test_sixteen_pictures_are_enough_for_an_answer() -> None:
    labels, probabilities = draw_validation(np.random.default_rng(9), 16)
    assert 0.1 < choose_threshold(labels, probabilities) < 0.9


@pytest.mark.parametrize("label", [0, 1])
def test_one_class_cannot_be_chosen_on(label: int) -> None:
    message = f"Received {2 * label} with pneumonia of 2"
    with pytest.raises(ValueError, match=message):
        choose_threshold([label, label], [0.2, 0.8])
    with pytest.raises(ValueError, match=message):
        fit_temperature([-1.0, 1.0], [label, label])


@pytest.mark.parametrize(
    ("logits", "labels", "message"),
    [
        ([0.0, 1.0], [1], r"Received shapes \(1,\) \(labels\) and \(2,\)"),
        ([], [], r"Received shape \(0,\) with 0"),
        ([0.0, float("nan")], [0, 1], r"Received shape \(2,\) with 1 that are not finite"),
        ([0.0, float("inf")], [0, 1], r"Received shape \(2,\) with 1 that are not finite"),
        ([0.0, 1.0], [0, 3], "such as 3"),
    ],
)
def test_bad_logits_and_labels_are_refused_by_name(
    logits: list[float], labels: list[int], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        fit_temperature(logits, labels)


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan"), float("inf")])
def test_a_temperature_that_is_none_is_refused(temperature: float) -> None:
    with pytest.raises(ValueError, match=f"Received {temperature}"):
        apply_temperature([0.0], temperature)
