"""A folder of X-rays sorted by split and class, as a list of labelled files."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from xray_core.datasets.index import DatasetIndex
from xray_core.datasets.naming import read_name
from xray_core.datasets.walk_pictures import IMAGE_SUFFIXES
from xray_core.errors import DatasetError


@dataclass(frozen=True)
class LabelledImage:
    """One file of a data set.

    Attributes:
        path: the image file.
        label: 1 for pneumonia, 0 for normal.
        patient: images of one patient share it; a file whose name tells no patient is its own.
        subtype: ``bacteria`` or ``virus`` where the file's name tells, else empty.
    """

    path: Path
    label: int
    patient: str
    subtype: str = ""


_POSITIVE = ("pneumonia", "lung_opacity")
_NEGATIVE = ("normal",)


def label_of_class(name: str) -> int | None:
    """Return 1 for a class that means pneumonia, 0 for normal, None for any other.

    >>> label_of_class("Lung_Opacity"), label_of_class("NORMAL"), label_of_class("cat")
    (1, 0, None)
    """
    return 1 if name.lower() in _POSITIVE else 0 if name.lower() in _NEGATIVE else None


def select_labelled(index: DatasetIndex, splits: Collection[str]) -> list[LabelledImage]:
    """Return the readable pictures of some splits whose class is pneumonia or normal.

    Args:
        index: the data set.
        splits: of "train", "val", "test" and "".

    Raises:
        DatasetError: one of the two classes is missing.
    """
    rows = index.readable[index.readable["split"].isin(list(splits))]
    labels = rows["label"].astype(str).map(label_of_class)
    if set(labels.dropna()) != {0, 1}:
        found = ", ".join(sorted(set(rows["label"].astype(str)))) or "none"
        raise DatasetError(
            f"Expected the classes NORMAL and PNEUMONIA (or LUNG_OPACITY), got {found}. Rename the "
            f"class folders, or choose another data set."
        )
    told = zip(rows["path"], labels, rows["patient"], rows["subtype"].astype(str), strict=True)
    return [
        LabelledImage(index.root / path, int(label), patient, subtype)
        for path, label, patient, subtype in told
        if not pd.isna(label)
    ]


def list_labelled_images(split_folder: Path) -> list[LabelledImage]:
    """Return the images of one split in a fixed order.

    Args:
        split_folder: holds one folder for each class: a class whose name is ``PNEUMONIA`` or
            ``LUNG_OPACITY`` (in any case) is the positive one, ``NORMAL`` the negative one.

    Raises:
        DatasetError: a class folder is missing or empty.
    """
    positive = _class_images(split_folder, _POSITIVE, label=1)
    negative = _class_images(split_folder, _NEGATIVE, label=0)
    return negative + positive


def _class_images(split_folder: Path, names: tuple[str, ...], label: int) -> list[LabelledImage]:
    folders = [path for path in _folders(split_folder) if path.name.lower() in names]
    images = [
        LabelledImage(path, label, (told := read_name(path.stem)).patient, told.subtype)
        for folder in folders
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in IMAGE_SUFFIXES
    ]
    if not images:
        raise DatasetError(
            f"Expected images in {split_folder}/{names[0].upper()}, found none. Point to a folder "
            f"with one sub-folder for each class: NORMAL and PNEUMONIA."
        )
    return images


def _folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
