"""Which pictures models get wrong, alone and together."""

from collections.abc import Mapping, Sequence
from pathlib import PurePath

import numpy as np
import pandas as pd

from xray_core.comparison.predictions import OFFICIAL_TEST, Predictions
from xray_core.datasets.naming import KIND_OF_GERM, read_name
from xray_core.evaluation.decision import estimate_share

ALL_WRONG, ONE_RIGHT, CONFIDENT = KINDS = (
    "All get wrong",
    "Only one gets right",
    "Most confident mistakes",
)
NORMAL, OTHER = "normal", "pneumonia"
_ORDER = (NORMAL, *KIND_OF_GERM.values(), OTHER)


def tabulate_answers(
    tests: Mapping[str, Predictions], thresholds: Mapping[str, float]
) -> pd.DataFrame:
    """Return one row a picture that all models answered, with what each said.

    Columns: ``picture`` (its name on screen, which no other has), ``file, file_sha256`` (NaN where
    contents decide nothing), ``patient, label, kind`` (normal, bacterial, viral, or pneumonia where
    the name does not tell), for each model its probability under its id, and ``right`` (how many
    models were right), ``surest`` (distance of the most confidently wrong probability from the
    label).

    Args:
        tests: model id to answers, all on the same pictures.
        thresholds: model id to threshold.
    """
    ids = list(tests)
    first = tests[ids[0]]
    table = first.table[["file", "file_sha256", "patient", "label"]].copy()
    if first.fingerprint == OFFICIAL_TEST:  # which people have in several sizes
        table["file_sha256"] = np.nan
    table["kind"] = [
        name_kind(file, label) for file, label in zip(table["file"], table["label"], strict=True)
    ]
    table.insert(0, "picture", _name_pictures(table))
    for model_id in ids:
        table[model_id] = tests[model_id].probabilities
    table = table.dropna(subset=ids).reset_index(drop=True)
    labels = table["label"].to_numpy()[:, np.newaxis]
    probabilities = table[ids].to_numpy(float)
    right = find_right(table, ids, thresholds)
    table["right"] = right.sum(axis=1)
    off = np.where(right, 0.0, np.abs(labels - probabilities))
    table["surest"] = off.max(axis=1)
    return table


def _name_pictures(table: pd.DataFrame) -> pd.Series:
    """Return the file's name; where several share it, with kind and patient, then a number."""
    names = table["file"]
    told = table["kind"] + "/" + table["patient"].fillna("") + "/" + names
    names = names.mask(names.duplicated(keep=False), told)
    earlier = names.groupby(names).cumcount()
    return names.mask(earlier > 0, names + " " + (earlier + 1).astype(str))


def find_right(
    answers: pd.DataFrame, ids: Sequence[str], thresholds: Mapping[str, float]
) -> np.ndarray:
    """Return whether each model was right on each picture, bool (N, K)."""
    limits = np.array([thresholds[model_id] for model_id in ids])
    called = answers[list(ids)].to_numpy(float) >= limits
    found: np.ndarray = called == (answers["label"].to_numpy()[:, np.newaxis] == 1)
    return found


def select_mistakes(answers: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Return the pictures of one kind of mistake, the surest mistakes first.

    Args:
        answers: from `tabulate_answers`.
        kind: of `KINDS`.
    """
    if kind == ALL_WRONG:
        answers = answers[answers["right"] == 0]
    elif kind == ONE_RIGHT:
        answers = answers[answers["right"] == 1]
    else:
        answers = answers[answers["surest"] > 0]
    return answers.sort_values("surest", ascending=False, kind="stable", ignore_index=True)


def count_by_kind(
    answers: pd.DataFrame, ids: Sequence[str], thresholds: Mapping[str, float]
) -> pd.DataFrame:
    """Return how many pictures of each kind each model called right.

    Columns: ``id, kind, right, of, share, low, high`` (its 95 % interval, by patient); kinds are
    normal, bacterial, viral, or pneumonia.
    """
    right = find_right(answers, ids, thresholds)
    patients = answers["patient"].to_numpy(str)
    rows = []
    for place, model_id in enumerate(ids):
        for kind in (kind for kind in _ORDER if (answers["kind"] == kind).any()):
            chosen = (answers["kind"] == kind).to_numpy()
            found = right[chosen, place]
            share = estimate_share(found, patients[chosen])
            count = int(found.sum())
            rows.append((model_id, kind, count, len(found), share.value, share.low, share.high))
    return pd.DataFrame(rows, columns=["id", "kind", "right", "of", "share", "low", "high"])


def name_kind(file: str, label: int) -> str:
    """Return what a picture shows, as far as its label and its name tell.

    >>> name_kind("person1_bacteria_2.jpeg", 1), name_kind("scan.png", 1), name_kind("a.png", 0)
    ('bacterial', 'pneumonia', 'normal')
    """
    if not label:
        return NORMAL
    return KIND_OF_GERM.get(read_name(PurePath(file).stem).subtype, OTHER)
