"""Where the pictures that models were judged on lie in a data set."""

import hashlib
from pathlib import PurePath
from typing import Any

import pandas as pd

from xray_core.datasets.folder import label_of_class
from xray_core.datasets.index import DatasetIndex


def find_paths(index: DatasetIndex, answers: pd.DataFrame) -> dict[str, list[str]]:
    """Return the path of each picture, relative to the data set's root, by its name on screen.

    None where the data set has no such picture, several where nothing tells which was judged. A
    file of the same name is another picture where its class differs, or its contents, if they were
    noted; then the patient decides, and test pictures come before all others.

    Args:
        index: the data set.
        answers: some rows of `tabulate_answers`.
    """
    names = index.readable["path"].map(lambda path: PurePath(path).name)
    rows = index.readable.assign(name=names)[names.isin(set(answers["file"]))]
    named = dict(list(rows.groupby("name")))
    return {
        str(answer["picture"]): _select(index, named[answer["file"]], answer)
        if answer["file"] in named
        else []
        for _, answer in answers.iterrows()
    }


def _select(index: DatasetIndex, rows: pd.DataFrame, answer: Any) -> list[str]:
    """Return the paths that are left of rows of one file name."""
    labels = rows["label"].astype(str).map(label_of_class)
    rows = rows[labels.isna() | (labels == answer["label"])]
    if isinstance(answer["file_sha256"], str):
        rows = rows[[_hash(index, path) == answer["file_sha256"] for path in rows["path"]]]
    rows = _prefer(rows, rows["patient"] == answer["patient"])
    rows = _prefer(rows, rows["split"].astype(str) == "test")
    if rows["content_hash"].nunique() == 1:  # copies
        rows = rows.head(1)
    return list(rows["path"])


def _prefer(rows: pd.DataFrame, wanted: pd.Series) -> pd.DataFrame:
    return rows[wanted] if wanted.any() else rows


def _hash(index: DatasetIndex, path: str) -> str:
    """Return the SHA-256 of a file; empty if it is gone by now."""
    try:
        return hashlib.sha256((index.root / path).read_bytes()).hexdigest()
    except OSError:
        return ""
