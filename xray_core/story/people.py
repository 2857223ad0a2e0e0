"""Counts as little figures: how many in a hundred were found, missed, or alarmed for nothing."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Hundred:
    """One hundred little figures for a group of X-rays.

    Attributes:
        right, wrong: figures of each kind; together 100.
        counted_right, counted: the measured counts behind them.
    """

    right: int
    wrong: int
    counted_right: int
    counted: int


def count_people(confusion: Mapping[str, int]) -> tuple[Hundred, Hundred]:
    """Return a hundred X-rays with pneumonia and a hundred normal ones.

    Counts are rounded, but a mistake that happened is never rounded away, nor is a success.

    Args:
        confusion: ``tn``, ``fp``, ``fn``, ``tp`` as measured; at least one of either class.

    >>> ill, well = count_people({"tp": 387, "fn": 3, "tn": 192, "fp": 42})
    >>> ill.right, ill.wrong, well.right, well.wrong
    (99, 1, 82, 18)
    >>> count_people({"tp": 999, "fn": 1, "tn": 1, "fp": 0})[0].wrong
    1
    """
    return (
        _round(confusion["tp"], confusion["tp"] + confusion["fn"]),
        _round(confusion["tn"], confusion["tn"] + confusion["fp"]),
    )


def _round(right: int, of: int) -> Hundred:
    figures = round(100 * right / of)
    if 0 < right < of:
        figures = min(max(figures, 1), 99)
    return Hundred(figures, 100 - figures, right, of)
