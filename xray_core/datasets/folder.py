"""A folder of X-rays sorted by split and class, as a list of labelled files."""

import re
from dataclasses import dataclass
from pathlib import Path

from xray_core.errors import DatasetError

IMAGE_SUFFIXES = frozenset({".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp", ".bmp", ".dcm"})

# Kermany et al. 2018 name pneumonia files person<patient>_<subtype>_<image> and normal files
# [NORMAL2-]IM-<patient>-<image>. A number alone is not a patient: the series reuse them.
_PNEUMONIA_NAME = re.compile(r"person(?P<number>\d+)_(?P<series>bacteria|virus)_")
_NORMAL_NAME = re.compile(r"(?P<series>(?:NORMAL2-)?IM)-(?P<number>\d+)-")


@dataclass(frozen=True)
class LabelledImage:
    """One file of a data set.

    Attributes:
        path: the image file.
        label: 1 for pneumonia, 0 for normal.
        patient: images of one patient share it; a file whose name tells no patient is its own.
    """

    path: Path
    label: int
    patient: str


def parse_patient(stem: str) -> str:
    """Return the patient key that a file name of the Kermany data carries.

    >>> parse_patient("person1000_bacteria_2931"), parse_patient("NORMAL2-IM-0383-0001")
    ('bacteria-1000', 'NORMAL2-IM-0383')
    >>> parse_patient("scan")
    'scan'
    """
    match = _PNEUMONIA_NAME.match(stem) or _NORMAL_NAME.match(stem)
    return f"{match['series']}-{match['number']}" if match else stem


def list_labelled_images(split_folder: Path) -> list[LabelledImage]:
    """Return the images of one split in a fixed order.

    Args:
        split_folder: holds one folder for each class: a class whose name is ``PNEUMONIA`` or
            ``LUNG_OPACITY`` (in any case) is the positive one, ``NORMAL`` the negative one.

    Raises:
        DatasetError: a class folder is missing or empty.
    """
    positive = _class_images(split_folder, ("pneumonia", "lung_opacity"), label=1)
    negative = _class_images(split_folder, ("normal",), label=0)
    return negative + positive


def _class_images(split_folder: Path, names: tuple[str, ...], label: int) -> list[LabelledImage]:
    folders = [path for path in _folders(split_folder) if path.name.lower() in names]
    images = [
        LabelledImage(path, label, parse_patient(path.stem))
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
