"""Whether figures of two models may stand side by side."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from xray_core.comparison.predictions import OFFICIAL_TEST, Predictions
from xray_core.datasets.naming import is_kermany
from xray_core.datasets.split import fingerprint_names
from xray_core.model_card import ClassifierCard
from xray_core.training.presets.catalog import RANDOM_START, began_at_random

# With 30 of a class, two standard errors of sensitivity and specificity are above ten points.
_FEW = 60
_ONE_ANSWER = 1e-5  # far below what any threshold or probability on screen tells apart

Standing = Literal[
    "official test",
    "re-split",
    "may have seen it",
    "tuned on test",
    "different data",
    "not judged",
]

FLATTERING: tuple[Standing, ...] = ("re-split", "may have seen it", "tuned on test")

MEANINGS: dict[Standing, str] = {
    "official test": "Judged on the 624 test pictures of Kermany et al. 2018, as in their folders.",
    "re-split": "Judged on another choice of the same hospital's pictures: easier, and not "
    "comparable.",
    "may have seen it": "Learnt from some of the test pictures, or nothing tells that it did not.",
    "tuned on test": "Something was chosen by looking at the test pictures: flattering.",
    "different data": "Judged on pictures of another origin.",
    "not judged": "No answers on test pictures are kept.",
}


@dataclass(frozen=True)
class Badge:
    """What a model's test figures may be compared with, and why.

    Attributes:
        standing, reason: in two words, and in sentences.
        warning: those of the sentences that the reader of its figures must know.
    """

    standing: Standing
    reason: str
    warning: str = ""

    @property
    def caution(self) -> str:
        """What must follow a comparison with another model; empty if nothing must."""
        return f"{self.standing}. {self.reason}" if self.standing in FLATTERING else self.warning


def give_badge(card: ClassifierCard | None, predictions: Predictions | None) -> Badge:
    """Return what the test figures of a model may be compared with.

    Args:
        card: of the model; None for a run without one.
        predictions: behind the figures; None where there are none.
    """
    if card is None or predictions is None:
        return Badge("not judged", "It has no answers on test pictures.")
    if reason := _find_tuning(card, predictions):
        return Badge("tuned on test", reason)
    n = len(predictions.table)
    if predictions.seen != 0:
        return Badge("may have seen it", _tell_seen(predictions.seen, n))
    warning = _warn(card, predictions)
    if predictions.fingerprint == OFFICIAL_TEST:
        return Badge("official test", f"The official {n} test pictures. {warning}".strip(), warning)
    if predictions.table["file"].map(is_kermany).all():
        return Badge(
            "re-split",
            f"{n:,} pictures of Kermany et al. 2018, but not the official 624: models trained on "
            f"the official folders may have seen them. {warning}".strip(),
            warning,
        )
    data = card.measurements[predictions.name].data if predictions.name in card.measurements else ""
    where = data or predictions.name
    return Badge("different data", f"{n:,} pictures of: {where}. {warning}".strip(), warning)


def why_not_comparable(first: Predictions | None, second: Predictions | None) -> str | None:
    """Return why two models cannot be compared picture by picture; None where they can.

    >>> why_not_comparable(None, None)
    'One of them has no answers on test pictures.'
    """
    if first is None or second is None:
        return "One of them has no answers on test pictures."
    if first.fingerprint == second.fingerprint:
        return None
    files = [set(predictions.table["file"]) for predictions in (first, second)]
    if files[0] != files[1]:
        shared = len(files[0] & files[1])
        return (
            f"They were judged on different pictures: {len(first.table):,} and "
            f"{len(second.table):,}, of which {shared:,} are the same. To compare them, judge both "
            "on one folder by the command evaluate --data FOLDER --model ID --record NAME."
        )
    return "They were judged on files of the same names, with other labels or other contents."


def _find_tuning(card: ClassifierCard, predictions: Predictions) -> str | None:
    """Return how the test pictures had a say in the model; None if nothing tells so."""
    if card.training.validation_images == len(predictions.table):
        files = predictions.table["file"]
        orders = (files, _by_class(predictions.table))
        if any(fingerprint_names(order) == card.training.split_fingerprint for order in orders):
            return "Its test pictures are those that its epoch and threshold were chosen on."
    if "test" in card.calibration.source.lower():
        return f"Its threshold was chosen on: {card.calibration.source}."
    return None


def _tell_seen(seen: int | None, judged: int) -> str:
    if seen is None:
        return "Nobody noted which pictures it learnt from, so these may be among them. Train anew."
    return f"It learnt from {seen:,} of these {judged:,} pictures, or chose its epoch by them."


def _by_class(table: pd.DataFrame) -> pd.Series:
    """Return file names in the order of the folders: normal first."""
    return table.sort_values(["label", "file"], kind="stable")["file"]


def warn_of_one_answer(predictions: Predictions) -> str:
    """Return what to make of a model that says the same of every picture; empty for others."""
    given = predictions.probabilities[predictions.answered]
    if np.ptp(given) >= _ONE_ANSWER:
        return ""
    return (
        f"It learnt nothing: its answers on all {len(given):,} pictures lie within {_ONE_ANSWER:g} "
        f"of each other, and their order, from which AUC follows, is that of rounding errors."
    )


def _warn(card: ClassifierCard, predictions: Predictions) -> str:
    """Return what the reader of its figures must know; empty if nothing."""
    measured = card.measurements.get(predictions.name)
    said = (
        measured.note if measured else "",
        _warn_of_validation(card),
        _warn_of_random_start(card),
        warn_of_one_answer(predictions),
    )
    return " ".join(filter(None, said))


def _warn_of_random_start(card: ClassifierCard) -> str:
    facts = card.training
    began = began_at_random(facts.preset, facts.settings.get("initial_weights"))
    return RANDOM_START if began else ""


def _warn_of_validation(card: ClassifierCard) -> str:
    validation = card.training.settings.get("validation")
    if validation == "pictures":
        return (
            "Its validation pictures shared patients with training, so epoch and threshold were "
            "chosen too hopefully; the test itself is clean."
        )
    if validation == "val_folder" and card.training.validation_images < _FEW:
        return (
            f"Its threshold was chosen on {card.training.validation_images} pictures only: "
            f"nearly by chance."
        )
    return ""
