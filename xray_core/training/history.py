"""The ``history.csv`` of a run, and what follows from its validation losses."""

import csv
import math
from collections.abc import Sequence
from pathlib import Path

from xray_core.training.config import TrainingConfig


def read_validation_losses(history: Path) -> list[float]:
    """Return the validation loss of each epoch in a ``history.csv``; none where it is missing."""
    if not history.exists():
        return []
    with history.open(newline="") as file:
        return [float(row["val_loss"]) for row in csv.DictReader(file)]


def read_seconds(history: Path) -> float:
    """Return the seconds that the epochs of a ``history.csv`` took in all."""
    if not history.exists():
        return 0.0
    with history.open(newline="") as file:
        return max((float(row["seconds"]) for row in csv.DictReader(file)), default=0.0)


def cut_history(history: Path, epochs: int) -> None:
    """Drop the epochs of a ``history.csv`` that a run will repeat."""
    if not history.exists():
        return
    lines = history.read_text().splitlines(keepends=True)
    complete = [line for line in lines if line.endswith("\n")]
    draft = history.with_name(f"draft-{history.name}")
    draft.write_text("".join(complete[: epochs + 1]))
    draft.replace(history)


def best_epoch(losses: Sequence[float]) -> int | None:
    """Return the number of the epoch with the lowest loss, counted from 0; None without one.

    >>> best_epoch([0.5, 0.3, 0.4]), best_epoch([math.nan])
    (1, None)
    """
    finite = [(loss, epoch) for epoch, loss in enumerate(losses) if math.isfinite(loss)]
    return min(finite)[1] if finite else None


def is_patience_spent(losses: Sequence[float], patience: int) -> bool:
    """Return whether so many epochs brought no lower loss; never with a patience of 0.

    >>> is_patience_spent([0.5, 0.3, 0.4], 1), is_patience_spent([0.5, 0.3], 1)
    (True, False)
    """
    waited = len(losses) - 1 - (best_epoch(losses) or 0)
    return bool(patience and losses and waited >= patience)


def was_cut_short(losses: Sequence[float], config: TrainingConfig) -> bool:
    """Return whether a run that finished was stopped before its settings would have ended it."""
    patient = not is_patience_spent(losses, config.early_stopping)
    return len(losses) < config.epochs and patient
