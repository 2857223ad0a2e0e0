"""Curves of many runs as one table: smoothed, grouped by seed, with the gap of overfitting."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from xray_core.comparison.contenders import Contender

CURVES = {
    "loss": "Loss",
    "accuracy": "Accuracy",
    "precision": "Precision",
    "recall": "Recall",
    "auc": "AUC",
}
VALIDATION = "val_"
PARTS = ("training", "validation")


@dataclass(frozen=True)
class Overfitting:
    """How much better a run knows its training pictures than others, at the end of its training.

    Attributes:
        epoch: counted from 1, at which the validation loss was lowest.
        best_loss: the validation loss there.
        gap: validation loss minus training loss at the last epoch.
        gap_at_best: the same at the best epoch.
    """

    epoch: int
    best_loss: float
    gap: float
    gap_at_best: float


def measure_overfitting(history: pd.DataFrame) -> Overfitting | None:
    """Return the gap between training and validation loss; None where they were not noted.

    >>> history = pd.DataFrame({"loss": [0.5, 0.3, 0.1], "val_loss": [0.6, 0.4, 0.5]})
    >>> measure_overfitting(history)
    Overfitting(epoch=2, best_loss=0.4, gap=0.4, gap_at_best=0.10000000000000003)
    """
    if not {"loss", "val_loss"} <= set(history.columns):
        return None
    validation = history["val_loss"].to_numpy(float)
    if np.isnan(validation).all():
        return None
    best = int(np.nanargmin(validation))
    gaps = validation - history["loss"].to_numpy(float)
    known = gaps[~np.isnan(gaps)]  # a run that diverged ends in figures that are none
    return Overfitting(
        best + 1,
        float(validation[best]),
        float(known[-1]) if len(known) else math.nan,
        float(gaps[best]),
    )


def tabulate_overfitting(contenders: Sequence[Contender], names: Mapping[str, str]) -> pd.DataFrame:
    """Return one row with the `Overfitting` of each run in whose curves it can be measured."""
    found = {each.id: measure_overfitting(each.history) for each in contenders}
    rows = [
        {"id": model_id, "title": names[model_id], **vars(gap)}
        for model_id, gap in found.items()
        if gap is not None
    ]
    return pd.DataFrame(rows, columns=["id", "title", *Overfitting.__annotations__])


def measure_progress(history: pd.DataFrame, by_time: bool) -> np.ndarray | None:
    """Return where each epoch lies on the axis, (E,): its number, or minutes since the start.

    None where minutes were asked for and nobody noted them.
    """
    if not by_time:
        return np.arange(1, len(history) + 1, dtype=float)
    return history["seconds"].to_numpy(float) / 60 if "seconds" in history else None


def list_unnoted(
    contenders: Sequence[Contender], metrics: Sequence[str], parts: Sequence[str]
) -> dict[str, list[Contender]]:
    """Return those whose training noted a metric in none of the parts, for each such metric.

    Args:
        contenders: with curves.
        metrics: of `CURVES`.
        parts: ``training``, ``validation`` or both.
    """
    prefixes = [VALIDATION if part == "validation" else "" for part in parts]
    missing = {
        metric: [
            each
            for each in contenders
            if not any(prefix + metric in each.history for prefix in prefixes)
        ]
        for metric in metrics
    }
    return {metric: without for metric, without in missing.items() if without}


def list_noted(
    contenders: Sequence[Contender], metrics: Sequence[str], parts: Sequence[str]
) -> tuple[str, ...]:
    """Return the metrics that at least one training noted, of any of the parts."""
    unnoted = list_unnoted(contenders, metrics, parts)
    return tuple(each for each in metrics if len(unnoted.get(each, ())) < len(contenders))


def smooth(values: np.ndarray, weight: float) -> np.ndarray:
    """Return a running average that forgets: each value counts `weight` times the next one.

    The beginning is corrected for what is not there yet, as TensorBoard does.

    Args:
        values: (E,); NaN stays NaN and does not spread.
        weight: 0 (as it is) to below 1.

    >>> smooth(np.array([1.0, 0.0, 0.0]), 0.5).round(3).tolist()
    [1.0, 0.333, 0.143]
    """
    known = np.isfinite(values)
    count = known.sum()
    if not weight or not count:
        return values
    smoothed = np.full(len(values), np.nan)
    shares = weight ** np.arange(count)
    totals, masses = (np.convolve(each, shares)[:count] for each in (values[known], np.ones(count)))
    smoothed[known] = totals / masses
    return smoothed


def group_by_seed(contenders: Sequence[Contender]) -> dict[str, list[Contender]]:
    """Return runs that differ by their seed at most, under the id of the first of each group.

    A run that has no such kin is a group of its own.
    """
    groups: dict[str, list[Contender]] = {}
    names: dict[str, str] = {}
    for contender in contenders:
        key = _all_but_seed(contender) or contender.id
        groups.setdefault(names.setdefault(key, contender.id), []).append(contender)
    return groups


def draw_together(curves: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (mean, lowest, highest) of curves by epoch, each (E,), E of the longest.

    >>> mean, low, high = draw_together([np.array([1.0, 2.0]), np.array([3.0])])
    >>> mean.tolist(), low.tolist(), high.tolist()
    ([2.0, 2.0], [1.0, 2.0], [3.0, 2.0])
    """
    if len(curves) == 1:
        return curves[0], curves[0], curves[0]
    longest = max(map(len, curves))
    table = np.full((len(curves), longest), np.nan)
    for row, curve in zip(table, curves, strict=True):
        row[: len(curve)] = curve
    known = np.isfinite(table).any(axis=0)
    mean, low, high = (np.full(longest, np.nan) for _ in range(3))
    mean[known] = np.nanmean(table[:, known], axis=0)
    low[known] = np.nanmin(table[:, known], axis=0)
    high[known] = np.nanmax(table[:, known], axis=0)
    return mean, low, high


