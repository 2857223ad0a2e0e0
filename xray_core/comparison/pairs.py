"""Two models on the same pictures: how they differ, and whether that is more than chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from xray_core.comparison.comparability import why_not_comparable
from xray_core.comparison.predictions import Predictions
from xray_core.comparison.words import word_difference
from xray_core.evaluation.paired_tests import Difference, compare_calls, compare_rankings

_HALF = 0.5


@dataclass(frozen=True)
class Pair:
    """Two models, compared or refused.

    Attributes:
        first, second: ids.
        refusal: why they cannot be compared; empty where they are.
        differences: of accuracy, and of AUC where both classes occur.
        right: how many pictures both, only the first, only the second, and neither got right.
        left_out: pictures that only one of them answered, or none.
        thresholds: of the two, from which each calls pneumonia.
        at_half: the difference of accuracy where both call pneumonia from 0.5; None where they do.
    """

    first: str
    second: str
    refusal: str = ""
    differences: tuple[Difference, ...] = ()
    right: tuple[int, int, int, int] = (0, 0, 0, 0)
    left_out: int = 0
    thresholds: tuple[float, float] = (_HALF, _HALF)
    at_half: Difference | None = None

    def say(self, names: Mapping[str, str]) -> list[str]:
        """Return each difference, or the refusal, as a sentence, and what the first depends on."""
        first, second = names[self.first], names[self.second]
        if self.refusal:
            return [f"{first} and {second} are not compared. {self.refusal}"]
        own = " and ".join(f"{threshold:.3g}" for threshold in self.thresholds)
        return [
            *(word_difference(found, first, second) for found in self.differences),
            f"Accuracy is that at each model's own threshold ({own}).",
        ]

    def warn_of_thresholds(self, names: Mapping[str, str]) -> str:
        """Return what the accuracies say at 0.5, where that is another thing; else nothing."""
        if self.at_half is None or _find_ahead(self.at_half) == _find_ahead(self.differences[0]):
            return ""
        said = word_difference(self.at_half, names[self.first], names[self.second])
        return f"The thresholds decide which is more accurate. With {_HALF} for both: {said}"


def _find_ahead(difference: Difference) -> str:
    """Return which of two is better beyond chance; empty for neither."""
    if not difference.is_real:
        return ""
    return "first" if difference.value > 0 else "second"


def compare_pair(
    first: str,
    second: str,
    tests: Mapping[str, Predictions | None],
    thresholds: Mapping[str, float],
) -> Pair:
    """Return how two models differ on the pictures that both answered.

    Args:
        first, second: ids of the models.
        tests: id to answers.
        thresholds: id to the threshold from which the model calls pneumonia.
    """
    ours, theirs = tests[first], tests[second]
    refusal = why_not_comparable(ours, theirs)
    if ours is None or theirs is None or refusal:
        return Pair(first, second, refusal or "")
    both = ours.answered & theirs.answered
    if not both.any():
        return Pair(first, second, "No picture has an answer of both.")
    ours, theirs = ours.take(both), theirs.take(both)
    labels, patients = ours.labels, ours.table["patient"].to_numpy(str)
    own = thresholds[first], thresholds[second]
    said = ours.probabilities, theirs.probabilities
    calls = said[0] >= own[0], said[1] >= own[1]
    differences = [compare_calls(labels, *calls, patients)]
    at_half = None
    if own != (_HALF, _HALF):
        at_half = compare_calls(labels, said[0] >= _HALF, said[1] >= _HALF, patients)
    if 0 < labels.sum() < len(labels):
        differences.append(compare_rankings(labels, *said, patients))
    right = [called == labels for called in calls]
    counts = (
        int((right[0] & right[1]).sum()),
        int((right[0] & ~right[1]).sum()),
        int((~right[0] & right[1]).sum()),
        int((~right[0] & ~right[1]).sum()),
    )
    left_out = int((~both).sum())
    return Pair(first, second, "", tuple(differences), counts, left_out, own, at_half)


def compare_all(
    ids: Sequence[str],
    tests: Mapping[str, Predictions | None],
    thresholds: Mapping[str, float],
) -> list[Pair]:
    """Return every pair of some models."""
    return [
        compare_pair(first, second, tests, thresholds) for first, second in combinations(ids, 2)
    ]


def warn_of_many(pairs: int) -> str:
    """Return what looking at many pairs does to p values; empty for a single one.

    Each pair bears a risk of 5 %; how they add up depends on what the models share, so the sentence
    tells the most that it can be (Bonferroni).

    >>> print(warn_of_many(10))
    Each of these 10 comparisons finds a difference by chance alone with a risk of 5 %; for one or
    more of them together it can be as much as 50 %.
    """
    if pairs < 2:
        return ""
    return (
        f"Each of these {pairs} comparisons finds a difference by chance alone with a risk of 5 %; "
        f"for one or more of them together it can be as much as {min(100, 5 * pairs)} %."
    )
