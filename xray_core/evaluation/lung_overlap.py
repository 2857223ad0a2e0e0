"""How well drawn lungs agree with those that people drew."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from xray_core.datasets.masks import read_masks
from xray_core.datasets.walk_pictures import IMAGE_SUFFIXES
from xray_core.errors import DatasetError, LungsNotFoundError
from xray_core.images.decode import decode_xray
from xray_core.images.xray import to_working_square
from xray_core.lungs.segment import LungSegmenter
from xray_core.model_card import Figure, Measurement

_WORST_SHARE = 0.05
_RESAMPLES = 2000


def dice(drawn: np.ndarray, expected: np.ndarray) -> float:
    """Return the Dice overlap of two bool masks of one shape: 1 is the same, 0 is apart.

    >>> dice(np.array([True, True, False]), np.array([True, False, False]))
    0.6666666666666666
    """
    area = int(drawn.sum()) + int(expected.sum())
    return 2 * int((drawn & expected).sum()) / area if area else 1.0


def measure_lungs(
    image_folder: Path,
    mask_folder: Path,
    segmenter: LungSegmenter,
    data: str,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Measurement:
    """Return ``dice``, its mean over the worst 5 %, and the share of pictures without an answer.

    A picture in which no two lungs are found counts with Dice 0.

    Args:
        image_folder, mask_folder: X-rays and their masks, with the same file stems.
        segmenter: draws the lungs.
        data: which pictures, in words.

    Raises:
        DatasetError: no image has a mask.
    """
    masks = read_masks(mask_folder)
    images = [
        path
        for path in sorted(image_folder.rglob("*"))
        if path.suffix.lower() in IMAGE_SUFFIXES and path.stem in masks
    ]
    if not images:
        raise DatasetError(
            f"Expected masks in {mask_folder} named like {image_folder}, found none."
        )
    overlaps = []
    for done, path in enumerate(images):
        on_progress(done, len(images))
        square = to_working_square(decode_xray(path.read_bytes(), path.name))
        try:
            overlaps.append(dice(segmenter.find(square).both, masks[path.stem]))
        except LungsNotFoundError:
            overlaps.append(0.0)
    on_progress(len(images), len(images))
    return _summarise(np.array(overlaps), data)


def _summarise(overlaps: np.ndarray, data: str) -> Measurement:
    worst = np.sort(overlaps)[: max(1, round(len(overlaps) * _WORST_SHARE))]
    draws = np.random.default_rng(0).choice(overlaps, (_RESAMPLES, len(overlaps))).mean(axis=1)
    low, high = np.percentile(draws, [2.5, 97.5])
    return Measurement(
        data=data,
        n=len(overlaps),
        figures={
            "dice": Figure(value=float(overlaps.mean()), low=float(low), high=float(high)),
            "dice_worst_5_percent": Figure(value=float(worst.mean())),
            "no_lungs_found": Figure(value=float((overlaps == 0).mean())),
        },
    )
