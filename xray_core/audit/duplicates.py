"""The same picture more than once: byte for byte, or saved again."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from xray_core.audit.findings import Finding, Severity, count_things, list_rows, report_fine
from xray_core.audit.near_pairs import correlate_pairs, pair_hashes
from xray_core.datasets.index import DatasetIndex

_SQUARE_SIDE = 32
_EXACT = ("Identical files", "byte for byte the same")
_NEAR = ("Near copies", "one picture saved again")


@dataclass(frozen=True)
class _Scope:
    """How far apart the copies of one picture lie.

    Attributes:
        name: end of the finding's kind.
        where: in words.
    """

    name: str
    where: str
    severity: Severity
    advice: str


_ACROSS_CLASSES = _Scope(
    "across_classes",
    "under different labels",
    "problem",
    "One of the labels is wrong. Look at each group, keep one file, and correct its label.",
)
_ACROSS_SPLITS = _Scope(
    "across_splits",
    "in different splits",
    "problem",
    "A model is tested on what it was trained on. Keep each picture in one split only: take the "
    "copies out of the training split, so that test figures stay comparable.",
)
_WITHIN_SPLIT = _Scope(
    "within_split",
    "inside one split",
    "warning",
    "Each copy counts again, in training and in the figures. Keep one file of each group, and keep "
    "the copies together when you split anew.",
)
_SCOPES = (_ACROSS_CLASSES, _ACROSS_SPLITS, _WITHIN_SPLIT)


def find_exact_duplicates(index: DatasetIndex) -> list[Finding]:
    """Return the files whose bytes are the same, those across classes and splits apart."""
    rows = index.table[index.table["content_hash"] != ""]
    groups = rows.groupby("content_hash", sort=False).ngroup().to_numpy()
    found = _report_groups(rows, groups, "exact_duplicates", _EXACT)
    return found or [
        report_fine(
            "exact_duplicates",
            "No identical files",
            f"The contents of {count_things(len(rows), 'file')} were compared: no two are the "
            "same byte for byte.",
        )
    ]


def find_near_duplicates(index: DatasetIndex) -> list[Finding]:
    """Return pictures that are one picture saved again, those across classes and splits apart.

    Scaled, compressed and brightened copies are found, and those trimmed by up to 1 % of each side;
    mirrored and closer cropped ones are not. Of identical files the first stands for all.
    """
    rows = index.readable.drop_duplicates("content_hash")
    pairs = pair_hashes(rows["perceptual_hash"].to_numpy())
    if len(pairs):
        involved, places = np.unique(pairs, return_inverse=True)
        squares = index.read_squares(rows.iloc[involved], _SQUARE_SIDE)
        pairs = pairs[correlate_pairs(squares, places.reshape(-1, 2))]
    found = _report_groups(rows, _join_pairs(pairs, len(rows)), "near_duplicates", _NEAR)
    return found or [
        report_fine(
            "near_duplicates",
            "No near copies",
            f"{count_things(len(rows), 'picture')} were compared by what they show: none is "
            "another one scaled, compressed or brightened. Mirrored or closer cropped copies are "
            "not looked for.",
        )
    ]


def _report_groups(
    rows: pd.DataFrame, groups: np.ndarray, kind: str, words: tuple[str, str]
) -> list[Finding]:
    """Return one finding for each scope that some group of at least two rows has.

    Args:
        rows: of an index.
        groups: (N,) the group of each row.
        kind: start of the findings' kind.
        words: what the copies are called, and what they are.
    """
    again = np.bincount(groups, minlength=1)[groups] > 1 if len(groups) else np.zeros(0, bool)
    copies = rows[again].assign(group=groups[again])
    by_group = copies.groupby("group")
    labels, splits = (by_group[name].nunique() for name in ("label", "split"))
    names = np.where(labels > 1, "across_classes", "within_split")
    names = np.where((labels == 1) & (splits > 1), "across_splits", names)
    scope_of = dict(zip(labels.index, names, strict=True))
    scopes = copies["group"].map(scope_of)
    return [
        _report_scope(copies[scopes == scope.name], scope, kind, words)
        for scope in _SCOPES
        if (scopes == scope.name).any()
    ]


def _report_scope(
    copies: pd.DataFrame, scope: _Scope, kind: str, words: tuple[str, str]
) -> Finding:
    copies = copies.sort_values("group", kind="stable")
    numbers = pd.factorize(copies["group"])[0] + 1
    strangers = int((copies.groupby("group")["patient"].nunique() > 1).sum())
    named = f" In {count_things(strangers, 'group')} they carry different patients' names."
    return Finding(
        kind=f"{kind}_{scope.name}",
        severity=scope.severity,
        title=f"{words[0]} {scope.where}",
        sentence=(
            f"{count_things(len(copies), 'file')} in {count_things(int(numbers.max()), 'group')} "
            f"are {words[1]}, {scope.where}.{named if strangers else ''}"
        ),
        advice=scope.advice,
        count=len(copies),
        evidence=list_rows(copies, group=numbers),
    )


def _join_pairs(pairs: np.ndarray, size: int) -> np.ndarray:
    """Return the group of each of `size` things, (size,); paired things share one."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), (size, size))
    return connected_components(links, directed=False)[1]
