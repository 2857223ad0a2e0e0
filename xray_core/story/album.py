"""The X-rays of the story: real ones where the model was judged on them, else drawn ones."""

from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

import numpy as np
import pandas as pd

from xray_core.comparison.predictions import (
    Predictions,
    fingerprint_pictures,
    list_test_sets,
    load_predictions,
)
from xray_core.datasets.index import DatasetIndex
from xray_core.datasets.samples import SAMPLES, Sample
from xray_core.datasets.synthetic import draw_sample, encode_png
from xray_core.model_card import ClassifierCard

Label = Literal["normal", "pneumonia"]

_MOST_MISTAKES = 4
_SURE = 0.9  # of both models on the studied picture: a close call would draw the talk to itself
_DRAWN_PIXELS = 768
# Opacities as the default model overlooks most of them; what it says of these, it says on screen.
_HARD = (
    Sample("Opacity in the left lower zone", 28, ("left lower",)),
    Sample("Opacity in the right lower zone, another child", 41, ("right lower",)),
)
_TWIN = Sample("The same child without it", SAMPLES[2].seed)


@dataclass(frozen=True)
class StoryPicture:
    """One X-ray of the story.

    Attributes:
        name: of its file.
        data: the bytes of the file.
        label: what the data set says it is, or what was drawn.
    """

    name: str
    data: bytes
    label: Label


@dataclass(frozen=True)
class Album:
    """Which X-rays the story shows.

    Attributes:
        source: where they come from, as a sentence that stands under every picture.
        is_real: whether they are real.
        normal, pneumonia: the pair of the first step.
        votes: the three that people vote on.
        studied: a pneumonia that the model looks at step by step.
        covered: a normal one that both models call normal, until parts of it are covered.
        judged: those among which its mistakes are shown, the surest mistake first; drawn ones may
            hold no mistake.
    """

    source: str
    is_real: bool
    normal: StoryPicture
    pneumonia: StoryPicture
    votes: tuple[StoryPicture, ...]
    studied: StoryPicture
    covered: StoryPicture
    judged: tuple[StoryPicture, ...]


def draw_album() -> Album:
    """Return the X-rays that a program draws; the pair is one child, well and ill."""
    pictures = [_draw(sample) for sample in SAMPLES]
    return Album(
        source="Drawn by a program: no real X-ray.",
        is_real=False,
        normal=_draw(_TWIN),
        pneumonia=pictures[2],
        votes=(pictures[3], pictures[1], pictures[4]),
        studied=pictures[4],
        covered=pictures[0],
        judged=(pictures[0], pictures[4], *map(_draw, _HARD)),
    )


def open_album(
    index: DatasetIndex, card: ClassifierCard, other: ClassifierCard | None
) -> Album | None:
    """Return real X-rays from the pictures that a model was judged on; None if they are not here.

    Which ones is decided by the answers alone: the surest right ones open the story, ordinary ones
    and a false alarm are voted on.

    Args:
        index: the chosen data set.
        card: of the model that the story is about.
        other: of the model that saw whole pictures. Where it was judged on the same ones, the
            studied picture is one that both get right and are sure of, with least of its evidence
            in the lungs; and the covered one is one that both call normal.

    Raises:
        IncompatibleModelError: the answers beside a card were altered.
    """
    rows = index.readable[index.readable["split"] == "test"]
    names = rows["path"].map(lambda path: PurePath(path).name)
    answers = _find_answers(names, rows["label"], card)
    if answers is None:
        return None
    paths = dict(zip(names, rows["path"], strict=True))
    table = _rank(answers, card.calibration.threshold)
    second = _find_answers(names, rows["label"], other) if other else None
    studied = _choose_studied(table, second, other)
    right, wrong = table[table["right"]], table[~table["right"]]
    ill, well = right[right["label"] == 1], right[right["label"] == 0]
    false_alarms = wrong[wrong["label"] == 0]
    if min(len(ill), len(well), len(false_alarms)) == 0:
        return None

    def read(row: pd.Series) -> StoryPicture:
        label: Label = "pneumonia" if row["label"] else "normal"
        return StoryPicture(row["file"], (index.root / paths[row["file"]]).read_bytes(), label)

    return Album(
        source=f"Real X-rays, from the {len(table):,} that the model was judged on ({card.id}).",
        is_real=True,
        normal=read(well.iloc[-1]),
        pneumonia=read(ill.iloc[-1]),
        votes=tuple(read(rows.iloc[len(rows) // 2]) for rows in (ill, false_alarms, well)),
        studied=read(studied),
        covered=read(_choose_covered(well, second, other)),
        judged=tuple(read(row) for _, row in wrong[::-1].head(_MOST_MISTAKES).iterrows()),
    )


def _find_answers(names: pd.Series, labels: pd.Series, card: ClassifierCard) -> Predictions | None:
    """Return a model's answers on exactly these pictures, or None."""
    numbers = (labels.astype(str).str.upper() == "PNEUMONIA").astype(int)
    fingerprint = fingerprint_pictures(names, numbers)
    found = (load_predictions(card, name) for name in list_test_sets(card))
    return next((each for each in found if each.fingerprint == fingerprint), None)


def _rank(answers: Predictions, threshold: float) -> pd.DataFrame:
    """Return the answered rows, the least sure first, with ``right``."""
    table = answers.table[answers.answered]
    called = table["probability"] >= threshold
    right = called == (table["label"] == 1)
    sure = np.where(called, table["probability"], 1 - table["probability"])
    return table.assign(right=right, sure=sure).sort_values("sure", kind="stable")


def _choose_covered(
    well: pd.DataFrame, second: Predictions | None, other: ClassifierCard | None
) -> pd.Series:
    """Return an ordinary one of those that the other model calls pneumonia once it is covered."""
    if other is not None and second is not None:
        threshold = other.calibration.threshold
        theirs = second.table[second.answered & (second.probabilities < threshold)]
        turned = theirs[theirs["probability_rest_covered"] >= threshold]
        for files in (turned["file"], theirs["file"]):
            if len(both := well[well["file"].isin(files)]):
                return both.iloc[len(both) // 2]
    return well.iloc[len(well) // 2]


def _choose_studied(
    table: pd.DataFrame, second: Predictions | None, other: ClassifierCard | None
) -> pd.Series:
    candidates = table[table["right"] & (table["label"] == 1)]
    if other is not None and second is not None:
        theirs = _rank(second, other.calibration.threshold)
        both = theirs[theirs["right"] & theirs["file"].isin(candidates["file"])]
        both = both.dropna(subset=["evidence_in_lungs"])
        sure = candidates.loc[candidates["sure"] >= _SURE, "file"]
        both = both[both["file"].isin(sure) & (both["sure"] >= _SURE)]
        if len(both):
            return both.sort_values("evidence_in_lungs", kind="stable").iloc[0]
    return candidates.iloc[len(candidates) // 2]


def _draw(sample: Sample) -> StoryPicture:
    label: Label = "pneumonia" if sample.zones else "normal"
    return StoryPicture(sample.name, encode_png(draw_sample(sample, _DRAWN_PIXELS)), label)