def average_clocks(clocks: Sequence[np.ndarray]) -> np.ndarray:
    """Return where epochs of runs that are drawn together lie: each lasts as long as on average.

    Args:
        clocks: from `measure_progress`, each (E,); the answer has E of the longest.

    >>> average_clocks([np.array([1.0, 2.0, 3.0]), np.array([3.0, 6.0])]).tolist()
    [2.0, 4.0, 5.0]
    """
    if len(clocks) == 1:
        return clocks[0]
    mean, _, _ = draw_together([np.diff(clock, prepend=0) for clock in clocks])
    return np.cumsum(mean)


def count_members(members: Sequence[Contender]) -> str:
    """Return how many seeds a group has; where two runs share one, how many runs."""
    seeds = {str(run.settings.get("seed")) for run in members}
    return f"{len(members)} {'seeds' if len(seeds) == len(members) else 'runs'}"


def tabulate_curves(contenders: Sequence[Contender], names: Mapping[str, str]) -> pd.DataFrame:
    """Return one row for each epoch of each run, for export."""
    tables = [
        contender.history.drop(columns="epoch", errors="ignore").assign(
            id=contender.id,
            title=names[contender.id],
            epoch=np.arange(1, len(contender.history) + 1),
        )
        for contender in contenders
        if len(contender.history)
    ]
    if not tables:
        return pd.DataFrame(columns=["id", "title", "epoch"])
    table = pd.concat(tables, ignore_index=True)
    first = ["id", "title", "epoch"]
    return table[first + [column for column in table if column not in first]]


def _all_but_seed(contender: Contender) -> str:
    """Return what two runs share that differ by their seed only; empty where nothing is known."""
    if not contender.settings:
        return ""
    settings = {name: value for name, value in contender.settings.items() if name != "seed"}
    return json.dumps([settings, contender.data], sort_keys=True, default=str)
