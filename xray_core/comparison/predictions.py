"""A model's answers on one set of test pictures, in an order that all models share."""

import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from xray_core.errors import IncompatibleModelError
from xray_core.evaluation.learnt_from import LEARNT_FROM_FILE, count_seen
from xray_core.model_card import ClassifierCard
from xray_core.model_store import is_shipped, predictions_file, read_model_file

_NEEDED = ("file", "patient", "label", "probability")
_COVERED = ("probability_lungs_covered", "probability_rest_covered")
_KNOWN = ("evidence_in_lungs", "file_sha256", *_COVERED)

# The 624 test pictures of Kermany et al. 2018, by names and labels: people have them in several
# sizes, so their contents differ from folder to folder.
OFFICIAL_TEST = "cd81f5d83e0dd6c0c5a80d53f3dcc8b6093375fb1ade3ce0cb86991beb49c59f"


@dataclass(frozen=True)
class Predictions:
    """What one model answered on one set of pictures.

    Attributes:
        name: of the measurement on the model's card, such as ``official test``.
        table: one row a picture, sorted by file, label, patient and contents: ``file, patient,
            label, probability`` (NaN without an answer), and, NaN where nobody noted them,
            ``evidence_in_lungs, file_sha256, probability_lungs_covered,
            probability_rest_covered``.
        seen: how many of them the model learnt from; None where nobody noted which it did.
    """

    name: str
    table: pd.DataFrame
    seen: int | None = 0

    @cached_property
    def fingerprint(self) -> str:
        """The same for models judged on the same pictures: SHA-256 over names, labels, contents.

        Names alone decide for the official test, and where the contents were not noted.
        """
        names = fingerprint_pictures(self.table["file"], self.table["label"])
        contents = self.table["file_sha256"]
        if names == OFFICIAL_TEST or contents.isna().any():
            return names
        return fingerprint_pictures(self.table["file"] + " " + contents, self.table["label"])

    @property
    def labels(self) -> np.ndarray:
        """Int (N,): 1 for pneumonia, 0 for normal."""
        return self.table["label"].to_numpy(int)

    @property
    def probabilities(self) -> np.ndarray:
        """Float (N,): of pneumonia; NaN without an answer."""
        return self.table["probability"].to_numpy(float)

    @property
    def answered(self) -> np.ndarray:
        """Bool (N,)."""
        return ~np.isnan(self.probabilities)

    def take(self, keep: np.ndarray) -> "Predictions":
        """Return some of the rows.

        Args:
            keep: bool (N,).
        """
        return replace(self, table=self.table[keep].reset_index(drop=True))


def fingerprint_pictures(files: Iterable[str], labels: Iterable[int]) -> str:
    """Return a SHA-256 over file names and labels, whatever their order.

    >>> fingerprint_pictures(["a", "b"], [0, 1]) == fingerprint_pictures(["b", "a"], [1, 0])
    True
    >>> fingerprint_pictures(["a", "b"], [0, 1]) == fingerprint_pictures(["a", "b"], [1, 0])
    False
    """
    lines = sorted(f"{file}\t{int(label)}" for file, label in zip(files, labels, strict=True))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def list_test_sets(card: ClassifierCard) -> list[str]:
    """Return the measurements of a card whose answers lie beside it."""
    return [name for name in card.measurements if predictions_file(name) in card.files]


def load_predictions(card: ClassifierCard, name: str) -> Predictions:
    """Return a model's answers behind one of its measurements, checked against the card's hash.

    Raises:
        IncompatibleModelError: the file is missing, altered, or no table of answers.
    """
    file_name = predictions_file(name)
    data = read_model_file(card, file_name)
    try:
        predictions = read_predictions(data, name)
    except ValueError as error:
        raise IncompatibleModelError(
            f"The answers in {file_name} of model {card.id!r} cannot be read: {error} "
            f"Judge the model again."
        ) from error
    return replace(predictions, seen=_count_seen(card, predictions))


def _count_seen(card: ClassifierCard, predictions: Predictions) -> int | None:
    """Return how many pictures a model learnt from; shipped ones trained on the train folder."""
    if LEARNT_FROM_FILE in card.files:
        return count_seen(read_model_file(card, LEARNT_FROM_FILE), predictions.table)
    return 0 if is_shipped(card.id) else None


def read_predictions(data: bytes, name: str) -> Predictions:
    """Return the answers in a CSV file.

    Raises:
        ValueError: a column is missing, no picture has an answer, or a value is out of its range.
    """
    table = pd.read_csv(io.BytesIO(data), dtype={"file": str, "patient": str})
    if missing := [column for column in _NEEDED if column not in table]:
        raise ValueError(f"Expected the columns {', '.join(_NEEDED)}; {missing[0]} is missing.")
    for column in _KNOWN:
        if column not in table:
            table[column] = np.nan
    table = table[[*_NEEDED, *_KNOWN]]
    given = table["probability"].dropna()
    if given.empty or not given.between(0, 1).all() or not table["label"].isin((0, 1)).all():
        raise ValueError("Expected labels of 0 and 1, and answers from 0 to 1, at least one.")
    order = ["file", "label", "patient", "file_sha256"]
    return Predictions(name, table.sort_values(order, kind="stable", ignore_index=True))
