"""How a chest lies in its picture."""

import numpy as np

from xray_core.datasets.drawn_chest.chest import Chest
from xray_core.datasets.drawn_chest.frame import Frame


def pose_chest(rng: np.random.Generator, shape: tuple[int, int], chest: Chest) -> Frame:
    """Lay the chest into the picture; the ranges are those of Kermany's lung masks."""
    height, width = shape
    half_chest = (rng.uniform(0.34, 0.4) + 0.02 * chest.youth) * width
    apex, corner = rng.uniform(0.09, 0.22) * height, rng.uniform(0.82, 0.92) * height
    turn, skew = np.deg2rad(rng.normal(0, 2.5)), rng.normal(0, 0.02)
    across = half_chest * np.array([np.cos(turn), np.sin(turn)])
    down = (corner - apex) * np.array([skew - np.sin(turn), np.cos(turn)])
    origin = np.array([rng.uniform(0.46, 0.54) * width, apex])
    return Frame(np.stack([across, down, origin], axis=1), shape)
