"""A zip's own bytes as members, believed no further than their contents bear out."""

import struct
import zipfile
import zlib
from collections.abc import Iterator

from xray_core.datasets import archive_limits as limits
from xray_core.datasets.archive_names import UnusableMemberError
from xray_core.errors import DatasetError
from xray_core.images.limits import MAX_FILE_BYTES

_CHUNK_BYTES = 256 * 1024

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


def open_archive(file: limits.BoundedFile) -> zipfile.ZipFile:
    """Return a zip, opened.

    Raises:
        DatasetError: it is none, or damaged.
    """
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


def read_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, file: limits.BoundedFile
) -> Iterator[bytes]:
    """Give the contents of one member in portions, and stop where no X-ray would go on.

    Args:
        archive: opened on `file`.
        member: one that `choose_members` chose.
        file: the zip's own bytes, which counts how many are read.

    Raises:
        UnusableMemberError: it is damaged, too large, or swells as no X-ray does.
    """
    packed_before, unpacked_bytes = file.bytes_read, 0
    for chunk in _unpack_member(archive, member):
        unpacked_bytes += len(chunk)
        packed_bytes = file.bytes_read - packed_before
        if unpacked_bytes > MAX_FILE_BYTES:
            raise UnusableMemberError(f"larger than {MAX_FILE_BYTES // 1_000_000} MB")
        if unpacked_bytes > limits.MAX_RATIO * packed_bytes + limits.UNRATED_BYTES:
            raise UnusableMemberError(f"swells over {limits.MAX_RATIO}-fold, as no X-ray does")
        yield chunk


def _unpack_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    try:
        with archive.open(member) as file:
            while chunk := file.read(_CHUNK_BYTES):
                yield chunk
    except _DAMAGE as error:
        raise UnusableMemberError("damaged inside the zip") from error
