"""Where the pictures of a data set lie, found by looking: split/class/images or class/images."""

import os
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from xray_core.datasets.naming import read_name
from xray_core.errors import DatasetError
from xray_core.images.sniff import is_dicom

IMAGE_SUFFIXES = frozenset({".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp", ".bmp", ".dcm"})
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
_JUNK = frozenset({"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"})
_MOST_WRAPPERS = 5  # folders around the data, such as an archive's own
_MOST_FOLDERS_TRIED = 500  # a folder for each patient must not be searched for splits


class FoundFile(NamedTuple):
    """One picture file, not opened yet.

    Attributes:
        path: relative to the data set's root, with forward slashes.
        split: "train", "val", "test", or "" where the folder has no splits.
        label: name of the class folder.
        patient, subtype: what the file's name tells.
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
        files: in a fixed order.
    """

    root: Path
    files: tuple[FoundFile, ...]


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
    files = tuple(_describe(*found) for found in _walk_classes(root))
    if not files:
        raise DatasetError(
            f"Expected pictures below {folder}, found none. Choose a folder with a sub-folder for "
            f"each class, such as NORMAL and PNEUMONIA, or with train, val and test around them."
        )
    return Layout(root, files)


def _describe(path: str, split: str, label: str, entry: os.DirEntry[str]) -> FoundFile:
    status = entry.stat()
    patient, subtype = _name_patient(path, split, entry.name)
    return FoundFile(path, split, label, patient, subtype, status.st_size, status.st_mtime_ns)


def _name_patient(path: str, split: str, name: str) -> tuple[str, str]:
    """Return (patient, subtype) of a file.

    What no rule knows is a patient of its own. So is a DICOM file, which scanners number anew for
    everybody, unless it lies in a folder below the class: then that stands for the patient.
    """
    stem, _, last = name.rpartition(".")
    suffix = f".{last.lower()}"
    if not stem or suffix not in IMAGE_SUFFIXES:  # a UID has points, too
        stem, suffix = name, ".dcm"
    facts = read_name(stem)
    if suffix != ".dcm" and facts.patient != stem:
        return facts
    *folders, _ = path.split("/")[2 if split else 1 :] or [name]
    own = "/".join([*folders, stem])
    return folders[0] if folders and suffix == ".dcm" else own, ""


def _walk_classes(root: Path) -> Iterator[tuple[str, str, str, os.DirEntry[str]]]:
    """Give (path, split, label, entry) of every picture."""
    splits = {child.name: _SPLIT_NAMES.get(child.name.lower()) for child in _folders(root)}
    if any(splits.values()):
        for name, split in splits.items():
            if split:
                yield from _walk_labels(root / name, f"{name}/", split)
    else:
        yield from _walk_labels(root, "", "")


def _walk_labels(
    folder: Path, prefix: str, split: str
) -> Iterator[tuple[str, str, str, os.DirEntry[str]]]:
    for path, entry in walk_pictures(folder, ""):
        folder_name, slash, _ = path.partition("/")
        label = folder_name if slash else UNLABELLED
        yield prefix + path, split, label, entry


def walk_pictures(folder: Path | str, prefix: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Give (path relative to the first folder, entry), sorted; links are not followed.

    Raises:
        DatasetError: a folder cannot be read.
    """
    with _scan(folder) as entries:
        children = sorted(entries, key=lambda entry: entry.name)
    for entry in children:
        if _is_junk(entry.name):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from walk_pictures(entry.path, f"{prefix}{entry.name}/")
        elif entry.is_file(follow_symlinks=False) and _is_picture(entry):
            yield prefix + entry.name, entry


@contextmanager
def _scan(folder: Path | str) -> Iterator[Iterator[os.DirEntry[str]]]:
    """Give what a folder holds.

    Raises:
        DatasetError: it cannot be read.
    """
    try:
        with os.scandir(folder) as entries:
            yield entries
    except OSError as error:
        raise DatasetError(
            f"Expected folders that can be read, got {folder}: {error.strerror}. Make it readable, "
            f"or choose a folder without it."
        ) from error


def _find_split_root(folder: Path) -> Path | None:
    """Return the nearest folder, breadth first, that holds a split with something in it."""
    waiting = deque([(folder, 0)])
    for _ in range(_MOST_FOLDERS_TRIED):
        if not waiting:
            break
        candidate, depth = waiting.popleft()
        children = _folders(candidate)
        if any(child.name.lower() in _SPLIT_NAMES and _folders(child) for child in children):
            return candidate
        if depth < _MOST_WRAPPERS:
            waiting.extend((child, depth + 1) for child in children)
    return None


def _unwrap(folder: Path) -> Path:
    """Return the first folder down a chain of single folders that is not such a wrapper."""
    for _ in range(_MOST_WRAPPERS):
        children = _folders(folder)
        has_pictures = any(True for _ in _own_pictures(folder))
        if len(children) != 1 or has_pictures or any(True for _ in _own_pictures(children[0])):
            break
        folder = children[0]
    return folder


def _own_pictures(folder: Path) -> Iterator[os.DirEntry[str]]:
    with _scan(folder) as entries:
        for entry in entries:
            if not _is_junk(entry.name) and entry.is_file() and _is_picture(entry):
                yield entry


def _folders(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            names = [e.name for e in entries if e.is_dir(follow_symlinks=False)]
    except PermissionError:
        return []
    return [folder / name for name in sorted(names) if not _is_junk(name)]


def _is_junk(name: str) -> bool:
    return name in _JUNK or name.startswith("._")


def _is_picture(entry: os.DirEntry[str]) -> bool:
    stem, dot, last = entry.name.rpartition(".")
    suffix = (dot + last).lower() if stem else ""
    if suffix in IMAGE_SUFFIXES:
        return True
    if suffix.strip(".0123456789"):  # UIDs as names have numbers where a suffix would be
        return False
    try:
        with open(entry.path, "rb") as file:  # noqa: PTH123 - as above
            return is_dicom(file.read(512))
    except OSError:
        return False
