"""Pneumonia: air that is missing from chosen zones of the lungs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xray_core.datasets.drawn_chest.consolidation import draw_consolidation
from xray_core.datasets.drawn_chest.frame import Frame, resize_layer
from xray_core.datasets.drawn_chest.interstitial import draw_interstitial
from xray_core.lungs.zones import ZONE_NAMES, Lungs, number_zones

BACTERIA, VIRUS = "bacteria", "virus"
SUBTYPES = (BACTERIA, VIRUS)
# From how much of its full strength on a pattern counts as opacity.
_OPAQUE = 0.3


@dataclass(frozen=True)
class Illness:
    """What a child has, and where.

    Attributes:
        subtype: of `SUBTYPES`.
        severity: 0 to 1.
        zones: in the order of `ZONE_NAMES`.
    """

    subtype: str
    severity: float
    zones: tuple[str, ...]


def choose_illness(
    rng: np.random.Generator,
    subtype: str | None,
    severity: float | None,
    zones: Sequence[str] | None,
) -> Illness:
    """Return what was asked for, and the generator's choice of what was left open."""
    drawn_subtype = SUBTYPES[int(rng.random() < 0.5)]
    drawn_severity = float(rng.random())
    order = rng.permutation(len(ZONE_NAMES))
    many = rng.random()
    if subtype is None:
        subtype = drawn_subtype if not zones else BACTERIA if len(zones) == 1 else VIRUS
    if not zones:
        zones = _choose_zones(subtype, order.tolist(), many)
    severity = drawn_severity if severity is None else severity
    return Illness(subtype, severity, tuple(name for name in ZONE_NAMES if name in zones))


def _choose_zones(subtype: str, order: Sequence[int], many: float) -> list[str]:
    """One zone or two neighbours for what stays in a lobe, four to six for what spreads."""
    if subtype == VIRUS:
        return [ZONE_NAMES[number] for number in order[: 4 + int(3 * many)]]
    first = order[0]
    beside = first - 1 if first % 3 == 2 else first + 1
    return [ZONE_NAMES[number] for number in (first, beside)[: 1 + int(many < 0.4)]]


def plant_opacities(
    frame: Frame, rng: np.random.Generator, lungs: Lungs, air: np.ndarray, illness: Illness
) -> tuple[np.ndarray, np.ndarray]:
    """Return the share of air that is lost, float32 (H, W), and its mask, bool (H, W)."""
    half, numbers = frame.half(), number_zones(lungs)
    half_air = resize_layer(air, half.shape)
    ill = [1 + ZONE_NAMES.index(name) for name in illness.zones]
    # A consolidation has a place of its own in each zone; the other pattern is one throughout.
    draw, parts = draw_interstitial, [ill]
    if illness.subtype == BACTERIA:
        draw, parts = draw_consolidation, [[number] for number in ill]
    loss, opacity = np.zeros(half.shape, np.float32), np.zeros(air.shape, bool)
    for part in parts:
        area = np.isin(numbers, part)
        inside = half.soften(resize_layer(area.astype(np.float32), half.shape), 0.02)
        lost, extent = draw(half, rng, inside, half_air, illness.severity)
        opacity |= area & (resize_layer(extent, air.shape) > _OPAQUE)
        loss = np.maximum(loss, lost)
    return resize_layer(loss, air.shape), opacity
