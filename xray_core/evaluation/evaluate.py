"""From a table of answers to figures with intervals."""

import numpy as np
import pandas as pd

from xray_core.diagnosis.conformal import Cutoffs
from xray_core.errors import DatasetError
from xray_core.evaluation.covered import COVERS
from xray_core.evaluation.intervals import bootstrap_intervals
from xray_core.evaluation.metrics import Scores, score_predictions
from xray_core.evaluation.three_answers import measure_answers
from xray_core.evaluation.wilson import wilson_interval
from xray_core.model_card import Figure, Measurement

_IN_LUNGS = ("evidence_in_lungs", "energy_in_mask", "peak_in_mask")
_IN_BOXES = ("energy_in_box", "peak_in_box", "random_in_box")
_RESAMPLES = 2000
# A network that gives every picture the same answer has evidence in none, but for chance.
_FEW_HAVE_EVIDENCE = 0.5


def measure(
    predictions: pd.DataFrame, threshold: float, data: str, cutoffs: Cutoffs | None = None
) -> Measurement:
    """Return the figures of a table of answers, each with its 95 % interval.

    Pictures without an answer are left out of the figures and counted in the note. Evidence in
    lungs is averaged over the pictures called pneumonia, and left out where half of them or fewer
    have any; evidence in boxes over all pictures with
    boxes, whatever they were called; one without any positive evidence counts there as a miss.
    With lungs, or all but lungs, painted over, AUC alone is told: any paint moves all answers.
    Kinds of pneumonia are judged on the pneumonias whose kind is known.

    Args:
        predictions: from `predict_images`.
        threshold: probability from which the verdict is pneumonia.
        data: which pictures, in words.
        cutoffs: of the three answers, to be judged as well.

    Raises:
        DatasetError: no picture has an answer.
    """
    answered = predictions.dropna(subset=["probability"])
    if answered.empty:
        raise DatasetError(f"Expected answers on {data}, got none: {predictions['error'].iloc[0]}")
    labels = answered["label"].to_numpy(int)
    probabilities = answered["probability"].to_numpy(float)
    scores = score_predictions(labels, probabilities, threshold)
    intervals = bootstrap_intervals(
        labels, probabilities, threshold, answered["patient"].to_numpy(), _RESAMPLES
    )
    figures = {
        name: _figure(getattr(scores, name), intervals.get(name))
        for name in Scores.model_fields
        if name not in ("n", "confusion")
    }
    figures |= measure_answers(answered, cutoffs).as_figures() if cutoffs else {}
    figures |= measure_covered(answered)
    unanswered = len(predictions) - len(answered)
    return Measurement(
        data=data,
        n=len(answered),
        figures=figures | _which_kind(answered) | _where_it_looked(answered),
        confusion=scores.confusion.model_dump(),
        note=f"Without an answer, so left out: {unanswered}." if unanswered else "",
    )


def _which_kind(answered: pd.DataFrame) -> dict[str, Figure]:
    """Return how often the kind of pneumonia was right, whatever the verdict was."""
    if "kind" not in answered:
        return {}
    told = answered[(answered["label"] == 1) & answered["kind"].fillna("").ne("")]
    if told.empty:
        return {}
    right = told.assign(kind_right=told["kind"] == told["kind_called"])
    return {"kind_right": _mean_by_patient(right, "kind_right")}


def measure_covered(answered: pd.DataFrame) -> dict[str, Figure]:
    """Return how well the classes are told apart with the lungs covered, and with the rest."""
    figures = {}
    for name in COVERS:
        if f"probability_{name}" in answered:
            told = answered["label"].to_numpy(int), answered[f"probability_{name}"].to_numpy(float)
            scores = score_predictions(*told, threshold=0.5)
            patients = answered["patient"].to_numpy()
            intervals = bootstrap_intervals(*told, 0.5, patients, _RESAMPLES)
            figures[f"auc_{name}"] = _figure(scores.auc, intervals.get("auc"))
    return figures


def _where_it_looked(answered: pd.DataFrame) -> dict[str, Figure]:
    called = answered[answered["called"] == 1]
    figures = {
        name: _mean_by_patient(called.dropna(subset=[name]), name)
        for name in _IN_LUNGS
        if name in called and called[name].notna().mean() > _FEW_HAVE_EVIDENCE
    }
    if "random_in_box" in answered:
        boxed = answered.dropna(subset=["random_in_box"]).fillna(dict.fromkeys(_IN_BOXES, 0))
        figures |= {name: _mean_by_patient(boxed, name) for name in _IN_BOXES}
    return figures


def _mean_by_patient(rows: pd.DataFrame, name: str) -> Figure:
    """Return the mean of a column with a percentile bootstrap interval, patients drawn whole.

    Where a yes or no is the same for all, it is Wilson's interval for as many patients.
    """
    values = rows[name].astype(float)
    sums = values.groupby(rows["patient"]).agg(["sum", "size"]).to_numpy(float)
    draws = np.random.default_rng(0).integers(0, len(sums), (_RESAMPLES, len(sums)))
    totals = sums[draws].sum(axis=1)
    low, high = np.percentile(totals[:, 0] / totals[:, 1], [2.5, 97.5])
    if set(values) in ({0.0}, {1.0}):  # drawn anew they are always the same; chance is not
        low, high = wilson_interval(values.iloc[0], len(sums))
    return Figure(value=float(values.mean()), low=float(low), high=float(high))


def _figure(value: float | None, interval: tuple[float, float] | None) -> Figure:
    low, high = interval or (None, None)
    return Figure(value=value, low=low, high=high)
