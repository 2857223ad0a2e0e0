"""Data sets that the dashboard makes itself: drawn, unpacked or downloaded."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from xray_core.datasets.archive import unpack_zip
from xray_core.datasets.catalog import Dataset, add_dataset, pictures_folder
from xray_core.datasets.download import download_public_set
from xray_core.datasets.synthetic import write_folder

Progress = Callable[[int, int], None]

DRAWN_COUNTS = {"train": (120, 160), "val": (20, 20), "test": (40, 40)}
_DRAWN_SIZE, _DRAWN_SEED = 224, 0


def draw_dataset(
    on_progress: Progress = lambda done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Dataset:
    """Return the synthetic data set, drawn on first use: 400 pictures, always the same.

    Raises:
        StoppedError: somebody asked for it; nothing is left behind.
    """
    folder = pictures_folder() / "synthetic"
    if not folder.exists():
        part = folder.with_name("synthetic.part")
        shutil.rmtree(part, ignore_errors=True)
        write_folder(part, DRAWN_COUNTS, _DRAWN_SIZE, _DRAWN_SEED)
        part.rename(folder)
    return add_dataset(folder, "Synthetic X-rays", "Drawn by a program, no patient's picture in it")


def unpack_dataset(
    archive: BinaryIO | Path,
    name: str,
    on_progress: Progress = lambda done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Dataset:
    """Return the data set in a zip, unpacked into the workspace.

    Raises:
        DatasetError: the zip is damaged, hostile, or holds no pictures; nothing is left behind.
    """
    stem = Path(name).stem[:60] or "archive"
    folder = _free_folder(stem)
    unpacked = unpack_zip(archive, folder, on_progress, should_stop)
    source = f"Unpacked from {name}: {unpacked.files:,} files"
    if unpacked.skipped_count:
        source += f", {unpacked.skipped_count:,} left out"
    try:
        return add_dataset(folder, stem, source)
    except Exception:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def download_dataset() -> Dataset:
    """Return the public data set of Kermany et al. 2018, fetched from Kaggle once.

    Raises:
        DatasetError: no internet, or kagglehub is not installed.
    """
    return add_dataset(
        download_public_set(), "Chest X-rays (Kermany)", "Kermany et al. 2018, CC BY 4.0, Kaggle"
    )


def _free_folder(stem: str) -> Path:
    """Return a folder that does not exist yet."""
    safe = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in stem)
    number, folder = 1, pictures_folder() / safe
    while folder.exists():
        number += 1
        folder = pictures_folder() / f"{safe}-{number}"
    return folder
