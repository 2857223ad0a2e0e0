"""What a threshold means in use: predictive values, costs, and whether acting on it helps."""

import numpy as np
from numpy.typing import ArrayLike
from pydantic import BaseModel, ConfigDict

from xray_core.evaluation.metrics import check_predictions
from xray_core.evaluation.wilson import wilson_interval
from xray_core.model_card import Figure


class Consequences(BaseModel):
    """What calls at one threshold would mean where pneumonia has a given share.

    Attributes:
        ppv: share of the calls of pneumonia that would be right; None if nothing is called so.
        npv: share of the calls of normal that would be right; None if nothing is called so.
        missed: pneumonias called normal, in 1,000 pictures.
        false_alarms: normals called pneumonia, in 1,000 pictures.
        cost: of both together, in false alarms for each 1,000 pictures.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    ppv: float | None
    npv: float | None
    missed: float
    false_alarms: float
    cost: float


def estimate_share(right: np.ndarray, patients: ArrayLike) -> Figure:
    """Return a share with its 95 % interval, at once: for figures that follow a slider.

    Wilson's interval for as many independent pictures as the pictures of these patients are worth.
    Figures on a model's card have the bootstrap of `bootstrap_intervals` instead.

    Args:
        right: bool (N,).
        patients: (N,) keys; pictures with the same key hang together.

    Source: Wilson 1927; Rao and Scott 1992, "A simple method for the analysis of clustered binary
    data" (what the pictures are worth).

    >>> estimate_share(np.array([True, True, False, True]), ["a", "b", "c", "d"]).value
    0.75
    """
    if not len(right):
        return Figure(value=None)
    _, owners = np.unique(np.asarray(patients), return_inverse=True)
    hits, counts = np.bincount(owners, right), np.bincount(owners)
    share, groups = float(hits.sum() / counts.sum()), len(counts)
    worth: float = min(len(right), groups) if share in (0, 1) else len(right)
    spread = float(np.square(hits - share * counts).sum())
    if groups > 1 and spread > 0:
        variance = spread / counts.sum() ** 2 * groups / (groups - 1)
        worth = min(float(len(right)), share * (1 - share) / variance)
    low, high = wilson_interval(share, worth)
    return Figure(value=share, low=low, high=high)


def weigh_consequences(
    sensitivity: float, specificity: float, prevalence: float, miss_cost: float
) -> Consequences:
    """Return what calls of a given sensitivity and specificity would mean elsewhere.

    Args:
        sensitivity, specificity: 0 to 1.
        prevalence: share of pneumonias where the model would be used, 0 to 1.
        miss_cost: how many false alarms are as bad as one missed pneumonia.

    Source: Altman and Bland 1994, "Diagnostic tests 2: predictive values".

    >>> weigh_consequences(sensitivity=0.9, specificity=0.8, prevalence=0.5, miss_cost=5).npv
    0.888888888888889
    """
    found, missed = prevalence * sensitivity, prevalence * (1 - sensitivity)
    spared, alarms = (1 - prevalence) * specificity, (1 - prevalence) * (1 - specificity)
    return Consequences(
        ppv=found / (found + alarms) if found + alarms else None,
        npv=spared / (spared + missed) if spared + missed else None,
        missed=1000 * missed,
        false_alarms=1000 * alarms,
        cost=1000 * (miss_cost * missed + alarms),
    )


def share_called(
    labels: ArrayLike, probabilities: ArrayLike, thresholds: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return (sensitivity, false alarm rate) at each threshold, each (T,); NaN without the class.

    Args:
        labels: (N,), 1 for pneumonia and 0 for normal.
        probabilities: (N,) of pneumonia, 0 to 1.
        thresholds: (T,).

    >>> share_called([0, 1, 1], [0.2, 0.4, 0.9], np.array([0.1, 0.5]))
    (array([1. , 0.5]), array([1., 0.]))
    """
    labels, probabilities = check_predictions(labels, probabilities)
    return (
        _share_at_least(probabilities[labels == 1], thresholds),
        _share_at_least(probabilities[labels == 0], thresholds),
    )


def net_benefits(
    labels: ArrayLike,
    probabilities: ArrayLike,
    thresholds: np.ndarray,
    prevalence: float | None = None,
) -> np.ndarray:
    """Return the net benefit of acting on a model at each threshold, (T,).

    A threshold of 20 % is that of somebody who takes four false alarms for one pneumonia found:
    each false alarm then costs a quarter of what each found pneumonia is worth. Acting on every
    picture, or on none, has the net benefit of probabilities of 1, or 0.

    Args:
        labels: (N,), 1 for pneumonia and 0 for normal.
        probabilities: (N,) of pneumonia, 0 to 1.
        thresholds: (T,), above 0 and below 1.
        prevalence: of pneumonia where the model would be used; as among the labels if None.

    Source: Vickers and Elkin 2006, "Decision curve analysis: a novel method for evaluating
    prediction models".

    >>> net_benefits([0, 1, 1, 0], [0.2, 0.4, 0.9, 0.6], np.array([0.2, 0.5])).tolist()
    [0.375, 0.0]
    """
    found, alarms = share_called(labels, probabilities, thresholds)
    share = float(np.mean(np.asarray(labels))) if prevalence is None else prevalence
    odds = thresholds / (1 - thresholds)
    # A class of no weight may be missing.
    return (share * found if share else 0) - ((1 - share) * alarms if share < 1 else 0) * odds


def _share_at_least(probabilities: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    if not len(probabilities):
        return np.full(len(thresholds), np.nan)
    below = np.searchsorted(np.sort(probabilities), thresholds, side="left")
    return 1 - below / len(probabilities)
