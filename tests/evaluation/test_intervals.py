"""Intervals cover the truth as often as they say, and agree with SciPy's."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtr
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    f1_score,
    matthews_corrcoef,
    precision_score,
    recall_score,
    roc_auc_score,
)

from xray_core.evaluation.intervals import (
    _score_resamples,
    bootstrap_intervals,
    draw_weights,
)
from xray_core.evaluation.metrics import Scores, calibration_error, score_predictions

SCORE_NAMES = set(Scores.model_fields) - {"n", "confusion"}


def draw_predictions(
    rng: np.random.Generator, pictures: int = 120
) -> tuple[np.ndarray, np.ndarray]:
    """Return labels, half of them pneumonia, and probabilities whose true figures are known.

    The log-odds of the classes are normal, two standard deviations apart: the AUC is
    ndtr(2 ** .5), sensitivity and specificity at one half are ndtr(1).
    """
    labels = np.arange(pictures) % 2
    logits = rng.normal(2 * labels - 1.0)
    return labels, ndtr(logits)


def test_every_score_has_an_interval_around_it() -> None:
    labels, probabilities = draw_predictions(np.random.default_rng(0))
    scores = score_predictions(labels, probabilities, 0.5)
    intervals = bootstrap_intervals(labels, probabilities, 0.5, np.arange(len(labels)), 500)
    assert set(intervals) == SCORE_NAMES
    for name in SCORE_NAMES:
        interval = intervals[name]
        assert interval is not None
        assert interval[0] < getattr(scores, name) < interval[1]


def test_each_resample_scores_what_scikit_learn_says_of_its_pictures() -> None:
    rng = np.random.default_rng(1)
    labels, probabilities = draw_predictions(rng, 40)
    order = np.argsort(np.round(probabilities, 1))  # rounded, so that there are ties
    labels, probabilities = labels[order], np.round(probabilities, 1)[order]
    (weights,) = draw_weights(10, np.arange(40) % 10, 20, rng)
    scores = _score_resamples(labels, probabilities, 0.45, weights)
    for row, times in enumerate(weights.astype(int)):
        drawn, p = np.repeat(labels, times), np.repeat(probabilities, times)
        called = (p >= 0.45).astype(int)
        assert scores["accuracy"][row] == pytest.approx((drawn == called).mean())
        assert scores["sensitivity"][row] == pytest.approx(recall_score(drawn, called))
        assert scores["specificity"][row] == pytest.approx(recall_score(1 - drawn, 1 - called))
        assert scores["precision"][row] == pytest.approx(precision_score(drawn, called))
        assert scores["f1"][row] == pytest.approx(f1_score(drawn, called))
        assert scores["mcc"][row] == pytest.approx(matthews_corrcoef(drawn, called))
        assert scores["auc"][row] == pytest.approx(roc_auc_score(drawn, p))
        assert scores["pr_auc"][row] == pytest.approx(average_precision_score(drawn, p))
        assert scores["brier"][row] == pytest.approx(brier_score_loss(drawn, p))
        assert scores["ece"][row] == pytest.approx(calibration_error(drawn, p))


def test_all_pictures_of_a_patient_are_drawn_together() -> None:
    owners = np.array([0, 0, 1, 2, 2, 2])
    weights = np.concatenate(list(draw_weights(3, owners, 50, np.random.default_rng(2))))
    assert weights.shape == (50, 6)
    for patient in range(3):
        assert (np.ptp(weights[:, owners == patient], axis=1) == 0).all()
    assert (weights[:, [0, 2, 3]].sum(axis=1) == 3).all()


def accuracy_along(labels: np.ndarray, probabilities: np.ndarray, axis: int) -> np.ndarray:
    return np.mean(labels == (probabilities >= 0.5), axis=axis)


def sensitivity_along(labels: np.ndarray, probabilities: np.ndarray, axis: int) -> np.ndarray:
    return np.mean(labels * (probabilities >= 0.5), axis=axis) / np.mean(labels, axis=axis)


def auc_along(labels: np.ndarray, probabilities: np.ndarray, axis: int) -> np.ndarray:
    """Return the AUC by the rank formula of Mann and Whitney."""
    ranks = stats.rankdata(probabilities, axis=axis)
    ill = labels.sum(axis=axis)
    outranked = (labels * ranks).sum(axis=axis) - ill * (ill + 1) / 2
    return outranked / (ill * (labels.shape[axis] - ill))


@pytest.mark.parametrize(
    ("name", "statistic"),
    [("accuracy", accuracy_along), ("sensitivity", sensitivity_along), ("auc", auc_along)],
)
def test_intervals_agree_with_scipy_when_every_patient_has_one_picture(
    name: str, statistic: Callable[[np.ndarray, np.ndarray, int], np.ndarray]
) -> None:
    labels, probabilities = draw_predictions(np.random.default_rng(3), 80)
    ours = bootstrap_intervals(labels, probabilities, 0.5, np.arange(80), 5000)[name]
    theirs = stats.bootstrap(
        (labels, probabilities),
        statistic,
        paired=True,
        vectorized=True,
        n_resamples=5000,
        method="percentile",
        rng=np.random.default_rng(4),
    ).confidence_interval
    # One picture of the forty with pneumonia is .025; the noise of 5,000 resamples is below half.
    assert ours == pytest.approx((theirs.low, theirs.high), abs=0.013)


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(5)
    many = score_predictions(*draw_predictions(np.random.default_rng(50), 400_000), 0.5)
    truth = {
        "accuracy": ndtr(1),
        "sensitivity": ndtr(1),
        "specificity": ndtr(1),
        "mcc": 2 * ndtr(1) - 1,
        "auc": ndtr(2**0.5),
        "pr_auc": many.pr_auc,
        "brier": many.brier,
    }
    repeats = 250
    covered = dict.fromkeys(truth, 0)
    for _ in range(repeats):
        labels, probabilities = draw_predictions(rng)
        intervals = bootstrap_intervals(labels, probabilities, 0.5, np.arange(120), 300)
        for name, value in truth.items():
            low, high = intervals[name] or (2, 2)
            covered[name] += low <= value <= high
    for name, count in covered.items():
        assert 0.89 <= count / repeats <= 0.99, name


def test_intervals_clustered_by_patient_cover_the_truth_and_others_do_not() -> None:
    rng = np.random.default_rng(6)
    repeats, children, each = 120, 60, 6
    patients = np.repeat(np.arange(children), each)
    covered = {"by patient": 0, "by picture": 0}
    for _ in range(repeats):
        # All pictures of a child are answered alike: six pictures are worth one.
        labels, answers = draw_predictions(rng, children)
        labels, probabilities = np.repeat(labels, each), np.repeat(answers, each)
        for kind, keys in (("by patient", patients), ("by picture", np.arange(len(labels)))):
            interval = bootstrap_intervals(labels, probabilities, 0.5, keys, 200)["accuracy"]
            low, high = interval or (2, 2)
            covered[kind] += low <= ndtr(1) <= high
    assert covered["by patient"] / repeats >= 0.88
    assert covered["by picture"] / repeats <= 0.70


def test_the_calibration_interval_holds_the_measured_error_of_a_calibrated_model() -> None:
    rng = np.random.default_rng(7)
    probabilities = rng.random(300)
    labels = (rng.random(300) < probabilities).astype(int)
    low, high = bootstrap_intervals(labels, probabilities, 0.5, np.arange(300))["ece"] or (2, 2)
    assert 0 <= low < calibration_error(labels, probabilities) < high < 0.2


def test_the_same_seed_gives_the_same_intervals_and_another_one_others() -> None:
    labels, probabilities = draw_predictions(np.random.default_rng(8))
    patients = np.arange(len(labels)) // 2
    first, again, other = (
        bootstrap_intervals(labels, probabilities, 0.5, patients, 200, seed) for seed in (0, 0, 1)
    )
    assert dict(first) == dict(again)
    assert dict(first) != dict(other)


def test_neither_block_size_nor_the_order_of_the_pictures_changes_an_interval(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    labels, probabilities = draw_predictions(np.random.default_rng(9))
    patients = [f"person{number // 2}" for number in range(len(labels))]
    whole = bootstrap_intervals(labels, probabilities, 0.5, patients, 200)
    monkeypatch.setattr("xray_core.evaluation.intervals._BLOCK_VALUES", 1000)
    in_blocks = bootstrap_intervals(labels[::-1], probabilities[::-1], 0.5, patients[::-1], 200)
    for name, interval in whole.items():
        assert interval == pytest.approx(in_blocks[name])


def test_a_lower_level_gives_a_narrower_interval() -> None:
    labels, probabilities = draw_predictions(np.random.default_rng(10))
    wide, narrow = (
        bootstrap_intervals(labels, probabilities, 0.5, np.arange(120), 500, level=level)["auc"]
        for level in (0.95, 0.5)
    )
    assert wide is not None
    assert narrow is not None
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


def test_a_score_that_many_resamples_lack_has_no_interval() -> None:
    labels = [0, 0, 0, 0, 1]  # a third of the resamples has no pneumonia
    intervals = bootstrap_intervals(labels, [0.1, 0.2, 0.3, 0.6, 0.9], 0.5, range(5), 300)
    assert intervals["sensitivity"] is None
    assert intervals["auc"] is None
    assert intervals["specificity"] is not None
    assert intervals["accuracy"] is not None


def test_a_share_without_a_mistake_has_the_exact_limit_of_its_patients() -> None:
    labels = np.repeat([0, 1], 40)
    always = bootstrap_intervals(labels, np.full(80, 0.9), 0.5, np.arange(80) // 2, 50)
    exact = stats.binomtest(20, 20).proportion_ci(method="exact")
    assert always["sensitivity"] == pytest.approx((exact.low, 1.0))
    assert always["specificity"] == pytest.approx((0.0, 1 - exact.low))
    accuracy, precision = always["accuracy"], always["precision"]
    assert accuracy is not None
    assert accuracy == precision
    assert accuracy[0] < 0.5 < accuracy[1]


def test_one_class_gives_intervals_only_for_what_is_defined() -> None:
    intervals = bootstrap_intervals([0, 0], [0.1, 0.2], 0.5, ["a", "b"], 50)
    without = {name for name, interval in intervals.items() if interval is None}
    assert without == {"sensitivity", "precision", "f1", "mcc", "auc", "pr_auc"}
    exact = stats.binomtest(2, 2).proportion_ci(method="exact")
    assert intervals["specificity"] == pytest.approx((exact.low, 1.0))


def test_intervals_cannot_be_changed() -> None:
    intervals = bootstrap_intervals([0, 1], [0.1, 0.9], 0.5, ["a", "b"], 10)
    with pytest.raises(TypeError):
        intervals["auc"] = (0.0, 1.0)  # type: ignore[index]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"patients": ["a"]}, r"Expected 2 patients, one a picture. Received shape \(1,\)"),
        ({"resamples": 0}, "Received 0 and 0.95"),
        ({"level": 1.0}, "Received 2000 and 1.0"),
        ({"labels": [0, 7]}, "such as 7"),
        ({"probabilities": [0.1, 7]}, r"such as 7\.0"),
        ({"threshold": -1}, "Received -1"),
    ],
)
def test_bad_input_is_refused_by_name(changes: dict[str, object], message: str) -> None:
    good = {
        "labels": [0, 1],
        "probabilities": [0.1, 0.9],
        "threshold": 0.5,
        "patients": ["a", "b"],
    }
    with pytest.raises(ValueError, match=message):
        bootstrap_intervals(**(good | changes))
