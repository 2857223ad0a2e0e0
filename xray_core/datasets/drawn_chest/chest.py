"""The shape of one child's chest."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from xray_core.datasets.drawn_chest.frame import (
    LEFT,
    RIGHT,
    SIDES,
    STRETCH,
    Frame,
    curve_through,
    interpolate_evenly,
)


@dataclass(frozen=True)
class Chest:
    """One child's rib cage and diaphragm.

    Attributes:
        half_width: of the rib cage at each y.
        first_rib, rib_gap, rib_drop: height of the first rib at the spine, the distance to the
            next one, and how far a full rib falls on its way round to the front.
        domes: for each side, height of the diaphragm's dome and how far its rim lies below.
        shoulders: for each side, the joint's distance from the spine and y, and how far the arm is
            raised above the horizontal, in radians.
    """

    half_width: Callable[[Any], Any]
    first_rib: float
    rib_gap: float
    rib_drop: float
    domes: Mapping[int, tuple[float, float]]
    shoulders: Mapping[int, tuple[float, float, float]]

    def diaphragm(self, side: int, x: np.ndarray) -> np.ndarray:
        """Height y of the diaphragm at each distance from the spine."""
        dome, rim = self.domes[side]
        outer, inner = np.clip(x - 0.42, 0, None) / 0.56, np.clip(0.42 - x, 0, None) / 0.42
        return dome + rim * outer**2.3 + 0.03 * inner**2

    def lung(self, side: int) -> np.ndarray:
        y = np.linspace(0.02, sum(self.domes[side]) * 0.995, 40)
        wall = np.stack([self.half_width(y) * 0.975, y], axis=1)
        x = np.linspace(wall[-1, 0], 0.125, 30)[1:]
        base = np.stack([x, self.diaphragm(side, x)], axis=1)
        spine_and_apex = [[0.14, 0.5], [0.165, 0.15], [0.19, 0.04], [0.24, 0.005], [0.3, 0.0]]
        return np.concatenate([wall, base, spine_and_apex]) * [side, 1]

    def arm(self, side: int, start: float, end: float) -> np.ndarray:
        """The middle line of the upper arm between two distances from the shoulder joint."""
        x, y, lift = self.shoulders[side]
        distance = np.linspace(start, end, 40)[:, np.newaxis]
        heading = np.array([np.cos(lift), -np.sin(lift)]) / STRETCH
        return (np.array([x, y]) + distance * heading) * [side, 1]

    def rib(self, number: int, side: int) -> tuple[np.ndarray, np.ndarray]:
        """The middle line of a rib and, along it, the angle around the chest (0 at the spine).

        A rib is seen as a tilted ring; the lowest ones end early.
        """
        end = np.pi * (0.78 if number < 8 else 0.62 if number < 11 else 0.42)
        angle = np.linspace(0, end, 40)
        start = self.first_rib + self.rib_gap * (number - 1)
        drop = self.rib_drop * np.interp(number, [1, 2, 3, 4, 5], [0.35, 0.58, 0.75, 0.9, 1])
        reach = self.half_width(min(start + drop / 2, 1.5)) - 0.1
        fall = 0.85 * (1 - np.cos(angle)) / 2 + 0.15 * angle / np.pi
        arch = 0.022 * np.sin(2 * np.minimum(angle, np.pi / 2))
        path = np.stack([0.1 + reach * np.sin(angle), start + drop * fall - arch], axis=1)
        return path * [side, 1], angle


def grow_chest(rng: np.random.Generator) -> Chest:
    """Return the chest of a child that never lived."""
    y = [-0.06, 0.0, 0.1, 0.35, 0.6, 0.85, 1.1, 2.0]
    x = np.array([0.12, 0.34, 0.56, 0.78, 0.91, 1.0, 1.02, 0.95])
    x += rng.uniform(-0.06, 0.06) * np.array([0, 0, 1, 1, 0.7, 0, 0, 0])
    return Chest(
        half_width=interpolate_evenly(y, x),
        first_rib=rng.uniform(-0.04, 0.0),
        rib_gap=rng.uniform(0.112, 0.132),
        rib_drop=rng.uniform(0.5, 0.68),
        domes={
            RIGHT: (rng.uniform(0.75, 0.82), rng.uniform(0.15, 0.21)),
            LEFT: (rng.uniform(0.79, 0.86), rng.uniform(0.15, 0.21)),
        },
        shoulders={
            side: (rng.uniform(0.93, 1.1), rng.uniform(-0.08, 0.06), _raise_arm(rng))
            for side in SIDES
        },
    )


def _raise_arm(rng: np.random.Generator) -> float:
    """Most children are held by raised arms, some have them at their sides."""
    degrees = rng.uniform(20, 80) if rng.random() < 0.7 else rng.uniform(-70, -40)
    return float(np.deg2rad(degrees))


def pose_chest(rng: np.random.Generator, shape: tuple[int, int]) -> Frame:
    """Lay the chest into the picture; the ranges are those of Kermany's lung masks."""
    height, width = shape
    half_chest = rng.uniform(0.35, 0.41) * width
    apex, corner = rng.uniform(0.09, 0.22) * height, rng.uniform(0.82, 0.92) * height
    turn, skew = np.deg2rad(rng.normal(0, 2)), rng.normal(0, 0.02)
    across = half_chest * np.array([np.cos(turn), np.sin(turn)])
    down = (corner - apex) * np.array([skew - np.sin(turn), np.cos(turn)])
    origin = np.array([rng.uniform(0.47, 0.53) * width, apex])
    return Frame(np.stack([across, down, origin], axis=1), shape)


def outline_heart(chest: Chest, rng: np.random.Generator) -> np.ndarray:
    """The outline of heart and great vessels: about two thirds left of the spine."""
    top, right, left = rng.uniform(0.17, 0.3), rng.uniform(0.26, 0.37), rng.uniform(0.48, 0.64)
    right_dome, left_dome = chest.domes[RIGHT][0], chest.domes[LEFT][0]
    return curve_through(
        [
            (-0.8 * top, -0.05),
            (-top, 0.2),
            (-0.95 * top - 0.02, 0.36),
            (-right, 0.6),
            (-0.86 * right, right_dome - 0.04),
            (-0.6 * right, right_dome + 0.08),
            (-0.1, 1.0),
            (0.7 * left, left_dome + 0.13),
            (0.96 * left, left_dome + 0.02),
            (left, left_dome - 0.1),
            (0.84 * left, left_dome - 0.26),
            (0.55 * left + 0.03, 0.38),
            (0.9 * top, 0.2),
            (0.8 * top, -0.05),
        ],
        count=120,
    )
