"""What is written down after each epoch: how well it told pneumonia from normal."""

import csv
import math
from pathlib import Path
from typing import Any

import keras
from keras import ops

from xray_core.architectures.answer import pneumonia_log_odds


def curve_metrics() -> list[keras.metrics.Metric]:
    """Return accuracy, precision, recall and AUC, all of pneumonia against normal.

    Each takes logits: one column, or one for each of normal, bacterial and viral.
    """
    return [
        _OfPneumonia(keras.metrics.BinaryAccuracy(), "accuracy"),
        _OfPneumonia(keras.metrics.Precision(), "precision"),
        _OfPneumonia(keras.metrics.Recall(), "recall"),
        _OfPneumonia(keras.metrics.AUC(), "auc"),
    ]


@keras.saving.register_keras_serializable("pneumoscope")
class _OfPneumonia(keras.metrics.Metric):
    """A metric of probabilities, told logits."""

    def __init__(self, metric: keras.metrics.Metric, name: str, **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self.metric = metric

    def get_config(self) -> dict[str, Any]:
        return {"metric": keras.metrics.serialize(self.metric), "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "_OfPneumonia":
        return cls(keras.metrics.deserialize(config["metric"]), config["name"])

    def update_state(
        self,
        y_true: Any,
        y_pred: Any,
        sample_weight: Any = None,  # as Keras names them
    ) -> None:
        sick = y_true if y_true.shape[-1] == 1 else 1 - y_true[:, :1]
        self.metric.update_state(sick, ops.sigmoid(pneumonia_log_odds(y_pred)), sample_weight)

    def result(self) -> Any:
        return self.metric.result()

    def reset_state(self) -> None:
        self.metric.reset_state()


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


def best_epoch(losses: list[float]) -> int | None:
    """Return the number of the epoch with the lowest loss, counted from 0; None without one.

    >>> best_epoch([0.5, 0.3, 0.4]), best_epoch([math.nan])
    (1, None)
    """
    finite = [(loss, epoch) for epoch, loss in enumerate(losses) if math.isfinite(loss)]
    return min(finite)[1] if finite else None
