"""From labels and probabilities to the figures that a model is judged by."""

import numpy as np
from numpy.typing import ArrayLike
from pydantic import BaseModel, ConfigDict
from sklearn.metrics import average_precision_score, roc_auc_score

ECE_BINS = 15  # Guo et al. 2017; figures with another number of bins cannot be compared


class Confusion(BaseModel):
    """How many pictures fell into each cell; positive means pneumonia."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tn: int
    fp: int
    fn: int
    tp: int


class Scores(BaseModel):
    """What a model scored; None where a figure is not defined on these pictures.

    Attributes:
        n: how many pictures.
        accuracy: share of right verdicts.
        sensitivity: share of the pneumonias called pneumonia; None without a pneumonia.
        specificity: share of the normals called normal; None without a normal.
        precision: share of the calls of pneumonia that are right; None if nothing was called so.
        f1: harmonic mean of precision and sensitivity; None if there is no pneumonia and no call.
        mcc: Matthews' correlation of labels and calls, -1 to 1; None if one of them never varies.
        auc: area under the ROC curve; None if one class is missing.
        pr_auc: average precision, the area under the steps of precision over sensitivity; None
            without a pneumonia.
        brier: mean squared distance of probability and label.
        ece: expected calibration error, see `calibration_error`.
        confusion: the counts behind the shares.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    n: int
    accuracy: float
    sensitivity: float | None
    specificity: float | None
    precision: float | None
    f1: float | None
    mcc: float | None
    auc: float | None
    pr_auc: float | None
    brier: float
    ece: float
    confusion: Confusion


def count_calls(labels: ArrayLike, probabilities: ArrayLike, threshold: float) -> Confusion:
    """Return how many pictures fall into each cell at a threshold.

    Args:
        labels: (N,), 1 for pneumonia and 0 for normal.
        probabilities: (N,) of pneumonia, 0 to 1.
        threshold: probability from which the verdict is pneumonia.

    Raises:
        ValueError: nothing came, the lengths differ, or a value is out of its range.

    >>> count_calls([0, 1, 1], [0.2, 0.4, 0.9], 0.5)
    Confusion(tn=1, fp=0, fn=1, tp=1)
    """
    labels, probabilities = check_predictions(labels, probabilities)
    called = probabilities >= check_threshold(threshold)
    tn, fp, fn, tp = np.bincount(2 * labels + called, minlength=4).tolist()
    return Confusion(tn=tn, fp=fp, fn=fn, tp=tp)


def score_predictions(labels: ArrayLike, probabilities: ArrayLike, threshold: float) -> Scores:
    """Return the scores of a set of predictions.

    Args:
        labels: (N,), 1 for pneumonia and 0 for normal.
        probabilities: (N,) of pneumonia, 0 to 1.
        threshold: probability from which the verdict is pneumonia.

    Raises:
        ValueError: nothing came, the lengths differ, or a value is out of its range.

    >>> scores = score_predictions([0, 0, 1, 1], [0.1, 0.7, 0.6, 0.9], threshold=0.5)
    >>> scores.accuracy, scores.specificity, scores.auc
    (0.75, 0.5, 0.75)
    """
    labels, probabilities = check_predictions(labels, probabilities)
    counts = count_calls(labels, probabilities, threshold)
    tn, fp, fn, tp = counts.tn, counts.fp, counts.fn, counts.tp
    return Scores(
        n=len(labels),
        accuracy=(tp + tn) / len(labels),
        sensitivity=_share(tp, tp + fn),
        specificity=_share(tn, tn + fp),
        precision=_share(tp, tp + fp),
        f1=_share(2 * tp, 2 * tp + fp + fn),
        mcc=matthews_correlation(tn, fp, fn, tp),
        auc=float(roc_auc_score(labels, probabilities)) if 0 < tp + fn < len(labels) else None,
        pr_auc=float(average_precision_score(labels, probabilities)) if tp + fn else None,
        brier=float(np.square(probabilities - labels).mean()),
        ece=calibration_error(labels, probabilities),
        confusion=counts,
    )


