"""Right and left lung, each in three zones, and how much of a heatmap falls in each."""

from dataclasses import dataclass

import numpy as np

ZONE_NAMES = (
    "right upper",
    "right middle",
    "right lower",
    "left upper",
    "left middle",
    "left lower",
)


@dataclass(frozen=True)
class Lungs:
    """Where the two lungs lie in the working square; right and left are the patient's.

    Attributes:
        right, left: bool (224, 224). The right lung is on the left of the picture.
    """

    right: np.ndarray
    left: np.ndarray

    @property
    def both(self) -> np.ndarray:
        return self.right | self.left


@dataclass(frozen=True)
class EvidenceShares:
    """Where the positive part of a heatmap lies, as shares of its sum.

    Attributes:
        zones: zone name to share, in the order of `ZONE_NAMES`.
        outside: share outside both lungs. The zones and this add up to 1.
    """

    zones: dict[str, float]
    outside: float

    @property
    def in_lungs(self) -> float:
        return 1 - self.outside


def number_zones(lungs: Lungs) -> np.ndarray:
    """Return uint8 (224, 224): 0 outside, else 1 plus the place in `ZONE_NAMES`.

    Each lung is cut into thirds of its own height, as chest X-ray severity scores do.
    """
    numbers = np.zeros(lungs.right.shape, np.uint8)
    for first, lung in ((1, lungs.right), (4, lungs.left)):
        rows = np.flatnonzero(lung.any(axis=1))
        edges = np.linspace(rows[0], rows[-1] + 1, 4)[1:3]
        third = np.digitize(np.arange(lung.shape[0]), edges)
        numbers[lung] = (first + third[:, np.newaxis] * np.ones(lung.shape[1], int))[lung]
    return numbers


def share_evidence(heatmap: np.ndarray, lungs: Lungs) -> EvidenceShares | None:
    """Return where the positive evidence lies; None where there is none.

    Args:
        heatmap: float32 (224, 224) in log-odds, positive for pneumonia.
        lungs: the lungs of the same picture.
    """
    positive = np.clip(heatmap, 0, None).astype(np.float64)
    total = float(positive.sum())
    if total <= 0:
        return None
    sums = np.bincount(number_zones(lungs).ravel(), positive.ravel(), minlength=7) / total
    return EvidenceShares(
        zones={name: float(share) for name, share in zip(ZONE_NAMES, sums[1:], strict=True)},
        outside=float(sums[0]),
    )
