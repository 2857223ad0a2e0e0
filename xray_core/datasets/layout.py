"""Where the pictures of a data set lie, found by looking: split/class/images or class/images."""

import os
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from xray_core.datasets.naming import read_names
from xray_core.datasets.walk_pictures import (
    IMAGE_SUFFIXES,
    has_pictures,
    list_folders,
    walk_pictures,
)
from xray_core.errors import DatasetError

SPLITS = ("train", "val", "test")
UNLABELLED = "unlabelled"

_SPLIT_NAMES = {
    "train": "train",
    "training": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "test": "test",
    "testing": "test",
}
_NO_DICOM = f"(?P<stem>[^/]+)(?i:{'|'.join(map(re.escape, IMAGE_SUFFIXES - {'.dcm'}))})$"
_MOST_WRAPPERS = 5  # folders around the data, such as an archive's own
_MOST_FOLDERS_TRIED = 500  # a folder for each patient must not be searched for splits


class FoundFile(NamedTuple):
    """One picture file, not opened yet.

    Attributes:
        path: relative to the data set's root, with forward slashes.
        split: "train", "val", "test", or "" where the folder has no splits.
        label: name of the class folder.
        patient, subtype: what the file's name tells; a patient that it does not tell is the path.
        file_bytes, changed_ns: size and time of the last change, to notice what is new.
    """

    path: str
    split: str
    label: str
    patient: str
    subtype: str
    file_bytes: int
    changed_ns: int


@dataclass(frozen=True)
class Layout:
    """The pictures below one folder.

    Attributes:
        root: the folder that holds the splits, or the classes.
        files: one row a picture, with `FoundFile`'s fields, in a fixed order.
    """

    root: Path
    files: pd.DataFrame


def find_layout(folder: Path) -> Layout:
    """Return the pictures of a data set, whatever folders lie around it.

    The first folder that holds train, val or test is the root; else the first that holds more than
    one thing. Below a class folder, pictures may lie at any depth, one folder a study for example.

    Raises:
        DatasetError: the folder is missing or holds no pictures.
    """
    if not folder.is_dir():
        raise DatasetError(f"Expected a folder of X-rays, got {folder}. Check the path.")
    root = _find_split_root(folder) or _unwrap(folder)
    files = _list_files(root)
    if files.empty:
        raise DatasetError(
            f"Expected pictures below {folder}, found none. Choose a folder with a sub-folder for "
            f"each class, such as NORMAL and PNEUMONIA, or with train, val and test around them."
        )
    return Layout(root, files)


def _list_files(root: Path) -> pd.DataFrame:
    # Columns of plain values, and no entry.stat(), which the entry would keep: for a hundred
    # thousand files it takes longer to keep objects than to make them.
    paths, splits, labels = list[str](), list[str](), list[str]()
    sizes, times = list[int](), list[int]()
    for path, split, label, entry in _walk_classes(root):
        status = os.stat(entry.path)  # noqa: PTH116 - a Path for each takes as long again
        paths.append(path)
        splits.append(split)
        labels.append(label)
        sizes.append(status.st_size)
        times.append(status.st_mtime_ns)
    patients, subtypes = _name_patients(paths, splits)
    columns = [paths, splits, labels, patients, subtypes, sizes, times]
    return pa.table(columns, names=FoundFile._fields).to_pandas()


def _name_patients(paths: list[str], splits: list[str]) -> tuple[pa.StringArray, pa.StringArray]:
    """Return (patients, subtypes) of files.

    What no rule knows is a patient of its own, named by its path. So is a DICOM file, which
    scanners number anew for everybody, unless it lies in a folder below the class: then that stands
    for the patient.
    """
    stems = pc.struct_field(pc.extract_regex(pa.array(paths, pa.string()), _NO_DICOM), "stem")
    patients, subtypes = read_names(stems)
    others = list(paths)
    for row in np.flatnonzero(pc.is_null(stems)):
        folders = paths[row].split("/")[2 if splits[row] else 1 : -1]
        others[row] = folders[0] if folders else paths[row]
    return pc.coalesce(patients, pa.array(others, pa.string())), pc.coalesce(subtypes, "")


def _walk_classes(root: Path) -> Iterator[tuple[str, str, str, os.DirEntry[str]]]:
    """Give (path, split, label, entry) of every picture."""
    splits = {child.name: _SPLIT_NAMES.get(child.name.lower()) for child in list_folders(root)}
    if any(splits.values()):
        for name, split in splits.items():
            if split:
                yield from _walk_labels(root / name, f"{name}/", split)
    else:
        yield from _walk_labels(root, "", "")


def _walk_labels(
    folder: Path, prefix: str, split: str
) -> Iterator[tuple[str, str, str, os.DirEntry[str]]]:
    for found, entry in walk_pictures(folder):
        path = found.encode(errors="backslashreplace").decode()  # no table holds other names
        folder_name, slash, _ = path.partition("/")
        label = folder_name if slash else UNLABELLED
        yield prefix + path, split, label, entry


def _find_split_root(folder: Path) -> Path | None:
    """Return the nearest folder, breadth first, that holds a split with something in it."""
    waiting = deque([(folder, 0)])
    for _ in range(_MOST_FOLDERS_TRIED):
        if not waiting:
            break
        candidate, depth = waiting.popleft()
        children = list_folders(candidate)
        if any(child.name.lower() in _SPLIT_NAMES and list_folders(child) for child in children):
            return candidate
        if depth < _MOST_WRAPPERS:
            waiting.extend((child, depth + 1) for child in children)
    return None


def _unwrap(folder: Path) -> Path:
    """Return the first folder down a chain of single folders that is not such a wrapper."""
    for _ in range(_MOST_WRAPPERS):
        children = list_folders(folder)
        if len(children) != 1 or has_pictures(folder) or has_pictures(children[0]):
            break
        folder = children[0]
    return folder