def matthews_correlation(tn: int, fp: int, fn: int, tp: int) -> float | None:
    """Return the correlation of labels and calls, -1 to 1; None where one of them never varies.

    scikit-learn says 0 there, as if calls and labels had been found to be unrelated.

    Source: Matthews 1975, "Comparison of the predicted and observed secondary structure of T4 phage
    lysozyme".

    >>> matthews_correlation(tn=3, fp=1, fn=2, tp=6)
    0.47809144373375745
    """
    sides = float(tp + fp) * float(tp + fn) * float(tn + fp) * float(tn + fn)
    return (tp * tn - fp * fn) / sides**0.5 if sides else None


def calibration_error(labels: ArrayLike, probabilities: ArrayLike) -> float:
    """Return how far probabilities are from frequencies, 0 to 1: the expected calibration error.

    The predicted probability of pneumonia falls into one of `ECE_BINS` equally wide bins, the
    upper edge included; in each, the share of pneumonias is compared with the mean prediction, and
    the distances are averaged, weighted by the pictures in the bin.

    Args:
        labels: (N,), 1 for pneumonia and 0 for normal.
        probabilities: (N,) of pneumonia, 0 to 1.

    Raises:
        ValueError: nothing came, the lengths differ, or a value is out of its range.

    Source: Naeini et al. 2015, "Obtaining well calibrated probabilities using Bayesian binning"
    (bins on the probability of the positive class); Guo et al. 2017, "On calibration of modern
    neural networks" (15 bins, upper edge included).

    >>> round(calibration_error([0, 1, 1, 1], [0.2, 0.2, 0.9, 0.9]), 3)
    0.2
    """
    labels, probabilities = check_predictions(labels, probabilities)
    gaps = np.bincount(bin_probabilities(probabilities), labels - probabilities)
    return float(np.abs(gaps).sum() / len(labels))


def bin_probabilities(probabilities: np.ndarray) -> np.ndarray:
    """Return each probability's bin, 0 to `ECE_BINS` - 1; bin b is (b / 15, (b + 1) / 15].

    >>> bin_probabilities(np.array([0.0, 0.05, 0.5, 1.0])).tolist()
    [0, 0, 7, 14]
    """
    edges = np.linspace(0, 1, ECE_BINS + 1)
    return np.digitize(probabilities, edges[1:-1], right=True)


def check_predictions(labels: ArrayLike, probabilities: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return (labels as int64, probabilities as float64), each (N,), known to be usable.

    Raises:
        ValueError: nothing came, the lengths differ, or a value is out of its range.

    >>> check_predictions([True, False], [1, 0])
    (array([1, 0]), array([1., 0.]))
    """
    probabilities = np.asarray(probabilities, dtype=np.float64)
    labels = check_labels(labels, probabilities)
    # The comparison is false for NaN, so NaN is refused as well.
    wrong = probabilities[~((probabilities >= 0) & (probabilities <= 1))]
    if wrong.size:
        raise ValueError(
            f"Expected probabilities from 0 to 1. Received {wrong.size} others, such as {wrong[0]}."
        )
    return labels, probabilities


def check_labels(labels: ArrayLike, values: np.ndarray) -> np.ndarray:
    """Return labels as int64 (N,), known to be one 0 or 1 for each of the values.

    Raises:
        ValueError: nothing came, the lengths differ, or a label is neither 0 nor 1.

    >>> check_labels([0.0, 1.0], np.array([-3.0, 5.0]))
    array([0, 1])
    """
    labels = np.asarray(labels)
    if labels.ndim != 1 or labels.shape != values.shape or not labels.size:
        raise ValueError(
            "Expected one label for each prediction, and at least one, in flat arrays. "
            f"Received shapes {labels.shape} (labels) and {values.shape} (predictions)."
        )
    wrong = labels[~np.isin(labels, (0, 1))]
    if wrong.size:
        raise ValueError(
            "Expected labels 0 (normal) and 1 (pneumonia). "
            f"Received {wrong.size} others, such as {wrong[0]}."
        )
    return labels.astype(np.int64)


def check_threshold(threshold: float) -> float:
    """Return the threshold, known to be a probability.

    Raises:
        ValueError: it is not from 0 to 1.

    >>> check_threshold(0.5)
    0.5
    """
    if not 0 <= threshold <= 1:
        raise ValueError(f"Expected a threshold from 0 to 1. Received {threshold}.")
    return float(threshold)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
