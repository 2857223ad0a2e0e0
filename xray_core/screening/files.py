"""Many X-rays from a folder, a zip or an upload, each read when its turn comes."""

import io
import threading
import zipfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import overload

from xray_core.datasets.archive_limits import BoundedFile
from xray_core.datasets.archive_members import Skipped, choose_members
from xray_core.datasets.archive_names import UnusableMemberError, printable, replace_unprintable
from xray_core.datasets.archive_read import open_archive, read_member
from xray_core.datasets.walk_pictures import walk_pictures
from xray_core.errors import DatasetError, PneumoscopeError, UnreadableImageError
from xray_core.images.decode import read_xray_file


@dataclass(frozen=True)
class XRayFile:
    """One file that may be an X-ray.

    Attributes:
        name: what the user calls it; for a folder, its path in there.
        source: where its bytes are.
    """

    name: str
    source: "Path | bytes | ZipMember | Unreadable"

    def read(self) -> bytes:
        """Return the file's bytes.

        Raises:
            PneumoscopeError: it cannot be read.
        """
        if isinstance(self.source, bytes):
            return self.source
        if not isinstance(self.source, Path):
            return self.source.read()
        return read_xray_file(self.source)


@dataclass(frozen=True)
class Unreadable:
    """Stands for a file that could not be read, and says so to whom it may concern."""

    reason: str

    def read(self) -> bytes:
        raise UnreadableImageError(self.reason)


class ZipMember:
    """One file of a zip that is held in memory; safe to read from several threads."""

    def __init__(self, archive: "_OpenZip", info: zipfile.ZipInfo) -> None:
        self.archive, self._info = archive, info

    def read(self) -> bytes:
        return self.archive.read(self._info)


class _OpenZip:
    def __init__(self, data: bytes) -> None:
        self.held_bytes = len(data)
        self._file = BoundedFile(io.BytesIO(data))
        self._archive = open_archive(self._file)
        self._lock = threading.Lock()

    def list_members(self, skipped: Skipped) -> list[zipfile.ZipInfo]:
        return choose_members(self._archive.infolist(), skipped)

    def read(self, info: zipfile.ZipInfo) -> bytes:
        with self._lock:
            try:
                return b"".join(read_member(self._archive, info, self._file))
            except UnusableMemberError as error:
                raise UnreadableImageError(
                    f"{printable(info.filename)}: Expected an X-ray in the zip, got one that is "
                    f"{error}. Pack the folder again."
                ) from error


def list_folder(folder: Path) -> list[XRayFile]:
    """Return the pictures at any depth below a folder, in a fixed order.

    Raises:
        DatasetError: the folder is missing or holds no pictures.
    """
    if not folder.is_dir():
        raise DatasetError(f"Expected a folder of X-rays, got {folder}. Check the path.")
    files = [XRayFile(path, folder / path) for path, _ in walk_pictures(folder)]
    if not files:
        raise DatasetError(
            f"Expected X-rays below {folder}, found none. Choose a folder with JPEG, PNG, TIFF, "
            f"WebP, BMP or DICOM files."
        )
    return files


def list_given(uploads: Sequence[tuple[str, bytes]], folder: Path | None = None) -> list[XRayFile]:
    """Return what was given at once; a bad zip among other things costs one file.

    Args:
        uploads: names and contents.
        folder: what lies below it comes last.

    Raises:
        DatasetError: a zip that is all there is cannot be used, or the folder cannot.
    """
    if len(uploads) == 1 and folder is None:
        return list_upload(*uploads[0])
    files = [file for name, data in uploads for file in _list_or_explain(name, data)]
    return files + (list_folder(folder) if folder else [])


def _list_or_explain(name: str, data: bytes) -> list[XRayFile]:
    try:
        return list_upload(name, data)
    except DatasetError as error:
        return [XRayFile(name, Unreadable(str(error)))]


def list_upload(name: str, data: bytes) -> list[XRayFile]:
    """Return what was uploaded: the pictures of a zip, or the one file.

    What the zip holds besides, and may be a picture, stands there with the reason why it is not
    read.

    Raises:
        DatasetError: it is a zip that is damaged, protected by a password or without a picture.
    """
    if not data.startswith((b"PK\3\4", b"PK\5\6")):
        return [XRayFile(name, data)]
    archive, skipped = _OpenZip(data), Skipped()
    files = [
        XRayFile(replace_unprintable(info.filename), ZipMember(archive, info))
        for info in archive.list_members(skipped)
    ]
    if not files:
        raise DatasetError(f"Expected X-rays in {name}, found none{skipped.describe()}.")
    return files + [
        XRayFile(replace_unprintable(name), Unreadable(_explain_skipped(reason)))
        for name, reason in skipped.pictures
    ]


def _explain_skipped(reason: str) -> str:
    return (
        f"Expected an X-ray that can be taken from the zip, got: {reason}. Unpack the zip and drop "
        f"the file itself."
    )


def count_held_bytes(files: Collection[XRayFile]) -> int:
    """Return how many bytes files hold in memory: uploads, and each zip once."""
    archives = {file.source.archive for file in files if isinstance(file.source, ZipMember)}
    uploads = sum(len(file.source) for file in files if isinstance(file.source, bytes))
    return uploads + sum(archive.held_bytes for archive in archives)


class LoadedFiles(Sequence[XRayFile]):
    """Files whose bytes are read when they are sliced, so that few are in memory at once.

    Files on disk stay where they are: whoever works on them reads them.
    """

    def __init__(self, files: Sequence[XRayFile]) -> None:
        self._files = files

    def __len__(self) -> int:
        return len(self._files)

    @overload
    def __getitem__(self, place: int) -> XRayFile: ...
    @overload
    def __getitem__(self, place: slice) -> list[XRayFile]: ...

    def __getitem__(self, place: int | slice) -> XRayFile | list[XRayFile]:
        if isinstance(place, slice):
            return [_load(file) for file in self._files[place]]
        return _load(self._files[place])


def _load(file: XRayFile) -> XRayFile:
    if isinstance(file.source, Path):
        return file
    try:
        return XRayFile(file.name, file.read())
    except PneumoscopeError as error:
        return XRayFile(file.name, Unreadable(str(error)))
