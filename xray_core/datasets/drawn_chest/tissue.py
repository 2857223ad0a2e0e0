"""How dense body, abdomen, airways and lungs are to a beam."""

import cv2
import numpy as np

from xray_core.datasets.drawn_chest.chest import Chest, outline_abdomen
from xray_core.datasets.drawn_chest.curve import curve_through
from xray_core.datasets.drawn_chest.frame import (
    LEFT,
    SIDES,
    Frame,
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
    depth = 0.6 + 0.4 * frame.soften(lungs, 0.04)
    return (
        frame.soften(lungs, 0.004)
        * depth
        * (1 - 0.85 * heart)
        * (1 - 0.5 * resize_layer(spine, frame.shape))
    )


def draw_soft_tissue(frame: Frame, chest: Chest, rng: np.random.Generator) -> np.ndarray:
    """Density of everything but bones and air: body, chest wall, abdomen, airways, stomach."""
    half = frame.half()
    y = np.linspace(-0.05, 2.0, 40)
    wall = np.stack([chest.half_width(y), y], axis=1)
    trunk = half.fill(mirror_outline(wall))
    abdomen = half.fill(outline_abdomen(chest), blur=0.003)
    spine = half.fill(outline_column(0.14), blur=0.03)
    abdomen += (half.soften(abdomen, 0.06) - abdomen) * spine
    abdomen *= half.soften(trunk, 0.03)
    density = _draw_body(half, chest, rng)
    density += 0.13 * half.soften(trunk, 0.02) + 0.06 * half.soften(trunk, 0.12)
    density += 0.1 * abdomen + 0.11 * half.soften(abdomen, 0.15) * trunk + 0.08 * spine
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
    density = body * (0.18 + 0.3 * np.sqrt(depth * (2 - depth)))
    return density + 0.16 * frame.fill(chin, blur=0.02)
