"""Whether two models that answered the same pictures differ by more than chance."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import binomtest, norm, rankdata

from xray_core.evaluation.intervals import draw_weights, number_patients, weighted_auc
from xray_core.evaluation.metrics import check_labels, check_predictions

SIGNIFICANT = 0.05
_POWER = 0.8  # the usual wish of a study: a real difference is found four times in five

Figure = Literal["accuracy", "AUC"]


@dataclass(frozen=True)
class Difference:
    """How much better the first of two models is, and what chance alone could do.

    Attributes:
        figure: what is compared.
        n: how many pictures both answered.
        value: first minus second.
        low, high: 95 % interval, patients drawn whole; None where it is not defined.
        p: how often chance alone would bring a difference at least as large, both models being
            equally good; every picture counts as independent.
        needed: how many pictures, as many of them of one patient as here, would show a difference
            of this size four times in five; None where there is none to be shown.
    """

    figure: Figure
    n: int
    value: float
    low: float | None
    high: float | None
    p: float
    needed: int | None

    @property
    def is_real(self) -> bool:
        """Whether both the test and the interval say so."""
        return self.p < SIGNIFICANT and self._spares_zero

    @property
    def is_chance(self) -> bool:
        """Whether neither of them sees a difference; where only one does, there is doubt."""
        return self.p >= SIGNIFICANT and not self._spares_zero

    @property
    def _spares_zero(self) -> bool:
        return self.low is not None and self.high is not None and self.low * self.high > 0


def compare_calls(
    labels: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    patients: ArrayLike,
    resamples: int = 2000,
) -> Difference:
    """Return the difference of two accuracies, tested by McNemar's exact test.

    Only pictures that one model gets right and the other wrong tell anything.

    Args:
        labels: (N,), 1 for pneumonia and 0 for normal.
        first, second: (N,), 1 where the model called pneumonia, in the order of the labels.
        patients: (N,) keys; pictures with the same key are drawn together.
        resamples: how often the patients are drawn for the interval.

    Raises:
        ValueError: nothing came, the lengths differ, or a value is neither 0 nor 1.

    Source: McNemar 1947, "Note on the sampling error of the difference between correlated
    proportions"; Connor 1987, "Sample size for testing differences in proportions for the
    paired-sample design" (`needed`).

    >>> compare_calls([1, 1, 1, 0], [1, 1, 1, 0], [0, 0, 1, 0], range(4)).p
    0.5
    """
    labels = check_labels(labels, np.asarray(first))
    right = [check_labels(calls, labels) == labels for calls in (first, second)]
    only_first, only_second = int((right[0] & ~right[1]).sum()), int((right[1] & ~right[0]).sum())
    gained = right[0].astype(float) - right[1]
    draws = np.concatenate(
        [
            weights @ gained / weights.sum(axis=1)
            for weights in _draw(patients, len(labels), resamples)
        ]
    )
    differing = (only_first + only_second) / len(labels)
    value = float(gained.mean())
    needed = _count_for_calls(differing, value)
    return Difference(
        "accuracy",
        len(labels),
        value,
        *_limits(draws),
        mcnemar_p(only_first, only_second),
        needed and math.ceil(needed * _design_effect(draws, gained.std() / len(gained) ** 0.5)),
    )


def mcnemar_p(only_first: int, only_second: int) -> float:
    """Return the two-sided p of McNemar's exact test.

    Args:
        only_first, only_second: pictures that one model alone got right.

    >>> round(mcnemar_p(1, 7), 4)
    0.0703
    """
    differing = only_first + only_second
    return float(binomtest(only_first, differing).pvalue) if differing else 1.0


def compare_rankings(
    labels: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    patients: ArrayLike,
    resamples: int = 2000,
) -> Difference:
    """Return the difference of two AUCs, tested as DeLong et al. do.

    Args:
        labels: (N,), 1 for pneumonia and 0 for normal; both must occur.
        first, second: (N,) probabilities, in the order of the labels.
        patients: (N,) keys; pictures with the same key are drawn together.
        resamples: how often the patients are drawn for the interval.

    Raises:
        ValueError: nothing came, the lengths differ, a value is out of its range, or a class is
            missing.

    Source: DeLong et al. 1988, "Comparing the areas under two or more correlated receiver
    operating characteristic curves".

    >>> compare_rankings([0, 0, 1, 1], [0.1, 0.4, 0.3, 0.9], [0.1, 0.2, 0.3, 0.9], range(4)).value
    -0.25
    """
    checked, first = check_predictions(labels, first)
    _, second = check_predictions(labels, second)
    areas, covariance = estimate_aucs(checked, np.stack([first, second]))
    value = float(areas[0] - areas[1])
    error = math.sqrt(max(0.0, covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]))
    draws = np.concatenate(
        [
            _resample_auc(checked, first, weights) - _resample_auc(checked, second, weights)
            for weights in _draw(patients, len(checked), resamples)
        ]
    )
    # Without an error, as of a perfect model beside one that says one thing, nothing is by chance.
    p = float(2 * norm.sf(abs(value) / error)) if error else float(not value)
    needed = _count_for_aucs(value, error, len(checked))
    return Difference(
        "AUC",
        len(checked),
        value,
        *_limits(draws),
        p,
        needed and math.ceil(needed * _design_effect(draws, error)),
    )


def estimate_aucs(labels: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the AUCs (K,) of K models on the same pictures, and their covariance (K, K).

    Args:
        labels: int (N,), 1 for pneumonia and 0 for normal; both must occur.
        scores: float (K, N), higher for pneumonia.

    Raises:
        ValueError: a class is missing.

    Source: DeLong et al. 1988; Sun and Xu 2014, "Fast implementation of DeLong's algorithm" (by
    ranks).
    """
    sick = labels == 1
    ill, well = int(sick.sum()), int((~sick).sum())
    if not ill or not well:
        raise ValueError(f"Expected both classes. Received {ill} with pneumonia and {well} normal.")
    ranks = rankdata(scores, axis=1)
    outranked = (ranks[:, sick] - rankdata(scores[:, sick], axis=1)) / well
    outranking = 1 - (ranks[:, ~sick] - rankdata(scores[:, ~sick], axis=1)) / ill
    covariance = np.zeros((len(scores), len(scores)))
    for part in (outranked, outranking):
        if part.shape[1] > 1:
            covariance += np.atleast_2d(np.cov(part)) / part.shape[1]
    return outranked.mean(axis=1), covariance


