"""A zip of X-rays from anywhere, unpacked into a new folder whole or not at all.

The zip may be hostile: its names are remade, and its sizes are counted while reading.
"""

import errno
import re
import shutil
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from xray_core.datasets import archive_limits as limits
from xray_core.datasets.archive_names import (
    Places,
    UnusableMemberError,
    printable,
    safe_parts,
)
from xray_core.datasets.layout import IMAGE_SUFFIXES
from xray_core.errors import DatasetError, StoppedError
from xray_core.images.limits import MAX_FILE_BYTES

MAX_SKIPPED_NAMES = 1000  # to show; all are counted

_MAX_DEPTH = 16
_CHUNK_BYTES = 256 * 1024

_JUNK = frozenset({"__macosx", ".ds_store", "thumbs.db", "desktop.ini"})
_ARCHIVES = frozenset({".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz"})
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # only these unpack in bounded portions

# What zipfile raises on broken files besides its own error:
# https://github.com/python/cpython/issues/91087
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    RuntimeError,
    ValueError,
    OverflowError,
    OSError,
)


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
) -> tuple[int, "_Skipped"]:
    skipped, places, files = _Skipped(), Places(), 0
    budget = limits.Budget(file.file_bytes, int(shutil.disk_usage(root).free * limits.FREE_SHARE))
    with _open_archive(file) as archive:
        members = _choose_members(archive.infolist(), skipped)
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
    packed_before, unpacked_bytes = file.bytes_read, 0
    try:
        with path.open("xb") as target:
            for chunk in _read_member(archive, member):
                if should_stop():
                    raise StoppedError("Stopped while unpacking; nothing was kept.")
                unpacked_bytes += len(chunk)
                packed_bytes = file.bytes_read - packed_before
                if unpacked_bytes > MAX_FILE_BYTES:
                    raise UnusableMemberError(f"larger than {MAX_FILE_BYTES // 1_000_000} MB")
                if unpacked_bytes > limits.MAX_RATIO * packed_bytes + limits.UNRATED_BYTES:
                    raise UnusableMemberError(
                        f"swells over {limits.MAX_RATIO}-fold, as no X-ray does"
                    )
                budget.spend(len(chunk))
                target.write(chunk)
    except UnusableMemberError:
        path.unlink()
        raise


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    try:
        with archive.open(member) as file:
            while chunk := file.read(_CHUNK_BYTES):
                yield chunk
    except _DAMAGE as error:
        raise UnusableMemberError("damaged inside the zip") from error


def _choose_members(
    members: Sequence[zipfile.ZipInfo], skipped: "_Skipped"
) -> list[zipfile.ZipInfo]:
    """Return the members to write, by their headers alone."""
    chosen = []
    for member in members:
        if _is_junk(member):
            continue
        if reason := _find_objection(member):
            skipped.add(member.filename, reason)
        elif member.flag_bits & 0x41:  # encrypted, strongly encrypted
            raise DatasetError(
                f"Expected a zip without a password, got {printable(member.filename)} encrypted. "
                f"Unpack it with its password, and pack the folder again without one."
            )
        else:
            chosen.append(member)
    return chosen


def _is_junk(member: zipfile.ZipInfo) -> bool:
    parts = member.filename.replace("\\", "/").split("/")
    is_folder = not parts[-1] or stat.S_ISDIR(member.external_attr >> 16)
    return is_folder or parts[-1].startswith("._") or any(p.lower() in _JUNK for p in parts)


def _find_objection(member: zipfile.ZipInfo) -> str:
    """Return why a member is not written, or nothing."""
    parts = safe_parts(member.filename)
    suffix = PurePosixPath(parts[-1]).suffix.lower() if parts else ""
    if not parts or ".." in re.split(r"[/\\]", member.filename):
        return "its path leads out of the zip"
    if len(parts) > _MAX_DEPTH:
        return f"more than {_MAX_DEPTH} folders deep"
    if stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG):
        return "a link or a device, not a file"
    if suffix in _ARCHIVES:
        return "an archive inside the zip; unpack it and drop it on its own"
    # DICOM files often bear a UID as name, with numbers where a suffix would be.
    if suffix not in IMAGE_SUFFIXES and suffix.strip(".0123456789"):
        return "not a picture by its suffix"
    if member.compress_type not in _METHODS:
        return "compressed in a way other than zip's usual ones"
    return ""


@dataclass
class _Skipped:
    """The first names that were left out, and how many in all."""

    first: list[tuple[str, str]] = field(default_factory=list)
    count: int = 0

    def add(self, name: str, reason: str) -> None:
        self.count += 1
        if len(self.first) < MAX_SKIPPED_NAMES:
            self.first.append((printable(name), reason))

    def describe(self) -> str:
        if not self.first:
            return ""
        name, reason = self.first[0]
        return f" that could be taken; {self.count} skipped, the first {name} ({reason})"


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


def _open_archive(file: limits.BoundedFile) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except UnicodeDecodeError as error:
        raise DatasetError(
            f"Expected names in UTF-8, as the zip says they are, got others. {limits.REPACK}"
        ) from error
    except _DAMAGE as error:
        file.seek(0)
        came = "one that is cut off or damaged" if file.read(2) == b"PK" else "another kind of file"
        raise DatasetError(
            f"Expected a whole zip, got {came}. Copy or download it again, or pack the folder anew."
        ) from error


def _explain_disk(folder: Path, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"Expected room to unpack into {folder.parent}, got a full disk. Free some space."
    return (
        f"Expected to unpack into {folder}, got: {error.strerror or error}. "
        f"Choose a folder that may be written to."
    )
