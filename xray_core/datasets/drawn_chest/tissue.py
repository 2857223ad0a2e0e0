"""How dense body, abdomen, airways and lungs are to a beam."""

import cv2
import numpy as np

from xray_core.datasets.drawn_chest.chest import Chest
from xray_core.datasets.drawn_chest.frame import (
    LEFT,
    SIDES,
    STRETCH,
    Frame,
    curve_through,
    draw_clouds,
    mirror_outline,
    outline_column,
    outline_ellipse,
    outline_strip,
    resize_layer,
)


def draw_air(frame: Frame, lungs: np.ndarray, heart: np.ndarray) -> np.ndarray:
    """How much air a beam meets, 0 to 1: less at the chest wall, little behind the heart."""
    spine = frame.half().fill(outline_column(0.14), blur=0.03)
    depth = 0.55 + 0.45 * frame.soften(lungs, 0.05)
    return (
        frame.soften(lungs, 0.004)
        * depth
        * (1 - 0.75 * heart)
        * (1 - 0.5 * resize_layer(spine, frame.shape))
    )


def draw_soft_tissue(frame: Frame, chest: Chest, rng: np.random.Generator) -> np.ndarray:
    """Density of everything but bones and air: body, chest wall, abdomen, airways, stomach."""
    half = frame.half()
    y = np.linspace(-0.05, 2.0, 40)
    wall = np.stack([chest.half_width(y), y], axis=1)
    trunk = half.fill(mirror_outline(wall))
    abdomen = half.fill(_below_diaphragm(chest), blur=0.003)
    spine = half.fill(outline_column(0.14), blur=0.03)
    abdomen += (half.soften(abdomen, 0.06) - abdomen) * spine
    abdomen *= half.soften(trunk, 0.03)
    density = _draw_body(half, chest, rng)
    density += 0.12 * half.soften(trunk, 0.02) + 0.06 * half.soften(trunk, 0.12)
    density += 0.1 * abdomen + 0.11 * half.soften(abdomen, 0.15) * trunk + 0.045 * spine
    windpipe = outline_strip(
        curve_through([(0, -0.6), (-0.01, -0.1), (-0.03, 0.14), (-0.04, 0.24)]), 0.03
    )
    bronchi = [
        curve_through([(-0.04, 0.2), (0.12 * side - 0.03, 0.28), (0.2 * side, 0.36)])
        for side in SIDES
    ]
    airways = half.fill(
        windpipe, *(outline_strip(bronchus, 0.017) for bronchus in bronchi), blur=0.012
    )
    density -= 0.05 * airways
    if rng.random() < 0.5:
        x, y_gas = rng.uniform(0.35, 0.6), chest.domes[LEFT][0] + rng.uniform(0.13, 0.2)
        bubble = outline_ellipse(x, y_gas, rng.uniform(0.1, 0.2), rng.uniform(0.05, 0.09))
        density -= 0.09 * half.fill(bubble, blur=0.012)
    density += (0.5 + trunk) * 0.014 * draw_clouds(rng, half.shape, 4, 4, 0.6)
    return resize_layer(density, frame.shape)


def _below_diaphragm(chest: Chest) -> np.ndarray:
    x = np.linspace(0, 1.0, 40)
    right, left = (np.stack([x * side, chest.diaphragm(side, x)], axis=1) for side in SIDES)
    return np.concatenate([right[::-1], left, [[1.0, 2.0], [-1.0, 2.0]]])


def _draw_body(frame: Frame, chest: Chest, rng: np.random.Generator) -> np.ndarray:
    """Density of skin, fat and muscle, thinner towards the outline."""
    fat, neck, collar = rng.uniform(0.1, 0.2), rng.uniform(0.3, 0.4), rng.uniform(-0.24, -0.16)
    flank = [(1.13 + fat / 2, rng.uniform(0.25, 0.5)), (1.02 + fat, 1.1), (1.0 + fat, 2.0)]
    neck_line = [(neck, -0.8), (neck, -0.25), (neck + 0.15, collar - 0.03)]
    torso = curve_through([*neck_line, (0.95, collar + 0.05), (1.25, 0.12), *flank], count=60)
    arms = [
        outline_strip(chest.arm(side, -0.15, 1.5), np.linspace(0.2, 0.16, 40)) for side in SIDES
    ]
    chin = outline_ellipse(0, rng.uniform(-0.85, -0.45), 0.38, 0.33)
    # Blurring and steepening again rounds the corners where arms, neck and trunk meet.
    body = np.clip(frame.soften(frame.fill(mirror_outline(torso), *arms), 0.05) * 12 - 5.5, 0, 1)
    inside = cv2.distanceTransform((body > 0.5).astype(np.uint8), cv2.DIST_L2, 5)
    depth = frame.soften(np.clip(inside / (0.3 * frame.unit), 0, 1), 0.012)
    density = body * (0.07 + 0.36 * np.sqrt(depth * (2 - depth)))
    return density + 0.16 * frame.fill(chin, blur=0.02)


def draw_vessels(frame: Frame, rng: np.random.Generator) -> np.ndarray:
    """Vessels that branch from the hila, the hila, and the fine texture of the lung."""
    trunks, branches = [], []
    for side in SIDES * 20:
        root = np.array([side * rng.uniform(0.17, 0.3), rng.uniform(0.34, 0.54)])
        heading = np.clip(rng.normal(0.35, 0.75), -1.35, 1.5)
        length = rng.uniform(0.25, 0.6)
        trunk = wander_from(root, heading, length, side, rng)
        trunks.append(trunk)
        for joint in (3, 5, 7):
            fork = heading + rng.choice(SIDES) * rng.uniform(0.4, 0.9)
            branches.append(wander_from(trunk[joint], fork, 0.3 * length, side, rng))
    starts = [trunk[:7] for trunk in trunks]
    density = 0.03 * frame.stroke(*trunks, *branches, width=0.005, blur=0.0035)
    density += 0.034 * frame.stroke(*starts, width=0.01, blur=0.006)
    density += 0.04 * frame.stroke(*(start[:4] for start in starts), width=0.016, blur=0.01)
    half = frame.half()
    hila = [outline_ellipse(side * 0.23, rng.uniform(0.4, 0.48), 0.07, 0.1) for side in SIDES]
    coarse = 0.08 * half.fill(*hila, blur=0.04) + 0.02 * draw_clouds(rng, half.shape, 16, 4, 0.9)
    return density + resize_layer(coarse, frame.shape)


def wander_from(
    root: np.ndarray, heading: float, length: float, side: int, rng: np.random.Generator
) -> np.ndarray:
    """A winding path (10, 2) away from `root`; headings in radians, down is positive."""
    headings = heading + np.cumsum(rng.normal(0, 0.2, 9))
    steps = np.stack([side * np.cos(headings), np.sin(headings)], axis=1) / STRETCH
    return np.concatenate([root[np.newaxis], root + np.cumsum(steps * length / 9, axis=0)])
