"""A folder of X-rays sorted by split and class, as a list of labelled files."""

from dataclasses import dataclass
from pathlib import Path

from xray_core.datasets.layout import IMAGE_SUFFIXES
from xray_core.datasets.naming import read_name
from xray_core.errors import DatasetError


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
        LabelledImage(path, label, read_name(path.stem).patient)
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
