"""Metal and plastic on some children, sick or well: leads of a heart monitor, a feeding tube."""

import numpy as np

from xray_core.datasets.drawn_chest.chest import Chest
from xray_core.datasets.drawn_chest.curve import curve_through
from xray_core.datasets.drawn_chest.frame import Frame, outline_ellipse

_LEADS_SHARE, _TUBE_SHARE = 0.12, 0.08


def draw_hardware(frame: Frame, chest: Chest, rng: np.random.Generator) -> np.ndarray:
    """Density of leads and tube, float32 (H, W); most children have neither."""
    density = np.zeros(frame.shape, np.float32)
    if rng.random() < _LEADS_SHARE:
        density += _draw_leads(frame, rng)
    if rng.random() < _TUBE_SHARE:
        tube = curve_through(
            [
                (rng.uniform(-0.05, 0.05), -0.8),
                (-0.02, 0.0),
                (0.03, 0.5),
                (0.1, chest.domes[1][0] + 0.08),
                (rng.uniform(0.25, 0.5), chest.domes[1][0] + rng.uniform(0.12, 0.2)),
            ]
        )
        density += 0.07 * frame.stroke(tube, width=0.012, blur=0.002)
    return density


def _draw_leads(frame: Frame, rng: np.random.Generator) -> np.ndarray:
    """Two or three electrodes, each on a wire that leaves the picture."""
    discs, wires = [], []
    leave = rng.choice([-1, 1]) * rng.uniform(0.4, 1.2)
    for x, y in ((-0.75, 0.02), (0.75, 0.05), (0.85, 0.75))[: int(rng.integers(2, 4))]:
        x, y = x + rng.normal(0, 0.08), y + rng.normal(0, 0.05)
        discs.append(outline_ellipse(x, y, 0.02, 0.02))
        bend = (0.5 * (x + leave) + rng.normal(0, 0.15), 0.4 * y - 0.2)
        wires.append(curve_through([(x, y), bend, (leave, -0.9)]))
    return 0.25 * frame.fill(*discs, blur=0.002) + 0.14 * frame.stroke(
        *wires, width=0.006, blur=0.001
    )
