"""Scores agree with scikit-learn, and say nothing where nothing can be said."""

import numpy as np
import pytest
from pydantic import ValidationError
from sklearn import metrics as reference

from xray_core.evaluation.metrics import (
    Confusion,
    bin_probabilities,
    calibration_error,
    matthews_correlation,
    score_predictions,
)


def draw_predictions(seed: int, pictures: int = 300) -> tuple[np.ndarray, np.ndarray]:
    """Return labels and probabilities with ties, some of them on the threshold."""
    rng = np.random.default_rng(seed)
    labels = (rng.random(pictures) < 0.6).astype(int)
    probabilities = np.clip(0.5 + 0.3 * (labels - 0.5) + 0.25 * rng.normal(size=pictures), 0, 1)
    return labels, np.round(probabilities, 2)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("threshold", [0.31, 0.5, 0.77])
def test_scores_agree_with_scikit_learn(seed: int, threshold: float) -> None:
    labels, probabilities = draw_predictions(seed)
    called = (probabilities >= threshold).astype(int)
    scores = score_predictions(labels, probabilities, threshold)
    assert scores.n == len(labels)
    assert scores.accuracy == pytest.approx(reference.accuracy_score(labels, called))
    assert scores.sensitivity == pytest.approx(reference.recall_score(labels, called))
    assert scores.specificity == pytest.approx(reference.recall_score(labels, called, pos_label=0))
    assert scores.precision == pytest.approx(reference.precision_score(labels, called))
    assert scores.f1 == pytest.approx(reference.f1_score(labels, called))
    assert scores.mcc == pytest.approx(reference.matthews_corrcoef(labels, called))
    assert scores.auc == pytest.approx(reference.roc_auc_score(labels, probabilities))
    assert scores.pr_auc == pytest.approx(reference.average_precision_score(labels, probabilities))
    assert scores.brier == pytest.approx(reference.brier_score_loss(labels, probabilities))
    counts = reference.confusion_matrix(labels, called).ravel().tolist()
    assert list(scores.confusion.model_dump().values()) == counts
    assert list(scores.confusion.model_dump()) == ["tn", "fp", "fn", "tp"]


def test_a_probability_on_the_threshold_is_called_pneumonia() -> None:
    assert score_predictions([1], [0.5], 0.5).confusion == Confusion(tn=0, fp=0, fn=0, tp=1)


def test_without_normals_specificity_and_auc_are_none() -> None:
    scores = score_predictions([1, 1], [0.9, 0.2], 0.5)
    assert scores.specificity is None
    assert scores.auc is None
    assert scores.sensitivity == 0.5
    assert scores.precision == 1


def test_without_pneumonias_sensitivity_and_auc_are_none() -> None:
    scores = score_predictions([0, 0], [0.9, 0.2], 0.5)
    assert scores.sensitivity is None
    assert scores.auc is None
    assert scores.specificity == 0.5
    assert scores.precision == 0
    assert scores.f1 == 0


def test_precision_is_none_when_nothing_is_called_pneumonia() -> None:
    scores = score_predictions([0, 1], [0.1, 0.2], 0.5)
    assert scores.precision is None
    assert scores.sensitivity == 0
    assert scores.f1 == 0


def test_f1_is_none_with_neither_pneumonia_nor_call() -> None:
    scores = score_predictions([0, 0], [0.1, 0.2], 0.5)
    assert scores.f1 is None
    assert scores.accuracy == 1


def test_matthews_correlation_of_a_published_example() -> None:
    # Chicco and Jurman 2020, "The advantages of the Matthews correlation coefficient over F1 score
    # and accuracy": F1 says .95 where the negatives are guessed.
    assert matthews_correlation(tn=1, fp=4, fn=5, tp=90) == pytest.approx(0.135, abs=5e-4)


def test_mcc_is_none_when_everything_is_called_alike() -> None:
    scores = score_predictions([0, 1], [0.1, 0.2], 0.5)
    assert scores.mcc is None
    assert scores.pr_auc == 1
    assert scores.brier == pytest.approx((0.1**2 + 0.8**2) / 2)


