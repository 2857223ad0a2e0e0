"""Whether a heatmap looks where people say it should."""

import numpy as np
from numpy.typing import ArrayLike


def energy_inside(heatmap: np.ndarray, mask: np.ndarray) -> float | None:
    """Return the share of a heatmap's positive part inside a mask; None if nothing is positive.

    Args:
        heatmap: float (H, W), positive for pneumonia.
        mask: bool (H, W).

    Raises:
        ValueError: the shapes differ, the mask is not bool, or the heatmap is not finite.

    Source: Wang et al. 2020, "Score-CAM", where it is called the energy-based pointing game.

    >>> energy_inside(np.array([[3.0, 1.0, -9.0]]), np.array([[True, False, True]]))
    0.75
    """
    _check_heatmap(heatmap, mask)
    positive = np.clip(heatmap.astype(np.float64), 0, None)
    total = positive.sum()
    return float(positive[mask].sum() / total) if total > 0 else None


def peak_inside(heatmap: np.ndarray, mask: np.ndarray) -> bool | None:
    """Return whether a heatmap peaks inside a mask; None if nothing is positive.

    A flat top counts as inside if at least half of it is: taking its first pixel, as an argmax
    does, would favour whatever lies at the upper left.

    Args:
        heatmap: float (H, W), positive for pneumonia.
        mask: bool (H, W).

    Raises:
        ValueError: the shapes differ, the mask is not bool, or the heatmap is not finite.

    Source: Zhang et al. 2018, "Top-down neural attention by excitation backprop", where it is
    called the pointing game.

    >>> peak_inside(np.array([[3.0, 1.0, -9.0]]), np.array([[True, False, False]]))
    True
    """
    _check_heatmap(heatmap, mask)
    peak = heatmap.max()
    return bool(mask[heatmap == peak].mean() >= 0.5) if peak > 0 else None


def boxes_to_mask(boxes: ArrayLike, frame: float, shape: tuple[int, int]) -> np.ndarray:
    """Return the union of boxes, bool in the given shape; a pixel belongs if its centre does.

    Args:
        boxes: (K, 4), each x, y, width, height in the frame, from its upper left corner.
        frame: side of the square in which the boxes were drawn, such as 1024.
        shape: height and width of the picture that shows the whole frame.

    Raises:
        ValueError: the boxes are not K times 4 finite numbers, or a side is negative.

    >>> boxes_to_mask([[0, 512, 512, 512]], 1024, (2, 2)).tolist()
    [[False, False], [True, False]]
    """
    numbers = np.asarray(boxes, dtype=np.float64)
    if not numbers.size:
        return np.zeros(shape, bool)
    if numbers.ndim != 2 or numbers.shape[1] != 4 or not np.isfinite(numbers).all():
        raise ValueError(
            "Expected boxes of four finite numbers, x, y, width and height. "
            f"Received shape {numbers.shape}: {numbers.tolist()}."
        )
    if (numbers[:, 2:] < 0).any():
        raise ValueError(f"Expected no negative width or height. Received {numbers.tolist()}.")
    across = _between(numbers[:, 0], numbers[:, 2], frame, shape[1])
    down = _between(numbers[:, 1], numbers[:, 3], frame, shape[0])
    return (down[:, :, np.newaxis] & across[:, np.newaxis, :]).any(axis=0)


def random_point_baseline(mask: np.ndarray, box_mask: np.ndarray) -> float | None:
    """Return the chance that a random point of a mask lies in a box; None if the mask is empty.

    It is what `peak_inside` boxes is worth to a model that knows no more than where the mask is.

    Args:
        mask: bool (H, W), such as the lungs.
        box_mask: bool (H, W), from `boxes_to_mask`.

    Raises:
        ValueError: the shapes differ, or one is not bool.

    >>> random_point_baseline(np.array([[True, True, False]]), np.array([[True, False, True]]))
    0.5
    """
    _check_mask(mask, mask.shape)
    _check_mask(box_mask, mask.shape)
    return float(box_mask[mask].mean()) if mask.any() else None


def _between(starts: np.ndarray, lengths: np.ndarray, frame: float, pixels: int) -> np.ndarray:
    """Return bool (K, pixels): which pixel centres lie from start (included) to end (not)."""
    centres = (np.arange(pixels) + 0.5) * frame / pixels
    offsets = centres - starts[:, np.newaxis]
    return (offsets >= 0) & (offsets < lengths[:, np.newaxis])


def _check_heatmap(heatmap: np.ndarray, mask: np.ndarray) -> None:
    _check_mask(mask, heatmap.shape)
    if not np.isfinite(heatmap).all():
        raise ValueError(
            f"Expected a finite heatmap. Received {int((~np.isfinite(heatmap)).sum())} values "
            "that are infinite or not a number."
        )


def _check_mask(mask: np.ndarray, shape: tuple[int, ...]) -> None:
    # A mask of 0 and 255 would be taken for row numbers, without a word.
    if mask.dtype != bool or mask.shape != shape or len(shape) != 2:
        raise ValueError(
            f"Expected a bool mask of the picture's shape {shape}, height and width. "
            f"Received {mask.dtype} {mask.shape}."
        )
