"""Consolidation: one ragged patch where air spaces are filled, as bacteria often leave it."""

import numpy as np

from xray_core.datasets.drawn_chest.frame import LEFT, RIGHT, STRETCH, Frame, draw_clouds
from xray_core.datasets.drawn_chest.vessels import wander_from


def draw_consolidation(
    frame: Frame, rng: np.random.Generator, inside: np.ndarray, air: np.ndarray, severity: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the share of air that is lost and how far the patch reaches, float32 (H, W) both.

    Args:
        frame: where the chest lies.
        rng: decides place and shape; the same ones at every severity.
        inside: 1 in the zone that falls ill, 0 far from it.
        air: what a beam meets of it.
        severity: 0 to 1, from a faint small patch to a dense one that fills the zone.
    """
    aired = inside * air
    places = np.argwhere(aired >= np.quantile(aired[aired > 0.05], 0.6))
    centre = places[int(rng.random() * len(places))]  # near the same place at every size
    radius = rng.uniform(0.9, 1.1) * np.interp(severity, [0, 1], [0.15, 0.4])
    extent = inside * _draw_patch(frame, rng, centre, radius)
    still_aired = severity * _draw_bronchi(frame, rng, centre, radius)
    # Filled air spaces are as small as lobules, with some still open between them.
    open_ones = 0.25 * np.clip(-draw_clouds(rng, frame.shape, 44, 3, 0.8), 0, 2)
    filled = np.interp(severity, [0, 1], [0.75, 1.0]) * extent * (1 - still_aired)
    return filled * (1 - open_ones), extent


def _draw_patch(
    frame: Frame, rng: np.random.Generator, centre: np.ndarray, radius: float
) -> np.ndarray:
    """A ragged, soft-edged patch around the pixel (row, column)."""
    reach = radius * frame.unit * rng.uniform(0.8, 1.25, 2)
    y, x = np.ogrid[: frame.shape[0], : frame.shape[1]]
    far = np.hypot((y - centre[0]) / reach[0], (x - centre[1]) / reach[1]).astype(np.float32)
    ragged = 1.3 - far + 0.5 * draw_clouds(rng, frame.shape, 12, 4, 0.8)
    return frame.soften(np.clip(1.4 * ragged, 0, 1), 0.012)


def _draw_bronchi(
    frame: Frame, rng: np.random.Generator, centre: np.ndarray, radius: float
) -> np.ndarray:
    """Airways from the hilum through a patch: they stay dark in it, the air bronchogram."""
    target = np.linalg.solve(frame.matrix[:, :2], centre[::-1] - frame.matrix[:, 2])
    side = RIGHT if target[0] < 0 else LEFT
    hilum = np.array([0.2 * side, 0.44])
    across, down = (target - hilum) * STRETCH
    heading, length = float(np.arctan2(down, side * across)), float(np.hypot(across, down)) + radius
    tubes = [wander_from(hilum, heading + turn, length, side, rng) for turn in (-0.3, 0, 0.3)]
    return 0.25 * frame.stroke(*tubes, width=0.01, blur=0.006)
