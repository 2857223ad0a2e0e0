"""What a check of a data set found: said in a sentence, with the rows that show it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

Severity = Literal["problem", "warning", "fine"]

_TOLD = ["path", "split", "label", "patient"]


@dataclass(frozen=True, eq=False)
class Finding:
    """One thing that a check found, or looked for and did not find.

    Attributes:
        kind: its name, the same in every data set.
        severity: "problem" spoils results, "warning" may, "fine" needs nothing done.
        title: a few words.
        sentence: what was found, with its size, or what was checked.
        advice: what to do; empty where nothing is to be done.
        count: of pictures, files or patients, as the sentence says; 0 where all is fine.
        evidence: rows to list and export; most have path (relative to the root), split, label and
            patient, and more that fits the finding. It may have rows where all is fine.
    """

    kind: str
    severity: Severity
    title: str
    sentence: str
    advice: str
    count: int
    evidence: pd.DataFrame


def report_fine(
    kind: str, title: str, sentence: str, evidence: pd.DataFrame | None = None
) -> Finding:
    """Return the finding of a check that has nothing to report, with figures if it has any."""
    return Finding(
        kind, "fine", title, sentence, "", 0, pd.DataFrame() if evidence is None else evidence
    )


def list_rows(rows: pd.DataFrame, **more: Any) -> pd.DataFrame:
    """Return rows of an index as evidence, with further columns.

    >>> rows = pd.DataFrame({"path": ["a.png"], "split": [""], "label": ["x"], "patient": ["a"]})
    >>> list_rows(rows, group=[1]).columns.tolist()
    ['path', 'split', 'label', 'patient', 'group']
    """
    told: Mapping[str, Any] = {name: rows[name].astype(str).to_numpy() for name in _TOLD}
    return pd.DataFrame({**told, **more})


def count_things(number: int, thing: str, things: str = "") -> str:
    """Return a number with its noun.

    >>> count_things(1, "picture"), count_things(5216, "picture"), count_things(2, "copy", "copies")
    ('1 picture', '5,216 pictures', '2 copies')
    """
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"