def _resample_auc(labels: np.ndarray, probabilities: np.ndarray, weights: np.ndarray) -> np.ndarray:
    order = np.argsort(probabilities)
    return weighted_auc(labels[order] == 1, probabilities[order], weights[:, order])


def _draw(patients: ArrayLike, pictures: int, resamples: int) -> Iterator[np.ndarray]:
    """Yield weights (some, N): how often each picture was drawn in each of some resamples."""
    count, owners = number_patients(patients, pictures)
    return draw_weights(count, owners, resamples, np.random.default_rng(0))


def _design_effect(draws: np.ndarray, error: float) -> float:
    """Return how many times more pictures are needed as some show the same patient; at least 1.

    Args:
        draws: the difference in each resample of whole patients.
        error: its standard error if each picture were of another patient.

    Source: Kish 1965, "Survey sampling".
    """
    return max(1.0, float(np.nanvar(draws)) / error**2) if error else 1.0


def _limits(draws: np.ndarray) -> tuple[float | None, float | None]:
    tail = SIGNIFICANT / 2
    if np.isnan(draws).mean() > tail:
        return None, None
    low, high = np.nanquantile(draws, (tail, 1 - tail))
    return float(low), float(high)


def _count_for_calls(differing: float, value: float) -> int | None:
    """Return how many pictures McNemar's test needs, from the share of differing pictures."""
    if not value:
        return None
    wished = norm.isf(SIGNIFICANT / 2) * math.sqrt(differing)
    wished += norm.ppf(_POWER) * math.sqrt(max(0.0, differing - value**2))
    return math.ceil((wished / value) ** 2)


def _count_for_aucs(value: float, error: float, n: int) -> int | None:
    """Return how many pictures DeLong's test needs; its error falls with their count's root."""
    if not value or not error:
        return None
    wished = norm.isf(SIGNIFICANT / 2) + norm.ppf(_POWER)
    return math.ceil(n * (wished * error / value) ** 2)