def test_scores_survive_json() -> None:
    scores = score_predictions([1, 1], [0.9, 0.2], 0.5)
    assert type(scores).model_validate_json(scores.model_dump_json()) == scores


def test_scores_cannot_be_changed() -> None:
    scores = score_predictions([0, 1], [0.1, 0.9], 0.5)
    with pytest.raises(ValidationError, match="frozen"):
        scores.accuracy = 0.0
    with pytest.raises(ValidationError, match="frozen"):
        scores.confusion.tp = 0


def test_calibration_error_equals_the_hand_computation() -> None:
    # Bin (1/15, 2/15]: predicted .10 and .12, none ill:   2 pictures, gap |.11 - 0|    = .11
    # Bin (7/15, 8/15]: predicted .50, half ill:           2 pictures, gap |.50 - .5|   = 0
    # Bin (13/15, 14/15]: predicted .90 .90 .93, two ill:  3 pictures, gap |.91 - 2/3|  = .24333
    # Bin (14/15, 1]: predicted 1, ill:                    1 picture,  gap 0
    labels = [0, 0, 0, 1, 1, 1, 0, 1]
    probabilities = [0.10, 0.12, 0.50, 0.50, 0.90, 0.90, 0.93, 1.0]
    by_hand = (2 * 0.11 + 2 * 0 + 3 * (0.91 - 2 / 3) + 1 * 0) / 8
    assert calibration_error(labels, probabilities) == pytest.approx(by_hand)
    assert score_predictions(labels, probabilities, 0.5).ece == pytest.approx(by_hand)


def test_calibration_error_agrees_with_a_loop_over_the_bins() -> None:
    labels, probabilities = draw_predictions(seed=8)
    expected = 0.0
    for number in range(15):
        inside = (probabilities > number / 15) & (probabilities <= (number + 1) / 15)
        if number == 0:
            inside |= probabilities == 0
        if inside.any():
            gap = abs(labels[inside].mean() - probabilities[inside].mean())
            expected += gap * inside.sum() / len(labels)
    assert calibration_error(labels, probabilities) == pytest.approx(expected)


def test_calibration_error_sees_too_much_certainty() -> None:
    rng = np.random.default_rng(3)
    honest = rng.random(20_000)
    labels = (rng.random(20_000) < honest).astype(int)
    sharpened = honest**3 / (honest**3 + (1 - honest) ** 3)
    assert calibration_error(labels, honest) < 0.02
    assert calibration_error(labels, sharpened) > 0.1


def test_bins_include_their_upper_edge_and_the_first_one_zero() -> None:
    edges = np.linspace(0, 1, 16)
    assert bin_probabilities(edges).tolist() == [0, *range(15)]


@pytest.mark.parametrize(
    ("labels", "probabilities", "threshold", "message"),
    [
        ([0, 1], [0.5], 0.5, r"Received shapes \(2,\) \(labels\) and \(1,\)"),
        ([], [], 0.5, r"at least one.* Received shapes \(0,\)"),
        ([[0, 1]], [[0.1, 0.2]], 0.5, r"flat arrays. Received shapes \(1, 2\)"),
        ([0, 1], [0.5, 1.2], 0.5, r"Received 1 others, such as 1\.2"),
        ([0, 1], [0.5, -0.1], 0.5, r"Received 1 others, such as -0\.1"),
        ([0, 1], [0.5, float("nan")], 0.5, "Received 1 others, such as nan"),
        ([0, 2], [0.5, 0.5], 0.5, "Received 1 others, such as 2"),
        ([0, float("nan")], [0.5, 0.5], 0.5, "Received 1 others, such as nan"),
        ([0, 1], [0.5, 0.5], 1.5, "threshold from 0 to 1. Received 1.5"),
        ([0, 1], [0.5, 0.5], float("nan"), "threshold from 0 to 1. Received nan"),
    ],
)
def test_bad_input_is_refused_by_name(
    labels: list[float], probabilities: list[float], threshold: float, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        score_predictions(labels, probabilities, threshold)
