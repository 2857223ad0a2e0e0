"""From a table of answers to figures with intervals."""

import numpy as np
import pandas as pd

from xray_core.errors import DatasetError
from xray_core.evaluation.intervals import bootstrap_intervals
from xray_core.evaluation.metrics import Scores, score_predictions
from xray_core.model_card import Figure, Measurement

_WHERE = ("energy_in_mask", "peak_in_mask", "energy_in_box", "peak_in_box", "random_in_box")
_RESAMPLES = 2000


def measure(predictions: pd.DataFrame, threshold: float, data: str) -> Measurement:
    """Return the figures of a table of answers, each with its 95 % interval.

    Pictures without an answer are left out of the figures and counted in the note. Where the model
    looked is averaged over the pictures with pneumonia that were called pneumonia.

    Args:
        predictions: from `predict_images`.
        threshold: probability from which the verdict is pneumonia.
        data: which pictures, in words.

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
    unanswered = len(predictions) - len(answered)
    return Measurement(
        data=data,
        n=len(answered),
        figures=figures | _where_it_looked(answered),
        confusion=scores.confusion.model_dump(),
        note=f"{unanswered} picture(s) had no answer and are left out." if unanswered else "",
    )


def _where_it_looked(answered: pd.DataFrame) -> dict[str, Figure]:
    found = answered[(answered["called"] == 1) & (answered["label"] == 1)]
    figures = {}
    for name in (*_WHERE, "evidence_in_lungs"):
        if name in found and found[name].notna().any():
            values = found.dropna(subset=[name])
            figures[name] = _mean_by_patient(values[name].to_numpy(float), values["patient"])
    return figures


def _mean_by_patient(values: np.ndarray, patients: pd.Series) -> Figure:
    """Return the mean with a percentile bootstrap interval, patients drawn whole."""
    sums = pd.Series(values).groupby(patients.to_numpy()).agg(["sum", "size"]).to_numpy(float)
    draws = np.random.default_rng(0).integers(0, len(sums), (_RESAMPLES, len(sums)))
    totals = sums[draws].sum(axis=1)
    low, high = np.percentile(totals[:, 0] / totals[:, 1], [2.5, 97.5])
    return Figure(value=float(values.mean()), low=float(low), high=float(high))


def _figure(value: float | None, interval: tuple[float, float] | None) -> Figure:
    low, high = interval or (None, None)
    return Figure(value=value, low=low, high=high)
