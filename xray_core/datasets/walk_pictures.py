"""Which files below a folder are pictures."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from operator import attrgetter
from pathlib import Path

from xray_core.errors import DatasetError
from xray_core.images.sniff import is_dicom

IMAGE_SUFFIXES = frozenset(
    {".jpeg", ".jpg", ".jpe", ".jfif", ".png", ".tif", ".tiff", ".webp", ".bmp", ".dcm"}
)
DICOM_SUFFIXES = frozenset({".dicom", ".ima", ".dic"})  # of dictionaries and disk images, too
_JUNK = frozenset({"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"})


def walk_pictures(folder: Path | str, prefix: str = "") -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Give (path relative to the first folder, entry), sorted; links are not followed.

    Raises:
        DatasetError: a folder cannot be read.
    """
    with _scan(folder) as entries:
        children = sorted(entries, key=attrgetter("name"))
    for entry in children:
        name = entry.name  # made anew each time it is asked for
        if _is_junk(name):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from walk_pictures(entry.path, f"{prefix}{name}/")
        elif entry.is_file(follow_symlinks=False) and _is_picture(entry):
            yield prefix + name, entry


def has_pictures(folder: Path) -> bool:
    """Return whether a picture lies in the folder itself.

    Raises:
        DatasetError: the folder cannot be read.
    """
    with _scan(folder) as entries:
        return any(
            not _is_junk(entry.name) and entry.is_file() and _is_picture(entry) for entry in entries
        )


def list_folders(folder: Path) -> list[Path]:
    """Return the folders in a folder, sorted; none if it must not be read."""
    try:
        with os.scandir(folder) as entries:
            names = [e.name for e in entries if e.is_dir(follow_symlinks=False)]
    except PermissionError:
        return []
    return [folder / name for name in sorted(names) if not _is_junk(name)]


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


def _is_junk(name: str) -> bool:
    return name in _JUNK or name.startswith("._")


def _is_picture(entry: os.DirEntry[str]) -> bool:
    stem, dot, last = entry.name.rpartition(".")
    suffix = (dot + last).lower() if stem else ""
    if suffix in IMAGE_SUFFIXES:
        return True
    # UIDs as names have numbers where a suffix would be.
    if suffix not in DICOM_SUFFIXES and suffix.strip(".0123456789"):
        return False
    if entry.name.upper() == "DICOMDIR":  # the contents of a disk, without a picture
        return False
    try:
        with Path(entry.path).open("rb") as file:
            return is_dicom(file.read(512))
    except OSError:
        return False
