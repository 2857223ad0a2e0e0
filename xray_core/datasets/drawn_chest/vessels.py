"""Lung vessels: trees that branch from the hila and thin out towards the chest wall."""

import numpy as np

from xray_core.datasets.drawn_chest.chest import Chest
from xray_core.datasets.drawn_chest.frame import (
    SIDES,
    STRETCH,
    Frame,
    draw_clouds,
    outline_ellipse,
    resize_layer,
)

# Headings of the trunks in radians, down is positive: to the apex, sideways, along the heart.
_TRUNKS = (-1.25, -0.9, -0.55, -0.15, 0.2, 0.55, 0.85, 1.1, 1.35)
_WIDEST, _THINNEST = 0.015, 0.004


def draw_vessels(frame: Frame, chest: Chest, rng: np.random.Generator) -> np.ndarray:
    """Density of the vessels, of the hila, and the faint grain of the lung."""
    paths: list[np.ndarray] = []
    widths: list[float] = []
    for side in SIDES:
        for heading in _TRUNKS:
            root = np.array([side * rng.uniform(0.19, 0.26), rng.uniform(0.36, 0.48)])
            _grow_vessel(paths, widths, root, heading + rng.normal(0, 0.12), side, rng)
    classes = np.round(np.log2(np.array(widths) / _THINNEST) * 2)
    density = np.zeros(frame.shape, np.float32)
    for number in np.unique(classes):
        width = _THINNEST * 2 ** (number / 2)
        members = [path for path, own in zip(paths, classes, strict=True) if own == number]
        # A beam crosses a round vessel along its diameter: wide ones are dense, too.
        density += 1.7 * width * frame.stroke(*members, width=width, blur=0.2 * width + 0.001)
    half = frame.half()
    hila = [
        outline_ellipse(side * 0.22 + chest.twist, rng.uniform(0.38, 0.46), 0.05, 0.09)
        for side in SIDES
    ]
    grain = 0.008 * draw_clouds(rng, half.shape, 16, 4, 0.8)
    return density + resize_layer(0.025 * half.fill(*hila, blur=0.03) + grain, frame.shape)


def _grow_vessel(
    paths: list[np.ndarray],
    widths: list[float],
    root: np.ndarray,
    heading: float,
    side: int,
    rng: np.random.Generator,
) -> None:
    """Append the pieces of a trunk and its branches, each piece thinner than the one before."""
    shoots = [(root, heading, rng.uniform(0.6, 1.0) * _WIDEST)]
    while shoots:
        start, heading, width = shoots.pop()
        piece = wander_from(start, heading, 6.5 * width + 0.025, side, rng)
        paths.append(piece)
        widths.append(width)
        if width < 1.5 * _THINNEST:
            continue
        turn = rng.choice(SIDES) * rng.uniform(0.35, 0.8)
        shoots.append((piece[-1], heading - 0.3 * turn, 0.82 * width))
        if rng.random() < 0.8:
            shoots.append((piece[-1], heading + turn, 0.62 * width))


def wander_from(
    root: np.ndarray,
    heading: float,
    length: float,
    side: int,
    rng: np.random.Generator,
    bend: float = 0.1,
) -> np.ndarray:
    """A winding path (6, 2) away from `root`; headings and bends in radians, down is positive."""
    headings = heading + np.cumsum(rng.normal(0, bend, 5))
    steps = np.stack([side * np.cos(headings), np.sin(headings)], axis=1) / STRETCH
    return np.concatenate([root[np.newaxis], root + np.cumsum(steps * length / 5, axis=0)])
