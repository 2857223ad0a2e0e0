"""How the lungs of a data set's training X-rays look to a classifier, kept beside the index."""

import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from xray_core.datasets.folder import label_of_class
from xray_core.datasets.index import DatasetIndex, Progress
from xray_core.diagnosis.diagnose import Diagnoser
from xray_core.diagnosis.similar import KnownCases
from xray_core.errors import LungsNotFoundError, StoppedError, UnreadableImageError
from xray_core.images.decode import decode_xray
from xray_core.model_store import SERVING_FILE

_NOT_FOR_TRAINING = ("test", "val")


@dataclass(frozen=True)
class FeatureTable:
    """The training X-rays of a data set that a classifier has seen.

    Attributes:
        rows: of the index, one for each known case.
        known: their features and labels.
    """

    rows: pd.DataFrame
    known: KnownCases


def measure_lung_features(
    index: DatasetIndex,
    diagnoser: Diagnoser,
    on_progress: Progress,
    should_stop: Callable[[], bool],
) -> FeatureTable:
    """Return the features of every training X-ray in which lungs are found, and keep them.

    Raises:
        StoppedError: it was told to stop.
    """
    rows = _training_rows(index)
    seen: list[np.ndarray] = []
    places: list[int] = []
    for place, path in enumerate(rows["path"]):
        if should_stop():
            raise StoppedError("Reading the training X-rays was stopped. Start it again any time.")
        on_progress(place, len(rows))
        try:
            diagnosis = diagnoser.diagnose(decode_xray((index.root / path).read_bytes(), ""))
        except (LungsNotFoundError, UnreadableImageError, OSError):
            continue
        if diagnosis.features is not None:
            seen.append(diagnosis.features.astype(np.float16))
            places.append(place)
    features = np.stack(seen) if seen else np.zeros((0, diagnoser.card.feature_count), np.float16)
    paths = rows["path"].to_numpy(str)[places]
    file = _file(index, diagnoser)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    with draft.open("wb") as kept:
        np.savez(kept, features=features, paths=paths, fingerprint=index.fingerprint)
    draft.replace(file)
    on_progress(len(rows), len(rows))
    return _join(rows, paths, features)


def read_lung_features(index: DatasetIndex, diagnoser: Diagnoser) -> FeatureTable | None:
    """Return what was kept for this data set and model; None if the data changed, or never was."""
    try:
        with np.load(_file(index, diagnoser), allow_pickle=False) as kept:
            if str(kept["fingerprint"]) != index.fingerprint:
                return None
            return _join(_training_rows(index), kept["paths"], kept["features"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def _training_rows(index: DatasetIndex) -> pd.DataFrame:
    rows = index.readable
    labels = rows["label"].astype(str).map(label_of_class)
    return rows[labels.notna() & ~rows["split"].isin(_NOT_FOR_TRAINING)]


def _join(rows: pd.DataFrame, paths: np.ndarray, features: np.ndarray) -> FeatureTable:
    """Return the rows of some paths beside their features."""
    found = rows.set_index("path", drop=False).loc[paths.tolist()]
    labels = found["label"].astype(str).map(label_of_class).to_numpy(int)
    return FeatureTable(found, KnownCases(features.astype(np.float32), labels))


def _file(index: DatasetIndex, diagnoser: Diagnoser) -> Path:
    return index.folder / f"lung_features-{diagnoser.card.files[SERVING_FILE][:16]}.npz"
