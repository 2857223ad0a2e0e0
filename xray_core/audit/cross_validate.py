"""How well features tell classes apart, judged on patients that the model has not seen."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

_FOLDS = 5
_RESAMPLES = 500
_TAIL = 2.5  # per cent on each side of the interval

Folds = Sequence[tuple[np.ndarray, np.ndarray]]


class CrossValidated(NamedTuple):
    """An AUC with its 95 % interval: patients drawn again, models not fitted again."""

    auc: float
    low: float
    high: float


def number_classes(labels: pd.Series) -> np.ndarray:
    """Return each label's place among the sorted labels.

    >>> number_classes(pd.Series(["b", "a", "b"])).tolist()
    [1, 0, 1]
    """
    return np.unique(labels.astype(str).to_numpy(str), return_inverse=True)[1]


def plan_folds(classes: np.ndarray, groups: np.ndarray) -> Folds:
    """Return (fitted, unseen) places for each of five folds, fewer if a class has fewer groups.

    No group is on both sides, and classes have similar shares in all folds. It takes a second for
    ten thousand groups, so it is done once for many features.

    Args:
        classes: (N,), 0 to C - 1; each occurs in at least two groups.
        groups: (N,), pictures of one patient share it.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    fewest = min(len(np.unique(groups[classes == name])) for name in np.unique(classes))
    splitter = StratifiedGroupKFold(min(_FOLDS, fewest), shuffle=True, random_state=0)
    return list(splitter.split(classes, classes, groups))


def cross_validate(
    features: np.ndarray,
    classes: np.ndarray,
    groups: np.ndarray,
    folds: Folds,
    make_model: Callable[[], Any],
) -> CrossValidated:
    """Return how well a model tells classes apart on groups that it has not seen.

    With two classes it is the AUC of the second one; with more, the mean over the classes, each
    against the rest. Within a fold, scores are replaced by their ranks, since two folds' models
    need not agree on a scale.

    Args:
        features: (N, F).
        classes: (N,), 0 to C - 1.
        groups: (N,), pictures of one patient share it.
        folds: from `plan_folds`.
        make_model: gives an unfitted scikit-learn classifier.
    """
    from xray_core.evaluation.intervals import draw_weights, number_patients

    scores = _score_unseen(features, classes, folds, make_model)
    names = np.unique(classes)
    names = names[1:] if len(names) == 2 else names
    questions = [_Question(classes == name, scores[:, name]) for name in names]
    auc = float(_mean_auc(questions, np.ones((1, len(classes))))[0])
    patients, owners = number_patients(groups, len(groups))
    resampled = [
        _mean_auc(questions, weights)
        for weights in draw_weights(patients, owners, _RESAMPLES, np.random.default_rng(0))
    ]
    low, high = np.nanpercentile(np.concatenate(resampled), (_TAIL, 100 - _TAIL))
    return CrossValidated(auc, float(low), float(high))


def _score_unseen(
    features: np.ndarray, classes: np.ndarray, folds: Folds, make_model: Callable[[], Any]
) -> np.ndarray:
    """Return the rank of each class's probability within its fold, (N, C) in [0, 1]."""
    from scipy.stats import rankdata

    scores = np.full((len(classes), int(classes.max()) + 1), 0.5)
    for fitted, unseen in folds:
        if len(np.unique(classes[fitted])) < 2 or not np.ptp(features[fitted], axis=0).any():
            continue  # there is nothing to learn from; the fold's pictures keep equal scores
        model = make_model().fit(features[fitted], classes[fitted])
        ranks = (rankdata(model.predict_proba(features[unseen]), axis=0) - 0.5) / len(unseen)
        scores[np.ix_(unseen, model.classes_)] = ranks
    return scores


class _Question:
    """One class against the rest, sorted once for many resamples."""

    def __init__(self, positive: np.ndarray, scores: np.ndarray) -> None:
        self._order = np.argsort(scores, kind="stable")
        self._positive, self._scores = positive[self._order], scores[self._order]

    def auc(self, weights: np.ndarray) -> np.ndarray:
        """Return the AUC, (B,), of each row of (B, N): how often each picture is counted."""
        from xray_core.evaluation.intervals import weighted_auc

        return weighted_auc(self._positive, self._scores, weights[:, self._order])


def _mean_auc(questions: Sequence[_Question], weights: np.ndarray) -> np.ndarray:
    """Return the mean over the questions, (B,)."""
    mean: np.ndarray = np.mean([question.auc(weights) for question in questions], axis=0)
    return mean
