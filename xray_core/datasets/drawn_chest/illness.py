"""Opacities: air that is missing from chosen zones of the lungs."""

from collections.abc import Sequence

import numpy as np

from xray_core.datasets.drawn_chest.frame import (
    LEFT,
    RIGHT,
    STRETCH,
    Frame,
    draw_clouds,
    resize_layer,
)
from xray_core.datasets.drawn_chest.tissue import wander_from
from xray_core.lungs.zones import ZONE_NAMES, Lungs, number_zones


def plant_opacities(
    frame: Frame,
    rng: np.random.Generator,
    lungs: Lungs,
    air: np.ndarray,
    zones: Sequence[str] | None,
) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Return the share of air that is lost, float32 (H, W), its mask, and the zones it is in.

    A focal opacity fills much of one zone; patches are smaller, one to three in each of theirs.
    """
    if not zones:
        count = 1 if rng.random() < 0.55 else int(rng.integers(2, 5))
        zones = rng.choice(ZONE_NAMES, count, replace=False).tolist()
    focal = len(zones) == 1
    half, numbers = frame.half(), number_zones(lungs)
    loss, opacity = np.zeros(half.shape, np.float32), np.zeros(air.shape, bool)
    for name in zones:
        zone = numbers == 1 + ZONE_NAMES.index(name)
        inside = half.soften(resize_layer(zone.astype(np.float32), half.shape), 0.025)
        aired = inside * resize_layer(air, half.shape)
        for _ in range(1 if focal else int(rng.integers(1, 4))):
            radius = rng.uniform(0.16, 0.23) if focal else rng.uniform(0.08, 0.14)
            places = np.argwhere(aired >= np.quantile(aired[aired > 0.05], 0.6))
            centre = places[int(rng.random() * len(places))]  # near the same place at every size
            patch = inside * _draw_patch(half, rng, centre, radius)
            opacity |= zone & (resize_layer(patch, air.shape) > 0.3)
            still_aired = _draw_bronchi(half, rng, centre, radius)
            loss = np.maximum(loss, rng.uniform(0.85, 1.0) * patch * (1 - still_aired))
    return (
        resize_layer(loss, air.shape),
        opacity,
        tuple(name for name in ZONE_NAMES if name in zones),
    )


def _draw_patch(
    frame: Frame, rng: np.random.Generator, centre: np.ndarray, radius: float
) -> np.ndarray:
    """A ragged, soft-edged patch around the pixel (row, column)."""
    reach = radius * frame.unit * rng.uniform(0.75, 1.3, 2)
    y, x = np.ogrid[: frame.shape[0], : frame.shape[1]]
    far = np.hypot((y - centre[0]) / reach[0], (x - centre[1]) / reach[1]).astype(np.float32)
    ragged = 1.3 - far + 0.35 * draw_clouds(rng, frame.shape, 8, 4, 0.7)
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
    return 0.3 * frame.stroke(*tubes, width=0.012, blur=0.006)
