"""A data set of drawn X-rays: which pictures it has, and how one of them is written."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np

from xray_core.datasets.drawn_chest.draw import Order, Seeds, draw
from xray_core.datasets.drawn_chest.illness import SUBTYPES
from xray_core.datasets.drawn_chest.shortcut import Shortcut
from xray_core.errors import InvalidConfigError

CLASSES = ("NORMAL", "PNEUMONIA")
LUNG_MASKS, OPACITY_MASKS = "lung_masks", "opacity_masks"


@dataclass(frozen=True)
class PlannedPicture:
    """All that decides one file.

    Attributes:
        place: folder inside the data set, such as ``train/NORMAL``.
        stem: name of the file without its ending.
        jpeg_quality: 0 to 100.
    """

    place: str
    stem: str
    seeds: Seeds
    order: Order
    jpeg_quality: int


def divide_pictures(count: int) -> dict[str, tuple[int, int]]:
    """Return how many normal and pneumonia pictures go to ``train`` and, a fifth, to ``test``.

    Raises:
        InvalidConfigError: there are too few for one of each class in each split.

    >>> divide_pictures(400)
    {'train': (160, 160), 'test': (40, 40)}
    """
    if count < 4:
        raise InvalidConfigError(
            f"Expected at least 4 pictures, one of each class for training and one for testing. "
            f"Received: {count}."
        )
    normal, pneumonia = count // 2, count - count // 2
    test = max(1, round(count / 10))
    return {"train": (normal - test, pneumonia - test), "test": (test, test)}


def plan_pictures(
    counts: Mapping[str, tuple[int, int]], size: int, seed: int, shortcut: Shortcut | None
) -> list[PlannedPicture]:
    """Return every picture of a data set; the pictures are the same ones with any shortcut.

    Args:
        counts: for each split, how many normal and how many pneumonia pictures.
        size: typical height in pixels.
        seed: not negative.
        shortcut: bears on each class of each split by itself.
    """
    rng, sign_rng = np.random.default_rng(seed), np.random.default_rng([seed, 1])
    planned = []
    patient = 0
    for split, numbers in counts.items():
        for label, (name, count) in enumerate(zip(CLASSES, numbers, strict=True)):
            signs = np.zeros(count, bool)
            if shortcut:
                signs = shortcut.place_signs(sign_rng, label, count)
            pictures = _name_pictures(rng, label, count, patient)
            for (stem, subtype, seeds), signed in zip(pictures, signs, strict=True):
                height = round(size * rng.uniform(5 / 6, 7 / 6))
                order = Order(
                    pneumonia=bool(label),
                    shape=(height, round(height * rng.uniform(1.0, 1.5))),
                    subtype=subtype,
                    sign=shortcut.kind if shortcut and signed else None,
                )
                quality = int(rng.integers(75, 97))
                planned.append(PlannedPicture(f"{split}/{name}", stem, seeds, order, quality))
            patient += count
    return planned


def write_pictures(
    folder: Path, planned: Sequence[PlannedPicture], workers: int
) -> Iterator[tuple[str, ...]]:
    """Write the pictures in this process or in several, and yield the rows in their order."""
    write = partial(write_picture, folder)
    if workers < 2:
        yield from map(write, planned)
        return
    # Threads would wait for each other: most of the work is Python. A forked process may hang.
    with ProcessPoolExecutor(
        workers, get_context("spawn"), initializer=cv2.setNumThreads, initargs=(1,)
    ) as pool:
        yield from pool.map(write, planned, chunksize=8)


def write_picture(folder: Path, planned: PlannedPicture) -> tuple[str, ...]:
    """Write a picture with its two masks; return its row of the table of truths.

    Args:
        folder: the data set's; the folders inside it are made beforehand.
        planned: the picture.
    """
    xray = draw(planned.seeds, planned.order)
    picture = folder / planned.place / f"{planned.stem}.jpeg"
    quality = [cv2.IMWRITE_JPEG_QUALITY, planned.jpeg_quality]
    _write(picture, to_uint8(xray.pixels), quality)
    for masks, mask in ((LUNG_MASKS, xray.lungs), (OPACITY_MASKS, xray.opacity)):
        place = folder / masks / planned.place / f"{planned.stem}.png"
        _write(place, mask.astype(np.uint8) * 255, [])
    return (
        picture.relative_to(folder).as_posix(),
        str(xray.label),
        xray.subtype,
        f"{xray.severity:.3f}",
        " + ".join(xray.zones),
        planned.order.sign or "",
    )


def _write(path: Path, pixels: np.ndarray, options: list[int]) -> None:
    """Write a picture; OpenCV alone would say nothing of a full disk."""
    path.write_bytes(cv2.imencode(path.suffix, pixels, options)[1].tobytes())


def to_uint8(pixels: np.ndarray) -> np.ndarray:
    """Return float pixels in [0, 1] as 8 bits."""
    return np.round(pixels * 255).astype(np.uint8)


def _name_pictures(
    rng: np.random.Generator, label: int, count: int, patient: int
) -> Iterator[tuple[str, str, Seeds]]:
    """Names as those of Kermany et al. 2018 after "drawn-", with the subtype and the seeds."""
    picture = 0
    while picture < count:
        patient += 1
        child = int(rng.integers(2**31))
        subtype = str(rng.choice(SUBTYPES))
        for view in range(min(1 + int(rng.random() < 0.25), count - picture)):
            picture += 1
            stem = f"drawn-IM-{patient:04d}-{view + 1:04d}"
            if label:
                stem = f"drawn-person{patient}_{subtype}_{picture}"
            yield stem, subtype, Seeds(child, int(rng.integers(2**31)), child)
