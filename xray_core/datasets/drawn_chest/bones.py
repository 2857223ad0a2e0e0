"""How dense the skeleton is to a beam."""

from collections.abc import Sequence

import numpy as np

from xray_core.datasets.drawn_chest.chest import Chest, outline_abdomen
from xray_core.datasets.drawn_chest.curve import curve_through
from xray_core.datasets.drawn_chest.frame import (
    SIDES,
    Frame,
    mirror_outline,
    outline_column,
    outline_ellipse,
    outline_strip,
)


def draw_bones(frame: Frame, chest: Chest, rng: np.random.Generator) -> np.ndarray:
    """Density of the skeleton; every bone is a body with a denser rim."""
    ribs = [chest.rib(number, side) for side in SIDES for number in range(1, 13)]
    back = [_rib_strip(chest, path, angle, angle <= 0.52 * np.pi) for path, angle in ribs]
    front = [
        _rib_strip(chest, path, angle, angle >= 0.46 * np.pi)
        for path, angle in ribs
        if angle[-1] > 0.55 * np.pi
    ]
    bends = [path[(angle > 1.25) & (angle < 1.9)] for path, angle in ribs]
    clavicles = [_clavicle(chest, side, rng) for side in SIDES]
    humeri = [_humerus(chest, side) for side in SIDES]
    heads = [
        outline_ellipse(side * x, y, 0.05, 0.05) for side, (x, y, _) in chest.shoulders.items()
    ]
    density = 0.083 * frame.fill(*back) + 0.006 * _rims(frame, back)
    density += 0.025 * frame.fill(*front) + 0.004 * _rims(frame, front)
    # Rib heads hardly show before the spine, the densest part of the picture.
    density *= 1 - 0.6 * frame.fill(outline_column(0.13), blur=0.012)
    # Nor do ribs before liver and bowel, where most of what reaches the film was scattered.
    density *= 1 - 0.65 * frame.fill(outline_abdomen(chest), blur=0.01)
    density += 0.075 * frame.fill(*clavicles, *humeri) + 0.015 * _rims(frame, clavicles + humeri)
    density += frame.fill(*heads, blur=0.006) * 0.07
    density += _draw_vertebrae(frame, chest)
    density = frame.soften(density, 0.003)
    # Where a rib bends, the beam runs along it.
    density += 0.07 * frame.stroke(*bends, width=0.2 * chest.rib_gap, blur=0.006)
    return density + _draw_scapulae(frame, chest, rng)


def _rims(frame: Frame, outlines: Sequence[np.ndarray]) -> np.ndarray:
    """The two long edges of each strip."""
    edges = [edge for outline in outlines for edge in np.array_split(outline, 2)]
    return frame.stroke(*edges, width=0.006)


def _rib_strip(chest: Chest, path: np.ndarray, angle: np.ndarray, part: np.ndarray) -> np.ndarray:
    swell = np.interp(angle, [0, 0.3, 1.6, 2.5], [0.65, 1, 0.9, 1.15])
    return outline_strip(path[part], (0.23 * chest.rib_gap * swell)[part])


def _clavicle(chest: Chest, side: int, rng: np.random.Generator) -> np.ndarray:
    x, y, _ = chest.shoulders[side]
    inner, rise = rng.uniform(0.0, 0.06), rng.uniform(0.03, 0.08)
    outer = y - rng.uniform(0.06, 0.12)
    path = curve_through(
        [
            (0.12, inner),
            (0.3, inner - rise),
            (0.55, 0.5 * (inner + outer) - 0.02),
            (x - 0.16, outer),
        ]
    )
    half_width = np.interp(np.arange(40), [0, 11, 30, 39], [0.026, 0.017, 0.017, 0.012])
    return outline_strip(path * [side, 1] + [chest.twist, 0], half_width)


def _humerus(chest: Chest, side: int) -> np.ndarray:
    """The shaft; a gap, where a child's bone still grows, parts it from its head."""
    half_width = np.interp(np.arange(40), [0, 1, 9, 39], [0.045, 0.058, 0.038, 0.036])
    return outline_strip(chest.arm(side, 0.07, 1.5), half_width)


def _draw_scapulae(frame: Frame, chest: Chest, rng: np.random.Generator) -> np.ndarray:
    blades, spines = [], []
    for side in SIDES:
        x, y = chest.shoulders[side][0] - 0.07, chest.shoulders[side][1] + 0.08
        tip = y + rng.uniform(0.3, 0.42)
        lateral = [(x, y), (x + 0.04, y + 0.08), (x + 0.07, tip), (x - 0.02, tip + 0.02)]
        blade = curve_through([*lateral, (x - 0.2, y + 0.2), (x - 0.3, y + 0.06), (x, y)])
        spine = curve_through([(x - 0.01, y + 0.03), (x - 0.12, y + 0.1), (x - 0.3, y + 0.2)])
        blades.append(blade * [side, 1])
        spines.append(spine * [side, 1])
    density = 0.022 * frame.fill(*blades) + 0.025 * frame.stroke(*blades, width=0.009)
    density += 0.045 * frame.stroke(*spines, width=0.014)
    return frame.soften(density, 0.009)


def _draw_vertebrae(frame: Frame, chest: Chest) -> np.ndarray:
    bodies, pedicles, processes = [], [], []
    for number in range(-6, 16):
        gap = chest.rib_gap * (1 if number > 0 else 0.75)
        y, wide, high = chest.first_rib + gap * number, 0.112 + 0.0025 * number, 0.42 * gap
        half = [(0, 0.9 * high), (wide, high), (0.88 * wide, 0), (wide, -high), (0, -0.9 * high)]
        bodies.append(mirror_outline(curve_through(half)) + np.array([-chest.twist, y]))
        for side in SIDES:
            pedicles.append(
                outline_ellipse(0.8 * side * wide - chest.twist, y - 0.1 * high, 0.015, 0.17 * gap)
            )
            processes.append(
                outline_ellipse(
                    side * (wide + 0.03) - chest.twist, y - 0.2 * high, 0.04, 0.13 * gap
                )
            )
        processes.append(outline_ellipse(-chest.twist, y + 0.9 * high, 0.011, 0.2 * gap))
    density = 0.04 * frame.fill(*bodies) + 0.03 * frame.stroke(*bodies, width=0.006)
    density += 0.02 * frame.stroke(*pedicles, width=0.006)
    return density + 0.012 * frame.fill(*processes)
