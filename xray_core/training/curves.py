"""What is written down after each epoch: how well it told pneumonia from normal."""

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
