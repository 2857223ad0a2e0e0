"""What an audience says of an X-ray, and how it did beside the model."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from xray_core.diagnosis.conformal import Verdict
from xray_core.story.album import Label


@dataclass(frozen=True)
class Votes:
    """How many people called one X-ray normal, and how many pneumonia."""

    normal: int = 0
    pneumonia: int = 0

    def of(self, answer: Label) -> int:
        return self.pneumonia if answer == "pneumonia" else self.normal

    def add(self, answer: Label) -> "Votes":
        """Return the votes with one more."""
        return replace(self, **{answer: self.of(answer) + 1})

    @property
    def share(self) -> float:
        """The share that said pneumonia; 0 where nobody voted."""
        return self.pneumonia / max(1, self.normal + self.pneumonia)

    @property
    def majority(self) -> Label | None:
        """What most people said; None where nobody voted or both sides are even."""
        if self.normal == self.pneumonia:
            return None
        return "pneumonia" if self.pneumonia > self.normal else "normal"


def describe_votes(
    votes: Sequence[Votes], labels: Sequence[Label], verdicts: Sequence[Verdict]
) -> str:
    """Return how audience and model did, as a sentence.

    Args:
        votes: for each X-ray.
        labels: what each is.
        verdicts: what the model says of each; "cannot tell" is never right.

    >>> describe_votes([Votes(3, 1), Votes(0, 2)], ["normal", "normal"], ["normal", "pneumonia"])
    'Most of you were right on 1 of 2; the model was right on 1 of 2.'
    >>> describe_votes([Votes(1, 1), Votes(0, 2)], ["normal", "normal"], ["normal", "pneumonia"])
    'Most of you were right on 0 of 1, with 1 tied; the model was right on 1 of 2.'
    >>> describe_votes([Votes()], ["normal"], ["normal"])
    'Nobody voted; the model was right on 1 of 1.'
    """
    of = len(labels)
    model = sum(verdict == label for verdict, label in zip(verdicts, labels, strict=True))
    ties = sum(each.normal == each.pneumonia > 0 for each in votes)
    decided = sum(each.majority is not None for each in votes)
    right = sum(each.majority == label for each, label in zip(votes, labels, strict=True))
    if decided:
        told = f"Most of you were right on {right} of {decided}"
        told += f", with {ties} tied" if ties else ""
    else:
        told = "You were evenly split" if ties else "Nobody voted"
    return f"{told}; the model was right on {model} of {of}."
