"""What every classifier network ends in: a map of evidence, and one logit or one for each class."""

from collections.abc import Callable

import keras
from keras import layers, ops

EVIDENCE_LAYER = "evidence_map"
LOGIT_LAYER = "logit"


def add_evidence_map(features: keras.KerasTensor) -> keras.KerasTensor:
    """Return the same features, (B, rows, columns, C), under the name that explanations ask for."""
    return layers.Activation("linear", name=EVIDENCE_LAYER)(features)


def add_logits(features: keras.KerasTensor, classes: int) -> keras.KerasTensor:
    """Return one logit for two classes, positive for the second; else a logit for each class.

    Args:
        features: (B, C).
        classes: 2 or more, the first of them normal.
    """
    units = 1 if classes == 2 else classes
    return layers.Dense(units, dtype="float32", name=LOGIT_LAYER)(features)


def pneumonia_log_odds(logits: keras.KerasTensor) -> keras.KerasTensor:
    """Return (B, 1), the log-odds of all that is not normal, from a network's logits.

    Args:
        logits: (B, 1), which are the log-odds; or (B, classes), the first of them normal.
    """
    if logits.shape[-1] == 1:
        return logits
    return _log_odds_of_the_rest(logits)


@ops.custom_gradient
def _log_odds_of_the_rest(
    logits: keras.KerasTensor,
) -> tuple[keras.KerasTensor, Callable[[keras.KerasTensor], keras.KerasTensor]]:
    """Return (B, 1) with a gradient that LiteRT can compute, as Grad-CAM in a serving file must."""
    normal, ill = logits[:, :1], logits[:, 1:]
    slope = ops.concatenate([-ops.ones_like(normal), ops.softmax(ill)], axis=-1)
    log_odds = ops.logsumexp(ill, axis=-1, keepdims=True) - normal
    return log_odds, lambda upstream: upstream * slope


def has_evidence_map(model: keras.Model) -> bool:
    """Whether the network keeps a map that Grad-CAM can explain."""
    return any(layer.name == EVIDENCE_LAYER for layer in model.layers)


def count_features(model: keras.Model) -> int:
    """Return how many features each cell of the evidence map has; 0 without such a map."""
    return int(model.get_layer(EVIDENCE_LAYER).output.shape[-1]) if has_evidence_map(model) else 0


def split_at_evidence(model: keras.Model) -> tuple[keras.Model, keras.Model]:
    """Return (trunk, head): from input to evidence map, and from there to the logits.

    Raises:
        ValueError: the network has no evidence map.
    """
    evidence = model.get_layer(EVIDENCE_LAYER).output
    trunk = keras.Model(model.input, evidence, name=f"{model.name}_trunk")
    return trunk, keras.Model(evidence, model.output, name=f"{model.name}_head")
