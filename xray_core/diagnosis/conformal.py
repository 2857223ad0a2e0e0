"""When to say "cannot tell": split-conformal prediction at an error rate that the user chooses.

Source: Vovk, Gammerman and Shafer 2005, "Algorithmic learning in a random world", section 4.5
(Mondrian, that is class by class); Sadinle, Lei and Wasserman 2019, arXiv:1609.00451.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from xray_core.errors import IncompatibleModelError

SCORES_FILE = "calibration.csv"
DEFAULT_ERROR_RATE = 0.05

Verdict = Literal["pneumonia", "normal", "cannot tell"]


@dataclass(frozen=True)
class Cutoffs:
    """Where one answer ends and the next begins.

    Attributes:
        low: calibrated probability below which the verdict is normal.
        high: calibrated probability from which the verdict is pneumonia; at least `low`.
        error_rate: the share of each class that may be left out, 0 to 1.
    """

    low: float
    high: float
    error_rate: float

    def decide(self, probability: float) -> Verdict:
        """Return the verdict.

        >>> cutoffs = Cutoffs(low=0.2, high=0.7, error_rate=0.05)
        >>> [cutoffs.decide(p) for p in (0.1, 0.2, 0.69, 0.7)]
        ['normal', 'cannot tell', 'cannot tell', 'pneumonia']
        """
        if probability >= self.high:
            return "pneumonia"
        return "normal" if probability < self.low else "cannot tell"


@dataclass(frozen=True)
class ConformalScores:
    """What a model said of validation pictures, whose answers are known.

    Attributes:
        normal: calibrated probabilities of pneumonia of the normal ones, float (N,), ascending.
        pneumonia: those of the pictures with pneumonia, float (M,), ascending.
    """

    normal: np.ndarray
    pneumonia: np.ndarray

    def choose_cutoffs(self, error_rate: float) -> Cutoffs:
        """Return the cutoffs that leave out at most this share of each class.

        A class stays possible unless too few of its own validation pictures look as little like
        it. Where one class alone stays possible, it is the verdict; where both do, or none, nobody
        can tell. This holds for pictures like the validation pictures, and for no others.

        Args:
            error_rate: above 0 and below 1.

        Raises:
            ValueError: the error rate is out of its range.

        >>> scores = ConformalScores(np.linspace(0, 0.4, 99), np.linspace(0.3, 1, 99))
        >>> cutoffs = scores.choose_cutoffs(0.01)  # both are possible where they overlap
        >>> round(cutoffs.low, 3), round(cutoffs.high, 3)
        (0.3, 0.4)
        """
        if not 0 < error_rate < 1:
            raise ValueError(f"Expected an error rate above 0 and below 1. Received {error_rate}.")
        sick_from = _quantile_from_below(self.pneumonia, error_rate)
        # Just above the last normal picture, so that it stays possible there, too.
        well_to = math.nextafter(1 - _quantile_from_below(1 - self.normal[::-1], error_rate), 2)
        return Cutoffs(min(sick_from, well_to), max(sick_from, well_to), error_rate)


def write_scores(labels: np.ndarray, probabilities: np.ndarray) -> bytes:
    """Return the contents of ``calibration.csv``.

    Args:
        labels: (N,), 1 for pneumonia and 0 for normal, of validation pictures.
        probabilities: (N,), calibrated.
    """
    lines = [f"{int(y)},{p:.8f}" for y, p in sorted(zip(labels, probabilities, strict=True))]
    return "\n".join(["label,probability", *lines, ""]).encode()


def read_scores(data: bytes) -> ConformalScores:
    """Return what `write_scores` wrote.

    Raises:
        IncompatibleModelError: the bytes are something else, or a class is missing.
    """
    try:
        rows = [line.split(",") for line in data.decode().splitlines()[1:]]
        labels, probabilities = np.array(rows, np.float64).reshape(-1, 2).T
    except ValueError as error:
        raise IncompatibleModelError(
            f"Expected {SCORES_FILE} with the columns label and probability, got something else: "
            f"{error}. Download or train the model again."
        ) from error
    scores = ConformalScores(
        np.sort(probabilities[labels == 0]), np.sort(probabilities[labels == 1])
    )
    if not (len(scores.normal) and len(scores.pneumonia)):
        raise IncompatibleModelError(
            f"Expected pictures of both classes in {SCORES_FILE}, got {len(scores.normal)} normal "
            f"and {len(scores.pneumonia)} with pneumonia. Download or train the model again."
        )
    return scores


def _quantile_from_below(ascending: np.ndarray, error_rate: float) -> float:
    """Return the value from which a class stays possible; 0 where there are too few to tell."""
    count = math.floor(error_rate * (len(ascending) + 1) + 1e-9)  # 0.1 * 30 is not quite 3
    return float(ascending[count - 1]) if count else 0.0
