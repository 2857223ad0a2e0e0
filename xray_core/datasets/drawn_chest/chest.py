"""The shape of one child's chest, as one breath and one stance show it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from xray_core.datasets.drawn_chest.curve import curve_through, interpolate_evenly
from xray_core.datasets.drawn_chest.frame import (
    LEFT,
    RIGHT,
    SIDES,
    STRETCH,
)

YOUNGEST, OLDEST = 1.0, 12.0


@dataclass(frozen=True)
class Chest:
    """One child's rib cage, heart and diaphragm.

    Attributes:
        age: in years.
        breath: how deeply the child breathes in, 0 to 1.
        twist: how far the child turns its left side forward; what lies in front moves by as much
            in x, the spine the other way.
        half_width: of the rib cage at each y.
        first_rib, rib_gap, rib_drop: height of the first rib at the spine, the distance to the
            next one, and how far a full rib falls on its way round to the front.
        domes: for each side, height of the diaphragm's dome and how far its rim lies below.
        shoulders: for each side, the joint's distance from the spine and y, and how far the arm is
            raised above the horizontal, in radians.
    """

    age: float
    breath: float
    twist: float
    half_width: Callable[[Any], Any]
    first_rib: float
    rib_gap: float
    rib_drop: float
    domes: Mapping[int, tuple[float, float]]
    shoulders: Mapping[int, tuple[float, float, float]]

    @property
    def youth(self) -> float:
        """1 for the youngest children, 0 for the oldest."""
        return (OLDEST - self.age) / (OLDEST - YOUNGEST)

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
        drop = self.rib_drop * np.interp(
            number, [1, 2, 3, 4, 5, 9], [0.4, 0.55, 0.7, 0.8, 0.9, 1.1]
        )
        reach = self.half_width(min(start + drop / 2, 1.5)) - 0.1
        back = 0.5 * (0.6 * (1 - np.cos(angle)) + 0.4 * np.sin(angle))
        fall = np.where(angle < np.pi / 2, back, (1 - np.cos(angle)) / 2)
        arch = 0.02 * np.sin(2 * np.minimum(angle, np.pi / 2))
        path = np.stack([0.1 + reach * np.sin(angle), start + drop * fall - arch], axis=1)
        path *= [side, 1]
        path[:, 0] -= self.twist * np.cos(angle)
        return path, angle


def grow_chest(child: np.random.Generator, shot: np.random.Generator) -> Chest:
    """Return the chest of a child that never lived, as it breathes and stands in one picture."""
    age = float(child.uniform(YOUNGEST, OLDEST))
    youth = (OLDEST - age) / (OLDEST - YOUNGEST)
    breath, twist = float(shot.beta(3, 2)), float(np.clip(shot.normal(0, 0.03), -0.07, 0.07))
    y = [-0.06, 0.0, 0.1, 0.35, 0.6, 0.85, 1.1, 2.0]
    x = np.array([0.12, 0.34, 0.56, 0.78, 0.91, 1.0, 1.02, 0.95])
    x += child.uniform(-0.06, 0.06) * np.array([0, 0, 1, 1, 0.7, 0, 0, 0])
    shallow = 0.05 * (1 - breath)
    return Chest(
        age=age,
        breath=breath,
        twist=twist,
        half_width=interpolate_evenly(y, x),
        first_rib=child.uniform(-0.04, 0.0),
        rib_gap=child.uniform(0.108, 0.126) + shallow / 6,
        rib_drop=child.uniform(0.46, 0.6) + 0.12 * (1 - youth),
        domes={
            RIGHT: (child.uniform(0.77, 0.83) - shallow, child.uniform(0.14, 0.2)),
            LEFT: (child.uniform(0.8, 0.87) - shallow, child.uniform(0.14, 0.2)),
        },
        shoulders={
            side: (child.uniform(0.93, 1.1), child.uniform(-0.1, 0.04), _raise_arm(shot))
            for side in SIDES
        },
    )


def _raise_arm(rng: np.random.Generator) -> float:
    """Most children are held by raised arms, some have them at their sides."""
    degrees = rng.uniform(20, 80) if rng.random() < 0.7 else rng.uniform(-70, -40)
    return float(np.deg2rad(degrees))


def outline_heart(chest: Chest, rng: np.random.Generator) -> np.ndarray:
    """The outline of heart, great vessels and thymus: about two thirds left of the spine.

    It is wide in the smallest children and after a shallow breath.
    """
    wide = 1 + 0.14 * chest.youth + 0.08 * (0.5 - chest.breath)
    thymus = rng.uniform(0, 0.12) * chest.youth
    top = rng.uniform(0.18, 0.24) + thymus
    right, left = rng.uniform(0.26, 0.34) * wide, rng.uniform(0.46, 0.58) * wide
    right_dome, left_dome = chest.domes[RIGHT][0], chest.domes[LEFT][0]
    outline = curve_through(
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
    return outline + np.array([chest.twist, 0])


def outline_abdomen(chest: Chest) -> np.ndarray:
    """Return the outline of everything below the diaphragm."""
    x = np.linspace(0, 1.0, 40)
    right, left = (np.stack([x * side, chest.diaphragm(side, x)], axis=1) for side in SIDES)
    return np.concatenate([right[::-1], left, [[1.0, 2.0], [-1.0, 2.0]]])
