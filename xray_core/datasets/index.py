"""Every picture of a data set measured once, and kept: a Parquet table and a file of thumbnails."""

import fcntl
import hashlib
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import get_type_hints

import numpy as np
import pandas as pd
from PIL import Image

from xray_core.datasets.layout import FoundFile, Layout
from xray_core.datasets.map_chunks import map_chunks
from xray_core.datasets.measure import (
    HISTOGRAM_BINS,
    Measured,
    draw_thumbnail,
    give_up_files,
    measure_files,
)
from xray_core.errors import UnreadableImageError
from xray_core.images.decode import decode_xray

Progress = Callable[[int, int], None]

TABLE_FILE = "index.parquet"
THUMBNAILS_FILE = "thumbnails.bin"
_LOCK_FILE = "index.lock"

_SAVE_EVERY_FILES = 50_000  # a crash loses no more than these
_FIGURES = list(Measured._fields[:-1])  # the thumbnail, last, is kept in its own file
_FOUND = list(FoundFile._fields)
_THUMBNAIL = ["thumbnail_start", "thumbnail_bytes"]
_COLUMNS = [*_FOUND, *_FIGURES, *_THUMBNAIL]
_CATEGORIES = ("split", "label", "subtype", "format", "mode", "error")


@dataclass(frozen=True)
class DatasetIndex:
    """What is known of every picture of a data set.

    Attributes:
        root: the folder that paths are relative to.
        folder: where the index is kept.
        table: one row a file, in the order of the folder: `FoundFile`'s and `Measured`'s fields,
            with `thumbnail_start` and `thumbnail_bytes` in place of the thumbnail itself.
    """

    root: Path
    folder: Path
    table: pd.DataFrame

    @property
    def readable(self) -> pd.DataFrame:
        """The rows of files that are pictures."""
        return self.table[self.table["error"] == ""]

    @property
    def unreadable(self) -> pd.DataFrame:
        """The rows of files that are none, with their reason in `error`."""
        return self.table[self.table["error"] != ""]

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over paths, labels and contents: another one means other data."""
        told = self.table[["path", "split", "label", "content_hash"]].astype(str)
        return hashlib.sha256(told.to_csv(index=False).encode()).hexdigest()

    def read_thumbnails(self, rows: pd.DataFrame) -> list[bytes]:
        """Return the JPEG of each of some rows of `table`; empty for an unreadable file."""
        places = zip(rows["path"], rows["thumbnail_start"], rows["thumbnail_bytes"], strict=True)
        with (self.folder / THUMBNAILS_FILE).open("rb") as file:
            return [
                os.pread(file.fileno(), size, start) if size else self._draw_thumbnail(path)
                for path, start, size in places
            ]

    def _draw_thumbnail(self, path: str) -> bytes:
        """Return the JPEG of a picture that is its own thumbnail; empty if it is none by now."""
        try:
            return draw_thumbnail(decode_xray((self.root / path).read_bytes(), path).pixels)
        except (OSError, UnreadableImageError):
            return b""

    def read_squares(self, rows: pd.DataFrame, side: int) -> np.ndarray:
        """Return the thumbnails of rows as squares, uint8 (N, side, side); black without one."""
        squares = np.zeros((len(rows), side, side), np.uint8)
        for place, data in enumerate(self.read_thumbnails(rows)):
            if not data:
                continue
            with Image.open(io.BytesIO(data)) as picture:
                squares[place] = np.asarray(picture.resize((side, side), Image.Resampling.BOX))
        return squares


def read_histograms(rows: pd.DataFrame) -> np.ndarray:
    """Return the intensity histogram of readable rows of an index, uint16 (N, 32)."""
    return np.frombuffer(b"".join(rows["histogram"]), np.uint16).reshape(-1, HISTOGRAM_BINS)


def open_index(layout: Layout, folder: Path) -> tuple[DatasetIndex, pd.DataFrame]:
    """Return what `folder` knows of the files, and the rows of those that are new or changed.

    A table that is missing or broken knows nothing.
    """
    known = _read_table(folder)
    if known.empty:  # as on the first visit
        return DatasetIndex(layout.root, folder, _tidy(known)), layout.files
    places = _find_places(layout.files["path"], known["path"])
    same = places >= 0
    for name in ("file_bytes", "changed_ns"):
        same &= layout.files[name].to_numpy() == known[name].to_numpy()[places]
    found = layout.files[same].reset_index(drop=True)
    figures = known.drop(columns=_FOUND).iloc[places[same]].reset_index(drop=True)
    table = pd.concat([found, figures], axis=1)
    return DatasetIndex(layout.root, folder, _tidy(table)), layout.files[~same]


def index_layout(
    layout: Layout,
    folder: Path,
    on_progress: Progress = lambda done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
    workers: int | None = None,
) -> DatasetIndex:
    """Return the index of a data set after measuring what is new or changed.

    When stopped, what was measured so far is kept, and only that is in the index returned.

    Args:
        layout: the files.
        folder: where the index is kept; made if missing.
        on_progress: told (done, total) files.
        should_stop: asked between chunks of files.
        workers: processes; as many as there are cores if None, none for a handful of files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _writing_alone(folder):
        return _index_alone(layout, folder, on_progress, should_stop, workers)


