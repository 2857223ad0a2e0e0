"""A zip of X-rays from anywhere, unpacked into a new folder whole or not at all.

The zip may be hostile: its names are remade, and its sizes are counted while reading.
"""

import errno
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from xray_core.datasets import archive_limits as limits
from xray_core.datasets.archive_members import Skipped, choose_members
from xray_core.datasets.archive_names import Places, UnusableMemberError, safe_parts
from xray_core.datasets.archive_read import open_archive, read_member
from xray_core.errors import DatasetError, StoppedError
from xray_core.images.limits import MAX_FILE_BYTES


@dataclass(frozen=True)
class UnpackedArchive:
    """What came out of a zip.

    Attributes:
        folder: holds the files, in the zip's own folders.
        files: how many were written.
        skipped: (name, reason) of the first files that were not.
        skipped_count: how many were not; what systems add, such as __MACOSX, is not counted.
    """

    folder: Path
    files: int
    skipped: tuple[tuple[str, str], ...]
    skipped_count: int


def unpack_zip(
    source: BinaryIO | Path,
    folder: Path,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> UnpackedArchive:
    """Write the X-rays of a zip into a new folder, whole or not at all, and return what came out.

    Files with the suffix of a picture, or with none as in DICOM, are written, under names that are
    safe on every system: two of one name become ``a.png`` and ``a-2.png``. A damaged file is
    skipped and named: one bad picture is no reason to lose the others.

    Args:
        source: the zip; a stream must be able to seek.
        folder: made here, its parents too.
        on_progress: told (done, total) files.
        should_stop: asked before each file and often while one is written.

    Raises:
        DatasetError: the folder exists, the zip is none, is damaged, protected by a password, too
            large or without a picture, or the disk is full; nothing is left behind.
        StoppedError: `should_stop` said so; nothing is left behind.
    """
    if folder.exists():
        raise DatasetError(
            f"Expected a new folder, but {folder} exists. Choose another name, or remove it first."
        )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=folder.parent))
        try:
            with _open_source(source) as file:
                files, skipped = _unpack(
                    limits.BoundedFile(file), staging, on_progress, should_stop
                )
            staging.chmod(0o755)  # a temporary folder is its owner's alone
            staging.rename(folder)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    except OSError as error:
        raise DatasetError(_explain_disk(folder, error)) from error
    return UnpackedArchive(folder, files, tuple(skipped.first), skipped.count)


def _unpack(
    file: limits.BoundedFile,
    root: Path,
    on_progress: Callable[[int, int], None],
    should_stop: Callable[[], bool],
) -> tuple[int, Skipped]:
    skipped, places, files = Skipped(), Places(), 0
    budget = limits.Budget(file.file_bytes, int(shutil.disk_usage(root).free * limits.FREE_SHARE))
    with open_archive(file) as archive:
        members = choose_members(archive.infolist(), skipped)
        # A header that lies must not cost the other members, so each is believed up to a limit.
        budget.check_room(sum(min(member.file_size, MAX_FILE_BYTES) for member in members))
        for done, member in enumerate(members):
            on_progress(done, len(members))
            if should_stop():
                raise StoppedError("Stopped while unpacking; nothing was kept.")
            try:
                path = root / places.claim(safe_parts(member.filename))
                path.parent.mkdir(parents=True, exist_ok=True)
                _write_member(archive, member, path, file, budget, should_stop)
                files += 1
            except UnusableMemberError as error:
                skipped.add(member.filename, str(error))
    if not files:
        raise DatasetError(
            f"Expected X-rays in the zip, found none{skipped.describe()}. {limits.REPACK}"
        )
    on_progress(len(members), len(members))
    return files, skipped


def _write_member(
    archive: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    path: Path,
    file: limits.BoundedFile,
    budget: limits.Budget,
    should_stop: Callable[[], bool],
) -> None:
    try:
        with path.open("xb") as target:
            for chunk in read_member(archive, member, file):
                if should_stop():
                    raise StoppedError("Stopped while unpacking; nothing was kept.")
                budget.spend(len(chunk))
                target.write(chunk)
    except UnusableMemberError:
        path.unlink()
        raise


@contextmanager
def _open_source(source: BinaryIO | Path) -> Iterator[BinaryIO]:
    if not isinstance(source, Path):
        yield source
        return
    try:
        file = source.open("rb")
    except OSError as error:
        raise DatasetError(
            f"Expected a zip, but {source} cannot be read ({error.strerror}). Choose it again."
        ) from error
    with file:
        yield file


def _explain_disk(folder: Path, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"Expected room to unpack into {folder.parent}, got a full disk. Free some space."
    return (
        f"Expected to unpack into {folder}, got: {error.strerror or error}. "
        f"Choose a folder that may be written to."
    )
