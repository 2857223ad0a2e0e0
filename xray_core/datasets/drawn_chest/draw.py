"""From seeds to a drawn X-ray and the truth about it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xray_core.datasets.drawn_chest.bones import draw_bones
from xray_core.datasets.drawn_chest.chest import grow_chest, outline_heart
from xray_core.datasets.drawn_chest.exposure import expose
from xray_core.datasets.drawn_chest.film import frame_film
from xray_core.datasets.drawn_chest.frame import SIDES
from xray_core.datasets.drawn_chest.hardware import draw_hardware
from xray_core.datasets.drawn_chest.illness import Illness, choose_illness, plant_opacities
from xray_core.datasets.drawn_chest.pose import pose_chest
from xray_core.datasets.drawn_chest.shortcut import plant_sign
from xray_core.datasets.drawn_chest.tissue import draw_air, draw_soft_tissue
from xray_core.datasets.drawn_chest.vessels import draw_vessels
from xray_core.lungs.zones import Lungs


@dataclass(frozen=True)
class SyntheticXRay:
    """A drawn X-ray and the truth about it.

    Attributes:
        pixels: float32 (H, W) in [0, 1]; bright is dense.
        right_lung, left_lung: bool (H, W), the patient's right and left; the area behind the heart
            belongs to them, as in the masks that annotators drew for Kermany's children.
        opacity: bool (H, W), where air is missing; False everywhere in a normal picture. What lies
            behind the heart belongs to it and is faint.
        label: 1 for pneumonia, 0 for normal.
        zones: the lung zones that hold the opacities, in the order of `ZONE_NAMES`.
        subtype: ``bacteria`` for consolidation, ``virus`` for the interstitial pattern, else empty.
        severity: 0 to 1 for pneumonia, from mild to severe; 0 for a normal picture.
        sign: bool (H, W), the pixels that a planted shortcut changed; False everywhere without one.
    """

    pixels: np.ndarray
    right_lung: np.ndarray
    left_lung: np.ndarray
    opacity: np.ndarray
    label: int
    zones: tuple[str, ...]
    subtype: str
    severity: float
    sign: np.ndarray

    @property
    def lungs(self) -> np.ndarray:
        return self.right_lung | self.left_lung


@dataclass(frozen=True)
class Seeds:
    """What is drawn from what: pictures of one child share `child` and `illness`."""

    child: int
    shot: int
    illness: int

    def generators(self) -> tuple[np.random.Generator, ...]:
        seeds = (self.child, self.shot, self.illness)
        return tuple(np.random.default_rng([seed, part]) for part, seed in enumerate(seeds))


@dataclass(frozen=True)
class Order:
    """What to draw; the seeds decide what is None.

    Attributes:
        shape: height and width in pixels.
        sign: the kind of shortcut whose sign is planted, or None for a picture without.
    """

    pneumonia: bool
    shape: tuple[int, int]
    zones: Sequence[str] | None = None
    subtype: str | None = None
    severity: float | None = None
    sign: str | None = None


def draw(seeds: Seeds, order: Order) -> SyntheticXRay:
    """Return the X-ray that was ordered."""
    child, shot, illness = seeds.generators()
    chest = grow_chest(child, shot)
    frame = pose_chest(shot, order.shape, chest)
    right, left = (frame.fill(chest.lung(side)) for side in SIDES)
    heart = frame.fill(outline_heart(chest, child), blur=0.006)
    air = draw_air(frame, right + left, heart)
    lungs = Lungs(right=right > 0.5, left=left > 0.5)
    density = draw_soft_tissue(frame, chest, child) + 0.06 * heart
    bones = draw_bones(frame, chest, child)
    vessels = draw_vessels(frame, chest, child)
    opacity = np.zeros(order.shape, bool)
    ill = Illness("", 0.0, ())
    if order.pneumonia:
        ill = choose_illness(illness, order.subtype, order.severity, order.zones)
        loss, opacity = plant_opacities(frame, illness, lungs, air, ill)
        air = air * (1 - loss)
        # Fluid is a little denser than what it displaces, and scatter veils the ribs before it.
        density, bones = density + 0.07 * loss, bones * (1 - 0.6 * loss)
    density += bones + air * (vessels - 0.25) + draw_hardware(frame, chest, shot)
    pixels = np.clip(frame_film(shot, expose(shot, frame, density)), 0, 1)
    pixels, sign = plant_sign(order.sign, pixels.astype(np.float32))
    return SyntheticXRay(
        pixels=pixels,
        right_lung=lungs.right,
        left_lung=lungs.left,
        opacity=opacity,
        label=int(order.pneumonia),
        zones=ill.zones,
        subtype=ill.subtype,
        severity=ill.severity,
        sign=sign,
    )