def _index_alone(
    layout: Layout,
    folder: Path,
    on_progress: Progress,
    should_stop: Callable[[], bool],
    workers: int | None,
) -> DatasetIndex:
    index, new = open_index(layout, folder)
    known, places, figures, unsaved = index.table, list[int](), list[tuple[object, ...]](), 0
    on_progress(len(known), len(layout.files))
    work, paths = partial(measure_files, layout.root), new["path"].tolist()
    with (folder / THUMBNAILS_FILE).open("ab") as thumbnails:
        for start, chunk in map_chunks(work, paths, workers, should_stop, give_up=give_up_files):
            place = thumbnails.tell()
            for *kept, thumbnail in chunk:
                figures.append((*kept, place, len(thumbnail)))
                place += thumbnails.write(thumbnail)
            places.extend(range(start, start + len(chunk)))
            unsaved += len(chunk)
            on_progress(len(known) + len(places), len(layout.files))
            if unsaved >= _SAVE_EVERY_FILES:
                thumbnails.flush()
                _save(_join(layout, known, new.iloc[places], figures), folder)
                unsaved = 0
    table = _join(layout, known, new.iloc[places], figures)
    _save(table, folder)
    return DatasetIndex(layout.root, folder, table)


@contextmanager
def _writing_alone(folder: Path) -> Iterator[None]:
    """Wait until nobody else writes the index, as another page or the command line may."""
    with (folder / _LOCK_FILE).open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the end of the process frees it, too
        yield


def _join(
    layout: Layout, known: pd.DataFrame, files: pd.DataFrame, figures: list[tuple[object, ...]]
) -> pd.DataFrame:
    """Return what was known and what was measured of more files, in the order of the folder."""
    table = known
    if figures:
        measured = pd.DataFrame(figures, columns=[*_FIGURES, *_THUMBNAIL])
        # Beside other integers 64 bits would become floating-point, and their lowest be lost.
        measured = measured.astype({"perceptual_hash": "uint64"})
        more = pd.concat([files.reset_index(drop=True), measured], axis=1)
        table = pd.concat([known, more])
    return _tidy(table.iloc[np.argsort(_find_places(table["path"], layout.files["path"]))])


def _find_places(paths: pd.Series, among: pd.Series) -> np.ndarray:
    """Return the place of each path among others that are all different, or -1."""
    return pd.Index(among).get_indexer(pd.Index(paths))


def _tidy(table: pd.DataFrame) -> pd.DataFrame:
    types = {name: field.__name__ for name, field in get_type_hints(Measured).items()}
    types |= {name: field.__name__ for name, field in get_type_hints(FoundFile).items()}
    types |= {"thumbnail_start": "int", "thumbnail_bytes": "int", "perceptual_hash": "uint64"}
    types["histogram"] = "object"
    table = table[_COLUMNS].astype({name: types[name] for name in _COLUMNS})
    return table.astype(dict.fromkeys(_CATEGORIES, "category")).reset_index(drop=True)


def _save(table: pd.DataFrame, folder: Path) -> None:
    """Replace the table in one step: a reader sees the old one or the new one."""
    part = folder / f"{TABLE_FILE}.part"
    table.to_parquet(part, index=False)
    part.replace(folder / TABLE_FILE)


def _read_table(folder: Path) -> pd.DataFrame:
    empty = pd.DataFrame({name: pd.Series(dtype=object) for name in _COLUMNS})
    empty = empty.astype({"path": str, "file_bytes": "int64", "changed_ns": "int64"})
    try:
        table = pd.read_parquet(folder / TABLE_FILE)
    except (OSError, ValueError):  # pyarrow's own errors are ValueErrors
        return empty
    return table if set(_COLUMNS) <= set(table.columns) else empty
