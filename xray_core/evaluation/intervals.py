"""How much the scores would vary with other patients: bootstrap intervals."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from xray_core.evaluation.metrics import (
    ECE_BINS,
    bin_probabilities,
    calibration_error,
    check_predictions,
    check_threshold,
)

Interval = tuple[float, float]

_BLOCK_VALUES = 2_000_000  # weights held at once, 16 MB of them, however large the data set


def bootstrap_intervals(
    labels: ArrayLike,
    probabilities: ArrayLike,
    threshold: float,
    patients: ArrayLike,
    resamples: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> Mapping[str, Interval | None]:
    """Return the percentile bootstrap interval of every score, by the names of `Scores`.

    Patients are drawn with replacement and bring all their pictures, since two pictures of one
    child are no two independent answers. A score that is undefined in more resamples than one tail
    of the interval holds has none: its limits would depend on what the missing ones had been.

    No resample holds a mistake that the data lacks. Where a share is exactly 0 or 1, the other
    limit is therefore the exact one of Clopper and Pearson, counting patients; AUC, F1 and MCC of
    a model without any mistake keep an interval without width. The interval of `ece` is moved to
    where the measured value is, see `_centre`.

    Args:
        labels: (N,), 1 for pneumonia and 0 for normal.
        probabilities: (N,) of pneumonia, 0 to 1.
        threshold: probability from which the verdict is pneumonia.
        patients: (N,) keys; pictures with the same key are drawn together.
        resamples: how often the patients are drawn.
        seed: the same seed gives the same intervals.
        level: share of the resamples inside the interval.

    Raises:
        ValueError: nothing came, the lengths differ, or a value is out of its range.

    Source: Efron and Tibshirani 1993, "An introduction to the bootstrap", chapter 13; Field and
    Welsh 2007, "Bootstrapping clustered data"; Clopper and Pearson 1934, "The use of confidence or
    fiducial limits illustrated in the case of the binomial".

    >>> labels, probabilities = [0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9]
    >>> intervals = bootstrap_intervals(labels, probabilities, 0.5, ["a", "b", "c", "d"])
    >>> low, high = intervals["accuracy"]
    >>> round(low, 2), high, intervals["auc"]
    (0.4, 1.0, None)
    """
    labels, probabilities = check_predictions(labels, probabilities)
    threshold = check_threshold(threshold)
    count, owners = number_patients(patients, len(labels))
    tail = (1 - level) / 2
    if resamples < 1 or not 0 < tail < 0.5:
        raise ValueError(
            "Expected at least one resample and a level between 0 and 1. "
            f"Received {resamples} and {level}."
        )
    order = np.argsort(probabilities)
    labels, probabilities, owners = labels[order], probabilities[order], owners[order]
    blocks = [
        _score_resamples(labels, probabilities, threshold, weights)
        for weights in draw_weights(count, owners, resamples, np.random.default_rng(seed))
    ]
    scores = {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
    scores["ece"] = _centre(scores["ece"], calibration_error(labels, probabilities))
    intervals = {name: _limits(values, tail) for name, values in scores.items()}
    called, sick = probabilities >= threshold, labels == 1
    counted = {
        "accuracy": np.full(len(labels), True),
        "sensitivity": sick,
        "specificity": ~sick,
        "precision": called,
    }
    for name, pictures in counted.items():
        intervals[name] = _widen(intervals[name], len(np.unique(owners[pictures])), tail)
    return MappingProxyType(intervals)


def number_patients(patients: ArrayLike, pictures: int) -> tuple[int, np.ndarray]:
    """Return how many patients there are, and for each picture the number of its patient."""
    keys = np.asarray(patients)
    if keys.shape != (pictures,):
        raise ValueError(
            f"Expected {pictures} patients, one a picture. Received shape {keys.shape}."
        )
    unique, places = np.unique(keys, return_inverse=True)
    return len(unique), places


def draw_weights(
    count: int, owners: np.ndarray, resamples: int, rng: np.random.Generator
) -> Iterator[np.ndarray]:
    """Yield float (some, N): how often each picture was drawn in each of some resamples.

    Args:
        count: how many patients.
        owners: (N,), the patient of each picture, 0 to `count` - 1.
    """
    block = max(1, _BLOCK_VALUES // len(owners))
    for done in range(0, resamples, block):
        size = min(block, resamples - done)
        drawn = rng.integers(count, size=(size, count)) + count * np.arange(size)[:, np.newaxis]
        times = np.bincount(drawn.ravel(), minlength=size * count).reshape(size, count)
        yield times[:, owners].astype(np.float64)


def _score_resamples(
    labels: np.ndarray, probabilities: np.ndarray, threshold: float, weights: np.ndarray
) -> dict[str, np.ndarray]:
    """Return each score of each resample, (B,), NaN where undefined.

    Args:
        labels, probabilities: (N,), sorted by probability.
        threshold: probability from which the verdict is pneumonia.
        weights: (B, N), how often each picture was drawn.
    """
    called = probabilities >= threshold
    sick = labels == 1
    cells = np.stack([~sick & ~called, ~sick & called, sick & ~called, sick & called], axis=1)
    tn, fp, fn, tp = (weights @ cells).T
    drawn = weights.sum(axis=1)
    in_bin = np.eye(ECE_BINS)[bin_probabilities(probabilities)]
    gaps = weights @ (in_bin * (labels - probabilities)[:, np.newaxis])
    sides = np.sqrt(tp + fp) * np.sqrt(tp + fn) * np.sqrt(tn + fp) * np.sqrt(tn + fn)
    return {
        "accuracy": (tp + tn) / drawn,
        "sensitivity": _divide(tp, tp + fn),
        "specificity": _divide(tn, tn + fp),
        "precision": _divide(tp, tp + fp),
        "f1": _divide(2 * tp, 2 * tp + fp + fn),
        "mcc": _divide(tp * tn - fp * fn, sides),
        "auc": weighted_auc(sick, probabilities, weights),
        "pr_auc": _weighted_average_precision(sick, probabilities, weights),
        "brier": weights @ np.square(probabilities - labels) / drawn,
        "ece": np.abs(gaps).sum(axis=1) / drawn,
    }


def weighted_auc(sick: np.ndarray, probabilities: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the AUC of each resample, (B,): the chance that a pneumonia outranks a normal.

    Equal probabilities count half, as in scikit-learn; the pictures come sorted, so that one pass
    serves all resamples, where scikit-learn would sort each of them anew.
    """
    first = np.flatnonzero(np.diff(probabilities, prepend=-1))
    ill = np.add.reduceat(weights * sick, first, axis=1)
    well = np.add.reduceat(weights * ~sick, first, axis=1)
    outranked = np.cumsum(well, axis=1) - well / 2
    return _divide((ill * outranked).sum(axis=1), ill.sum(axis=1) * well.sum(axis=1))


