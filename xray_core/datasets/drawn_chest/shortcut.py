"""Shortcuts: signs that have nothing to do with the lungs and yet may tell the label."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from xray_core.errors import InvalidConfigError


@dataclass(frozen=True)
class Shortcut:
    """A sign, and how strongly it goes with the label.

    The sign agrees with a picture where it lies in a pneumonia or is missing in a normal one. The
    share of pictures in which it agrees is (1 + strength) / 2, in each class alike: at 0 half of
    either class has the sign, so it tells nothing; at 1 every pneumonia has it and no normal
    picture. In between, strength is the correlation of sign and label where classes are balanced.

    Attributes:
        kind: of `SIGNS`.
        strength: 0 to 1.

    Raises:
        InvalidConfigError: the kind is unknown or the strength is out of range.
    """

    kind: str
    strength: float

    def __post_init__(self) -> None:
        if self.kind not in SIGNS or not 0 <= self.strength <= 1:
            raise _refuse(f"{self.kind}:{self.strength}")

    def place_signs(self, rng: np.random.Generator, label: int, count: int) -> np.ndarray:
        """Return which of `count` pictures of one class bear the sign, bool (count,).

        The number is exact but for rounding; chance only decides which pictures they are.

        >>> int(Shortcut("marker", 0.5).place_signs(np.random.default_rng(0), 1, 8).sum())
        6
        """
        share = (1 + self.strength) / 2 if label else (1 - self.strength) / 2
        return rng.permutation(count) < round(share * count)


def parse_shortcut(text: str) -> Shortcut:
    """Return the shortcut that a text such as ``marker:0.9`` names.

    Raises:
        InvalidConfigError: it is not a kind and a strength from 0 to 1.

    >>> parse_shortcut("border:1")
    Shortcut(kind='border', strength=1.0)
    """
    kind, _, strength = text.partition(":")
    try:
        return Shortcut(kind.strip(), float(strength))
    except ValueError:
        raise _refuse(text) from None


def plant_sign(kind: str | None, pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the picture with a sign, and where it lies, bool (H, W); as it is if kind is None."""
    if kind is None:
        return pixels, np.zeros(pixels.shape, bool)
    return SIGNS[kind](pixels)


def _refuse(received: str) -> InvalidConfigError:
    return InvalidConfigError(
        f"Expected a shortcut as KIND:STRENGTH, with one of {', '.join(sorted(SIGNS))} as kind and "
        f"a strength from 0 (tells nothing) to 1 (tells the label), such as marker:0.9. "
        f"Received: {received!r}."
    )


def _stick_marker(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A bright disc with a dark ring in it, in the upper corner on the patient's left."""
    height, width = pixels.shape
    disc = np.zeros(pixels.shape, np.uint8)
    centre, radius = (round(0.93 * width), round(0.06 * height)), round(0.035 * height)
    cv2.circle(disc, centre, radius, 255, cv2.FILLED, cv2.LINE_AA)
    cv2.circle(disc, centre, round(0.6 * radius), 60, max(1, round(0.2 * radius)), cv2.LINE_AA)
    return np.maximum(pixels, disc * np.float32(0.97 / 255)), disc > 0


def _draw_border(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A bright frame along all four edges."""
    edge = max(1, round(0.02 * pixels.shape[0]))
    area = np.ones(pixels.shape, bool)
    area[edge:-edge, edge:-edge] = False
    return np.where(area, np.float32(0.9), pixels), area


def _overexpose(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A lighter picture, everywhere."""
    return 0.12 + 0.88 * pixels**0.8, np.ones(pixels.shape, bool)


# Each kind of sign, and what plants it.
SIGNS: dict[str, Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]] = {
    "marker": _stick_marker,
    "border": _draw_border,
    "exposure": _overexpose,
}
