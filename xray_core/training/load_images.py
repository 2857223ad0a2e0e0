"""Read pictures and find their lungs once; the next run finds both in the workspace."""

import hashlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import psutil

from xray_core.datasets.folder import LabelledImage
from xray_core.errors import DatasetError, LungsNotFoundError, UnreadableImageError
from xray_core.images.decode import decode_xray
from xray_core.images.xray import WORKING_SIZE, to_working_square
from xray_core.lungs.segment import LungSegmenter
from xray_core.training.classification_data import LoadedImages

Progress = Callable[[int, int], None]

_SQUARES, _LUNGS, _CARD = "squares.bin", "lungs.bin", "pictures.json"
_KEPT = 4  # selections; the one used least recently goes first
_ABANDONED_SECONDS = 24 * 3600.0
_MEMORY_SHARE = 0.25  # of what is free: beyond it pictures stay on disk


def load_images(
    images: Sequence[LabelledImage],
    segmenter: LungSegmenter | None,
    cache: Path,
    on_progress: Progress = lambda done, total: None,
) -> LoadedImages:
    """Return the pictures with the lungs that our own network finds, as users will get them.

    A file that cannot be read, or in which no lungs are found, is left out and named. Decoded
    pictures are kept and used again while the files stay the same.

    Args:
        images: what to read.
        segmenter: finds the lungs; None where the network sees whole pictures.
        cache: where decoded pictures are kept.
        on_progress: told (done, total).

    Raises:
        DatasetError: files are gone, or none can be used.
    """
    folder = cache / _key(images, segmenter)
    try:
        if not (folder / _CARD).exists():
            _decode(images, segmenter, folder, on_progress)
        return _open(images, folder)
    except FileNotFoundError as error:
        raise DatasetError(
            f"Expected the file {error.filename}, found none. Was the data set moved or deleted?"
        ) from error


def _key(images: Sequence[LabelledImage], segmenter: LungSegmenter | None) -> str:
    """Return a name that changes with any file, and with the network that finds lungs."""
    digest = hashlib.sha256()
    for image in images:
        try:
            facts = image.path.stat()
        except OSError as error:
            raise DatasetError(
                f"Expected the file {image.path}, found none. Was the data set moved or deleted?"
            ) from error
        digest.update(f"{image.path}|{facts.st_size}|{facts.st_mtime_ns}\n".encode())
    digest.update(json.dumps(segmenter.card.files if segmenter else None).encode())
    return digest.hexdigest()[:32]


def _decode(
    images: Sequence[LabelledImage],
    segmenter: LungSegmenter | None,
    folder: Path,
    on_progress: Progress,
) -> None:
    _make_room(folder.parent)
    draft = folder.with_name(f"{folder.name}.draft-{secrets.token_hex(4)}")
    draft.mkdir(parents=True, exist_ok=True)
    used: list[int] = []
    left_out: list[str] = []
    try:
        # Written rather than mapped: a full disk is then an error and not the end of the process.
        with (draft / _SQUARES).open("wb") as squares, (draft / _LUNGS).open("wb") as lungs:
            for place, image in enumerate(images):
                on_progress(place, len(images))
                try:
                    square = to_working_square(
                        decode_xray(image.path.read_bytes(), image.path.name)
                    )
                    found = segmenter.find(square).both if segmenter else None
                except (UnreadableImageError, LungsNotFoundError) as error:
                    left_out.append(f"{image.path.name}: {error}")
                    continue
                squares.write(np.rint(square * 255).astype(np.uint8).tobytes())
                if found is not None:
                    lungs.write(found.tobytes())
                used.append(place)
        on_progress(len(images), len(images))
        (draft / _CARD).write_text(json.dumps({"used": used, "left_out": left_out}))
        try:
            draft.rename(folder)
        except OSError:
            if not folder.exists():  # else another run was as fast
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _open(images: Sequence[LabelledImage], folder: Path) -> LoadedImages:
    card = json.loads((folder / _CARD).read_text())
    os.utime(folder)
    used = [images[place] for place in card["used"]]
    if not used:
        raise DatasetError(
            f"Expected pictures to train on, but none of {len(images)} can be used: "
            f"{card['left_out'][0]}"
        )
    return LoadedImages(
        _open_array(folder / _SQUARES, np.uint8),
        _open_array(folder / _LUNGS, np.bool_) if (folder / _LUNGS).stat().st_size else None,
        np.array([image.label for image in used]),
        tuple(image.patient for image in used),
        tuple(str(image.path) for image in used),
        tuple(card["left_out"]),
        tuple(image.subtype for image in used),
    )


def _open_array(path: Path, kind: type[np.generic]) -> np.ndarray:
    """Return pictures (M, 224, 224) in memory, or on disk where memory would run short."""
    side = WORKING_SIZE
    if path.stat().st_size < _MEMORY_SHARE * psutil.virtual_memory().available:
        return np.fromfile(path, kind).reshape(-1, side, side)
    return np.memmap(path, kind, "r").reshape(-1, side, side)


def _make_room(folder: Path) -> None:
    """Drop the data sets that were not used for longest."""
    if not folder.is_dir():
        return
    # Another run may be writing a draft; one that nobody writes into any more is no use to anybody.
    drafts = list(folder.glob("*.draft-*"))
    kept = sorted(set(folder.iterdir()) - set(drafts), key=_changed, reverse=True)
    abandoned = [draft for draft in drafts if time.time() - _changed(draft) > _ABANDONED_SECONDS]
    for old in [*kept[_KEPT - 1 :], *abandoned]:
        shutil.rmtree(old, ignore_errors=True)


def _changed(folder: Path) -> float:
    """Return when a folder or anything in it changed, in seconds since 1970."""
    try:
        return max(path.stat().st_mtime for path in (folder, *folder.iterdir()))
    except OSError:  # gone meanwhile
        return 0.0
