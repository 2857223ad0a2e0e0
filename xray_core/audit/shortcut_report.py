"""What a network could score without looking at a lung, as figures and sentences."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from xray_core.audit.cross_validate import CrossValidated
from xray_core.numbers import word_estimate

Strength = Literal["very strong", "strong", "clear", "weak", "hardly any"]
Group = Literal["figure", "picture"]


class Shortcut(BaseModel):
    """How well one thing alone tells the classes apart.

    Attributes:
        name: a column of the index, a ratio of two, or "whole_picture", "lungs_only",
            "lungs_covered", "patch_covered", "lung_outline".
        group: "figure" for a number of the file or picture, "picture" for a small model on pixels.
        title: for a table or a chart.
        auc: cross-validated by patient; low and high are its 95 % interval.
        strength: the AUC in a word.
        sentence: what was found, in plain words.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    group: Group
    title: str
    auc: float
    low: float
    high: float
    strength: Strength
    sentence: str


class ShortcutReport(BaseModel):
    """The shortcuts of one data set.

    Attributes:
        shortcuts: the strongest figures first, then the pictures.
        classes: the labels that were told apart.
        pictures: how many the figures were measured on.
        covered_pictures: how many the pictures' entries were measured on.
        note: how it was measured and what was left out, in full sentences.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    shortcuts: tuple[Shortcut, ...]
    classes: tuple[str, ...]
    pictures: int
    covered_pictures: int
    note: str


def make_shortcut(
    name: str, group: Group, title: str, result: CrossValidated, sentence: str
) -> Shortcut:
    """Return an entry of the report."""
    return Shortcut(
        name=name,
        group=group,
        title=title,
        auc=result.auc,
        low=result.low,
        high=result.high,
        strength=name_strength(result.auc),
        sentence=sentence,
    )


def name_strength(auc: float) -> Strength:
    """Return an AUC in a word.

    Source: Hosmer and Lemeshow 2000, "Applied logistic regression", chapter 5, cut at .7, .8, .9;
    .6 halves what they call no discrimination. The AUC counts as it is printed.

    >>> name_strength(0.83), name_strength(0.53)
    ('strong', 'hardly any')
    """
    auc = round(auc, 3)
    if auc >= 0.9:
        return "very strong"
    if auc >= 0.8:
        return "strong"
    if auc >= 0.7:
        return "clear"
    return "weak" if auc >= 0.6 else "hardly any"


def say_figure(title: str, result: CrossValidated) -> str:
    """Return what a figure alone achieves.

    >>> say_figure("File size", CrossValidated(0.83, 0.8, 0.86))
    'File size alone tells the classes apart with AUC 0.830 [0.800, 0.860]: a network can score well
    without looking at a lung.'
    """
    strength, auc = name_strength(result.auc), word_estimate(*result)
    if strength not in ("weak", "hardly any"):
        return (
            f"{title} alone tells the classes apart with AUC {auc}: a network can "
            "score well without looking at a lung."
        )
    how = (
        "tells the classes apart a little"
        if strength == "weak"
        else "hardly tells the classes apart"
    )
    return f"{title} alone {how}: AUC {auc}."
