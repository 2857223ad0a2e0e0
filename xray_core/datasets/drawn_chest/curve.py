"""Smooth curves that never overshoot the points they go through."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np


def curve_through(points: Sequence[Sequence[float]] | np.ndarray, count: int = 40) -> np.ndarray:
    """A smooth path (count, 2) through three points or more."""
    places = np.linspace(0, 1, len(points))
    return interpolate_evenly(places, points)(np.linspace(0, 1, count))


def interpolate_evenly(
    places: Sequence[float] | np.ndarray, values: Sequence[Sequence[float]] | np.ndarray
) -> Callable[[Any], np.ndarray]:
    """A piecewise cubic curve through the values at three rising places or more.

    It is SciPy's PchipInterpolator; but that takes longer to import than all else that the first
    page needs.

    Source: Fritsch and Butland 1984, "A method for constructing local monotone piecewise cubic
    interpolants", SIAM J. Sci. Stat. Comput. 5(2).

    >>> interpolate_evenly([0, 1, 3], [0, 2, 2])(np.array([0, 0.5, 1, 2])).tolist()
    [0.0, 1.333..., 2.0, 2.0]
    """
    places, heights = np.asarray(places, float), np.asarray(values, float).T
    widths = np.diff(places)
    rises = np.diff(heights) / widths
    slopes = _choose_slopes(widths, rises)
    bend = (slopes[..., :-1] + slopes[..., 1:] - 2 * rises) / widths
    square, cube = (rises - slopes[..., :-1]) / widths - bend, bend / widths

    def curve(x: Any) -> np.ndarray:
        piece = np.clip(np.searchsorted(places, x, side="right") - 1, 0, len(widths) - 1)
        way = x - places[piece]
        rest = slopes[..., piece] + way * (square[..., piece] + way * cube[..., piece])
        return np.asarray(heights[..., piece] + way * rest).T

    return curve


def _choose_slopes(widths: np.ndarray, rises: np.ndarray) -> np.ndarray:
    """The slope at each place: a harmonic mean of the rises beside it, 0 where they turn."""
    before, after = rises[..., :-1], rises[..., 1:]
    near, far = 2 * widths[1:] + widths[:-1], widths[1:] + 2 * widths[:-1]
    inner = np.divide(
        (near + far) * before * after,
        near * after + far * before,
        out=np.zeros_like(before),
        where=before * after > 0,
    )
    first = _choose_end_slope(widths[0], widths[1], rises[..., 0], rises[..., 1])
    last = _choose_end_slope(widths[-1], widths[-2], rises[..., -1], rises[..., -2])
    return np.concatenate([first[..., np.newaxis], inner, last[..., np.newaxis]], axis=-1)


def _choose_end_slope(
    width: float, next_width: float, rise: np.ndarray, next_rise: np.ndarray
) -> np.ndarray:
    """The slope of the parabola through the last three points, as far as it cannot overshoot.

    Source: Moler 2004, Numerical Computing with MATLAB, section 3.6.
    """
    slope = rise + width * (rise - next_rise) / (width + next_width)
    return np.clip(slope, np.minimum(0, 3 * rise), np.maximum(0, 3 * rise))