def _weighted_average_precision(
    sick: np.ndarray, probabilities: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Return the average precision of each resample, (B,), as scikit-learn has it: by steps."""
    first = np.flatnonzero(np.diff(probabilities, prepend=-1))
    ill = np.add.reduceat(weights * sick, first, axis=1)
    drawn = np.add.reduceat(weights, first, axis=1)
    found, called = (np.cumsum(part[:, ::-1], axis=1)[:, ::-1] for part in (ill, drawn))
    precision = np.divide(found, called, out=np.zeros_like(found), where=called > 0)
    return _divide((ill * precision).sum(axis=1), ill.sum(axis=1))


def _divide(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)


def _centre(errors: np.ndarray, measured: float) -> np.ndarray:
    """Return resampled calibration errors, moved so that their mean is the measured one.

    Each resample adds its own noise to the gaps between probability and frequency, and distances
    do not cancel: without this, the interval of a well calibrated model lies wholly above its
    calibration error. The measured value itself holds such an excess over the true one, which
    stays in both.
    """
    return np.clip(errors - errors.mean() + measured, 0, 1)


def _limits(values: np.ndarray, tail: float) -> Interval | None:
    if np.isnan(values).mean() > tail:
        return None
    low, high = np.nanquantile(values, (tail, 1 - tail))
    return float(low), float(high)


def _widen(interval: Interval | None, patients: int, tail: float) -> Interval | None:
    """Return the interval of a share, with the exact limit where no patient speaks against it.

    >>> low, high = _widen((1.0, 1.0), 100, 0.025)
    >>> round(low, 3), high
    (0.964, 1.0)
    """
    if interval == (1.0, 1.0):
        return tail ** (1 / patients), 1.0
    if interval == (0.0, 0.0):
        return 0.0, 1 - tail ** (1 / patients)
    return interval
