"""Lung masks that people drew, by file stem."""

from pathlib import Path

import cv2
import numpy as np

from xray_core.errors import DatasetError
from xray_core.images.xray import WORKING_SIZE


def read_masks(folder: Path) -> dict[str, np.ndarray]:
    """Return file stem to lung mask, bool (224, 224), for every PNG below the folder.

    Raises:
        DatasetError: there is none.
    """
    masks = {path.stem: read_mask(path) for path in sorted(folder.rglob("*.png"))}
    if not masks:
        raise DatasetError(f"Expected lung masks as PNG files below {folder}, found none.")
    return masks


def read_mask(path: Path) -> np.ndarray:
    """Return one mask, bool (224, 224): lung where the file is brighter than half.

    Raises:
        DatasetError: the file is no picture.
    """
    mask = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if mask is None:
        raise DatasetError(f"Expected a picture of a lung mask, got {path}. Remove or replace it.")
    square = cv2.resize(mask, (WORKING_SIZE, WORKING_SIZE), interpolation=cv2.INTER_AREA)
    return square > 127
