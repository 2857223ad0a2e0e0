"""Numbers of any depth, colour and transparency as brightness between 0 and 1."""

import numpy as np

from xray_core.errors import UnreadableImageError

# ITU-R BT.601, the weights that Pillow and JPEG use.
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)

# Channels of a grey X-ray stored as JPEG colour differ by rounding; a photo of a screen by more.
_COLOUR_DIFFERENCE = 0.1

# Detectors and image stores use these; a 12-bit radiograph in a 16-bit file would else be black.
_BIT_DEPTHS = (8, 10, 12, 14, 15, 16)


def colour_to_grey(colour: np.ndarray, full: float, notes: list[str]) -> np.ndarray:
    """Return the brightness of a colour picture, float32 (H, W) in [0, 1].

    Args:
        colour: (H, W, 3), red, green, blue.
        full: the number that stands for full brightness.
        notes: a sentence is added where there was colour to lose.

    >>> colour_to_grey(np.full((1, 1, 3), 51, np.uint8), 255, []).round(3)
    array([[0.2]], dtype=float32)
    """
    grey = np.clip(colour @ (_LUMA / np.float32(full)), 0, 1).astype(np.float32)
    if _has_colour(colour[:: max(1, len(colour) // 256)], full):
        notes.append("The picture has colour, which no X-ray has; only its brightness was used.")
    return grey


def _has_colour(sample: np.ndarray, full: float) -> bool:
    spread = np.ptp(sample.astype(np.float32), axis=2) / full
    return bool((spread > _COLOUR_DIFFERENCE).mean() > 0.01)


def alpha_to_black(rgba: np.ndarray, notes: list[str]) -> np.ndarray:
    """Return the brightness of a picture laid on black, as air is on an X-ray.

    Args:
        rgba: uint8 (H, W, 4).
        notes: a sentence is added where something was transparent.
    """
    opacity = rgba[..., 3].astype(np.float32) / 255
    if (opacity < 1).any():
        notes.append("Transparent parts of the picture were filled with black.")
    return colour_to_grey(rgba[..., :3], 255, notes) * opacity


def spread_deep(values: np.ndarray, notes: list[str]) -> np.ndarray:
    """Return a picture of 16 or 32 bits as float32 (H, W) in [0, 1].

    Args:
        values: integers or floats (H, W).
        notes: a sentence is added where the scale was not the full range of 16 bits.

    Raises:
        UnreadableImageError: the values are not finite numbers.

    >>> notes = []
    >>> float(spread_deep(np.array([[0, 4095]], np.uint16), notes).max()), len(notes)
    (1.0, 1)
    """
    brightest = float(values.max())
    if not np.isfinite(values).all():
        raise UnreadableImageError(
            "Expected finite brightness values, got infinite or undefined ones. "
            "Export the X-ray as PNG."
        )
    if values.dtype.kind == "f" and values.min() >= 0 and brightest <= 1:
        return values.astype(np.float32)
    if values.dtype.kind == "f" or values.min() < 0 or brightest > 65535:
        notes.append("The darkest and brightest values were taken as black and white.")
        return spread_range(values)
    bits = next(depth for depth in _BIT_DEPTHS if brightest < 2**depth)
    if bits < 16 and brightest > 0:
        notes.append(
            f"The 16-bit file uses {bits} bits of its range; they were taken as the scale."
        )
    return values.astype(np.float32) / np.float32(2**bits - 1)


def spread_range(values: np.ndarray) -> np.ndarray:
    """Return float32 values with the least at 0 and the greatest at 1; all 0 where they are equal.

    >>> spread_range(np.array([-100, 0, 100]))
    array([0. , 0.5, 1. ], dtype=float32)
    """
    least, greatest = float(values.min()), float(values.max())
    if greatest <= least:
        return np.zeros(values.shape, np.float32)
    return ((values - least) / (greatest - least)).astype(np.float32)
