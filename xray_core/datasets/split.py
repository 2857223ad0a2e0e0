"""Divide images into training and validation so that no patient is in both."""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

Item = TypeVar("Item")


def split_by_patient(
    items: Iterable[Item],
    patient_of: Callable[[Item], str],
    validation_share: float,
    seed: int = 0,
) -> tuple[list[Item], list[Item]]:
    """Return (training, validation), every patient whole in one of them.

    A patient's side follows from a hash of their key, so it stays the same when files are added.

    >>> train, validation = split_by_patient(["a1", "a2", "b1"], lambda name: name[0], 0.5)
    >>> {name[0] for name in train} & {name[0] for name in validation}
    set()
    """
    training: list[Item] = []
    validation: list[Item] = []
    for item in items:
        digest = hashlib.sha256(f"{seed}/{patient_of(item)}".encode()).digest()
        share = int.from_bytes(digest[:8], "big") / 2**64
        (validation if share < validation_share else training).append(item)
    return training, validation


def fingerprint_names(paths: Iterable[str]) -> str:
    """Return a SHA-256 over file names, in order, wherever their folder lies.

    >>> fingerprint_names(["/a/x.png"]) == fingerprint_names(["/b/x.png"])
    True
    """
    return hashlib.sha256("\n".join(Path(path).name for path in paths).encode()).hexdigest()
