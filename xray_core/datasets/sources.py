"""Data sets that the dashboard makes itself: drawn, unpacked or downloaded."""

import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import BinaryIO

from xray_core.datasets.archive import unpack_zip
from xray_core.datasets.catalog import Dataset, add_dataset, pictures_folder
from xray_core.datasets.download import download_public_set
from xray_core.datasets.drawn_chest.series import divide_pictures
from xray_core.datasets.drawn_chest.shortcut import Shortcut
from xray_core.datasets.synthetic import write_folder
from xray_core.errors import DatasetError, StoppedError

Progress = Callable[[int, int], None]

_DRAWN_PICTURES, _DRAWN_SIZE, _DRAWN_SEED = 400, 224, 0


def draw_dataset(
    shortcut: Shortcut | None = None,
    on_progress: Progress = lambda done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Dataset:
    """Return a synthetic data set, drawn on first use: 400 pictures, always the same.

    Args:
        shortcut: a sign that goes with the label.
        on_progress: told (done, total) pictures.
        should_stop: asked after each picture.

    Raises:
        StoppedError: it was told to stop; nothing is left behind.
    """
    name = f"synthetic-{shortcut.kind}-{shortcut.strength:g}" if shortcut else "synthetic"
    folder = pictures_folder() / name
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        # Two may draw at once, such as two pages: each in a folder of its own, the first one stays.
        part = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=folder.parent))

        def tell(done: int, total: int) -> None:
            on_progress(done, total)
            if should_stop():
                raise StoppedError("Drawing was stopped. Start it again any time.")

        try:
            counts = divide_pictures(_DRAWN_PICTURES)
            write_folder(
                part, counts, _DRAWN_SIZE, _DRAWN_SEED, shortcut=shortcut, on_progress=tell
            )
            part.chmod(0o755)  # as other folders are; temporary ones are closed to others
            with suppress(OSError):
                part.rename(folder)
            if not folder.exists():
                raise DatasetError(f"Expected to make {folder}, could not. Is the disk full?")
        finally:
            shutil.rmtree(part, ignore_errors=True)
    title, source = "Synthetic X-rays", "Drawn by a program: no patient's picture is in it."
    if shortcut:
        title += f" with a shortcut ({shortcut.kind} {shortcut.strength:g})"
        agreeing = (1 + shortcut.strength) / 2
        share = f"{100 * agreeing:.0f} %"
        source += f" The sign “{shortcut.kind}” agrees with the label in {share} of them."
    return add_dataset(folder, title, source)


def unpack_dataset(
    archive: BinaryIO | Path,
    name: str,
    on_progress: Progress = lambda done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Dataset:
    """Return the data set in a zip, unpacked into the workspace.

    Raises:
        DatasetError: the zip is damaged, hostile, or holds no pictures; nothing is left behind.
        StoppedError: it was told to stop; nothing is left behind.
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


def download_dataset(should_stop: Callable[[], bool] = lambda: False) -> Dataset:
    """Return the public data set of Kermany et al. 2018, fetched from Kaggle once.

    Raises:
        DatasetError: no internet, or kagglehub is not installed.
        StoppedError: it was told to stop; kagglehub goes on from there the next time.
    """
    # In a process of its own, since kagglehub cannot be told to stop.
    context = get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_send_public_set, args=(sender,), daemon=True)
    process.start()
    sender.close()
    while not receiver.poll(0.5):
        if should_stop():
            process.kill()
            process.join()
            raise StoppedError("The download was stopped. Start it again any time.")
    try:
        folder: Path | DatasetError = receiver.recv()
    except EOFError:
        folder = DatasetError("Expected the data set from Kaggle, but the download broke off.")
    process.join()
    if isinstance(folder, DatasetError):
        raise folder
    return add_dataset(folder, "Chest X-rays (Kermany)", "Kermany et al. 2018, CC BY 4.0, Kaggle")


def _send_public_set(sender: Connection) -> None:
    try:
        sender.send(download_public_set())
    except DatasetError as error:
        sender.send(error)


def _free_folder(stem: str) -> Path:
    """Return a folder that does not exist yet."""
    safe = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in stem)
    number, folder = 1, pictures_folder() / safe
    while folder.exists():
        number += 1
        folder = pictures_folder() / f"{safe}-{number}"
    return folder
