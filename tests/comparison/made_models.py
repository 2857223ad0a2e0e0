"""Models with answers of a test's own, published as real ones are."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from xray_core.evaluation.evaluate import measure
from xray_core.evaluation.learnt_from import LEARNT_FROM_FILE, write_learnt_from
from xray_core.model_card import ClassifierCard
from xray_core.model_changes import publish_model
from xray_core.model_store import (
    DEFAULT_CLASSIFIER,
    predictions_file,
    read_classifier_card,
    read_model_file,
)
from xray_core.paths import workspace

OFFICIAL = "official test"


def read_official() -> pd.DataFrame:
    """Return the shipped model's answers on the official test pictures."""
    data = read_model_file(read_classifier_card(DEFAULT_CLASSIFIER), predictions_file(OFFICIAL))
    return pd.read_csv(io.BytesIO(data))


def disturb(table: pd.DataFrame, seed: int, noise: float = 1.0) -> pd.DataFrame:
    """Return answers whose log-odds differ by noise."""
    rng = np.random.default_rng(seed)
    odds = logit(table["probability"].clip(1e-6, 1 - 1e-6)) + noise * rng.normal(size=len(table))
    return table.assign(probability=expit(odds), called=(expit(odds) >= 0.5).astype(int))


_measured = {}


def measure_once(table: pd.DataFrame, threshold: float, data: str) -> Any:
    """Return the figures, which take the longest of a model; many tests make the same one."""
    asked = table.to_csv(index=False), threshold, data
    if asked not in _measured:
        _measured[asked] = measure(table, threshold, data)
    return _measured[asked]


def make_history(epochs: int = 8, seed: int = 0) -> pd.DataFrame:
    """Return curves that fall, and part at the end."""
    rng, epoch = np.random.default_rng(seed), np.arange(epochs)
    loss = 0.6 * np.exp(-epoch / 3) + 0.05 + 0.01 * rng.random(epochs)
    worse = loss + 0.02 * epoch
    columns: dict[str, np.ndarray] = {"epoch": epoch, "loss": loss, "val_loss": worse}
    for name in ("accuracy", "precision", "recall", "auc"):
        columns |= {name: 1 - loss / 2, f"val_{name}": 1 - worse / 2}
    return pd.DataFrame(columns | {"seconds": 4.0 * (epoch + 1)})


def make_model(
    model_id: str,
    tests: Mapping[str, pd.DataFrame],
    history: pd.DataFrame | None = None,
    settings: Mapping[str, Any] | None = None,
    with_network: bool = False,
    learnt_from: Sequence[str] | None = (),
    **changes: Any,
) -> ClassifierCard:
    """Publish a model in the workspace; return its card.

    Args:
        tests: name of a measurement to answers.
        settings: that differ from the shipped model's.
        with_network: also copy the shipped network, which is large.
        learnt_from: paths of the pictures that it learnt from; None where nobody noted them.
        changes: other fields of the card.
    """
    shipped = read_classifier_card(DEFAULT_CLASSIFIER)
    training = shipped.training.model_copy(
        update={"settings": {**shipped.training.settings, **(settings or {})}}
    )
    history = make_history() if history is None else history
    files = {"history.csv": history.to_csv(index=False).encode()}
    files |= {
        predictions_file(name): table.to_csv(index=False).encode() for name, table in tests.items()
    }
    if learnt_from is not None:
        files[LEARNT_FROM_FILE] = write_learnt_from(learnt_from)
    if with_network:
        files["serving.tflite"] = read_model_file(shipped, "serving.tflite")
    threshold = shipped.calibration.threshold
    card = shipped.model_copy(
        update={
            "id": model_id,
            "title": model_id.replace("-", " ").capitalize(),
            "training": training,
            "measurements": {
                name: measure_once(table, threshold, name) for name, table in tests.items()
            },
            **changes,
        }
    )
    publish_model(card, files, workspace() / "models")
    return read_classifier_card(model_id)


def make_drawn_answers(pictures: int = 40, seed: int = 0, prefix: str = "scan") -> pd.DataFrame:
    """Return answers on pictures of no known data set, two of each patient."""
    rng = np.random.default_rng(seed)
    labels = np.arange(pictures) % 2
    probabilities = expit(2.0 * (2 * labels - 1) + rng.normal(size=pictures))
    return pd.DataFrame(
        {
            "file": [f"{prefix}{number:03d}.png" for number in range(pictures)],
            "patient": [f"patient{number // 2}" for number in range(pictures)],
            "label": labels,
            "probability": probabilities,
            "called": (probabilities >= 0.4).astype(int),
            "evidence_in_lungs": np.where(probabilities >= 0.4, 0.8, np.nan),
            "error": "",
        }
    )
