"""Figures and differences in words."""

import math

from xray_core.evaluation.paired_tests import Difference
from xray_core.model_card import Figure
from xray_core.numbers import word_estimate, word_percent

NOT_MEASURED = "–"

_SMALLEST = 0.001  # of an AUC, that anybody would write down

QUICK_INTERVALS = (
    "In brackets the 95 % interval by Wilson’s formula, for as many independent pictures as these "
    "patients are worth. Scores draws patients anew instead, which takes longer; the two differ in "
    "the last digits."
)


def word_figure(figure: Figure | None) -> str:
    """Return a figure with its interval, three digits after the point.

    >>> word_figure(Figure(value=0.9, low=0.85, high=0.94)), word_figure(Figure(value=0.9))
    ('0.900 [0.850, 0.940]', '0.900')
    >>> word_figure(None)
    '–'
    """
    if figure is None or figure.value is None:
        return NOT_MEASURED
    if figure.low is None or figure.high is None:
        return f"{figure.value:.3f}"
    return word_estimate(figure.value, figure.low, figure.high)


def word_share(figure: Figure | None) -> str:
    """Return a share with its interval as percentages, three significant digits.

    >>> word_share(Figure(value=0.9, low=0.0546, high=1.0))
    '90.0 % [5.46, 100]'
    """
    if figure is None or figure.value is None:
        return NOT_MEASURED
    if figure.low is None or figure.high is None:
        return f"{word_percent(figure.value)} %"
    return (
        f"{word_percent(figure.value)} % [{word_percent(figure.low)}, {word_percent(figure.high)}]"
    )


def word_p(p: float) -> str:
    """Return a p value as papers write it.

    >>> word_p(0.31), word_p(0.0123), word_p(0.0123e-2), word_p(1.0)
    ('p = .31', 'p = .012', 'p < .001', 'p = 1')
    """
    if p < 0.001:
        return "p < .001"
    if p > 0.995:
        return "p = 1"
    digits = 2 if p >= 0.0995 else 3
    return f"p = {p:.{digits}f}".replace("0.", ".", 1)


def word_count(count: int) -> str:
    """Return a number that is an estimate: two digits, then zeros.

    >>> word_count(2381), word_count(87), word_count(1_234_567)
    ('2,400', '87', '1,200,000')
    """
    size = max(0, math.floor(math.log10(max(count, 1))) - 1)
    return f"{round(count, -size):,}"


def word_seconds(seconds: float | None) -> str:
    """Return a duration with its unit.

    >>> word_seconds(42.4), word_seconds(754), word_seconds(8000), word_seconds(None)
    ('42 s', '13 min', '2 h 13 min', '–')
    """
    if seconds is None:
        return NOT_MEASURED
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def word_difference(difference: Difference, first: str, second: str) -> str:
    """Return whether a difference is real, in a plain sentence or two.

    Args:
        difference: first minus second.
        first, second: names of the models.

    >>> from xray_core.evaluation.paired_tests import Difference
    >>> found = Difference("accuracy", 624, 0.0128, -0.0112, 0.0369, 0.31, 2381)
    >>> print(word_difference(found, "A", "B"))
    A is 1.28 points more accurate than B on 624 pictures (95 % interval −1.12 to 3.69). This could
    be chance: p = .31; you would need about 2,400 test images to tell.
    """
    ahead, behind = (first, second) if difference.value >= 0 else (second, first)
    size = _size(difference)
    interval = _interval(difference)
    if not difference.value:
        said = f"{first} and {second} have the same {difference.figure} here{interval}."
    else:
        points = "point" if size == "1" else "points"
        more = f"{points} more accurate" if difference.figure == "accuracy" else "higher in AUC"
        said = f"{ahead} is {size} {more} than {behind} on {difference.n:,} pictures{interval}."
    return f"{said} {_verdict(difference)}"


def _verdict(difference: Difference) -> str:
    p = word_p(difference.p)
    needed = difference.needed
    if difference.is_real:
        return f"Chance alone would hardly do this: {p}."
    if needed is None and difference.value:
        return f"The test sees no chance in it, the interval does: {p}."
    if needed is None:
        return f"There is nothing to tell apart: {p}."
    images = f"about {word_count(needed)} test images to tell"
    if difference.is_chance:
        return f"This could be chance: {p}; you would need {images}."
    doubt = f"Test and interval disagree ({p}): it lies at the edge of chance"
    return f"{doubt}; you would need {images}." if needed > difference.n else f"{doubt}."


def _size(difference: Difference) -> str:
    size = abs(difference.value)
    if difference.figure == "accuracy":
        return f"{100 * size:.3g}"
    return f"{size:.3g}" if size >= _SMALLEST else f"less than {_SMALLEST}"


def _interval(difference: Difference) -> str:
    """Return the interval, from the side of the model that is ahead."""
    if difference.low is None or difference.high is None or difference.low == difference.high:
        return ""
    scale = 100 if difference.figure == "accuracy" else 1
    limits = sorted(
        (1 if difference.value >= 0 else -1) * scale * limit
        for limit in (difference.low, difference.high)
    )
    low, high = (
        (f"{limit:.3g}" if abs(limit) >= _SMALLEST else "0").replace("-", "−") for limit in limits
    )
    return f" (95 % interval {low} to {high})"
