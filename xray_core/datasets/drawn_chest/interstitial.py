"""Interstitial pattern: thickened walls, haze and small patches, as viruses often leave them."""

import numpy as np

from xray_core.datasets.drawn_chest.frame import SIDES, Frame, draw_clouds
from xray_core.datasets.drawn_chest.vessels import wander_from


def draw_interstitial(
    frame: Frame, rng: np.random.Generator, inside: np.ndarray, air: np.ndarray, severity: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the share of air that is lost and how far the pattern reaches, float32 (H, W) both.

    Args:
        frame: where the chest lies.
        rng: decides place and shape; the same ones at every severity.
        inside: 1 in the zones that fall ill, 0 far from them.
        air: what a beam meets of it.
        severity: 0 to 1, from faint streaks and haze to a veil with patches.
    """
    haze, net, patches = (
        draw_clouds(rng, frame.shape, cells, octaves, fade)
        for cells, octaves, fade in ((6, 3, 0.6), (28, 3, 0.8), (12, 3, 0.7))
    )
    reach = inside * np.clip(0.8 + 0.25 * haze + 0.4 * (severity - 0.5), 0, 1)
    # Where smooth noise crosses zero its lines form a net, like thickened walls between lobules.
    walls = np.exp(-((net / 0.35) ** 2))
    spots = np.clip(patches - 0.9 + 0.6 * severity, 0, 1)
    pattern = 0.3 + 0.25 * walls + 0.6 * spots + 0.28 * _draw_streaks(frame, rng)
    lost = np.interp(severity, [0, 1], [0.75, 1.0]) * pattern * reach * np.minimum(1, 2 * air)
    return np.clip(lost, 0, 0.95).astype(np.float32), reach


def _draw_streaks(frame: Frame, rng: np.random.Generator) -> np.ndarray:
    """Thickened airways: streaks that fan out from the hila, 0 to 1."""
    streaks = []
    for side in SIDES * 26:
        root = np.array([side * rng.uniform(0.15, 0.4), rng.uniform(0.3, 0.6)])
        heading = np.clip(rng.normal(0.3, 0.8), -1.4, 1.5)
        streaks.append(wander_from(root, heading, rng.uniform(0.15, 0.35), side, rng, bend=0.2))
    broad, fine = streaks[: len(streaks) // 2], streaks[len(streaks) // 2 :]
    lines = frame.stroke(*broad, width=0.012, blur=0.008) + frame.stroke(
        *fine, width=0.006, blur=0.005
    )
    return np.minimum(lines, 1)
