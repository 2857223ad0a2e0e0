"""The bytes of any X-ray file as an XRay: the one door for uploads, data sets and scripts."""

from pathlib import Path

from xray_core.errors import UnreadableImageError
from xray_core.images.limits import MAX_FILE_BYTES
from xray_core.images.picture import decode_picture
from xray_core.images.quiet import quiet_decoders
from xray_core.images.sniff import is_dicom
from xray_core.images.xray import XRay

_READABLE = "a JPEG, PNG, TIFF, WebP, BMP or DICOM file"

_PICTURE_STARTS = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"II+\0": "TIFF",
    b"MM\0+": "TIFF",
    b"BM": "BMP",
    b"GIF8": "GIF",
}

# What people drop in by mistake, to say more than "unknown".
_OTHER_STARTS = {
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a ZIP archive",
    b"\x1f\x8b": "a gzip archive",
    b"\0\0\0\x0cjP": "a bare JPEG 2000 picture",
    b"<": "a web page or XML text",
}


def decode_xray(data: bytes, name: str = "upload") -> XRay:
    """Return the one X-ray in a file, told by its bytes and never by its name.

    Args:
        data: the whole file.
        name: what to call the file in messages.

    Raises:
        UnreadableImageError: the bytes are not one X-ray that can be shown; the message says what
            was expected, what came and what to do, and quotes nothing from inside the file.
    """
    try:
        with quiet_decoders():
            return _decode(data)
    except UnreadableImageError as error:
        raise UnreadableImageError(f"{_printable(name)}: {error}") from None
    except Exception:  # noqa: BLE001 - raised below, outside, so that it is not even chained
        # A dozen decoders in four libraries raise whatever they please on broken files, and their
        # messages may quote the patient's data.
        pass
    raise UnreadableImageError(
        f"{_printable(name)}: Expected {_READABLE}, got one that is damaged, cut off, or of a kind "
        f"that cannot be decoded. Export or copy the X-ray again."
    )


def read_xray_file(path: Path) -> bytes:
    """Return the bytes of a file that may be an X-ray, never more than can be one.

    Raises:
        UnreadableImageError: it cannot be read, or is larger than any X-ray.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise UnreadableImageError(
            f"{path.name}: Expected a file that can be read, got: {error.strerror}. Check whether "
            f"it is still there."
        ) from error
    if len(data) > MAX_FILE_BYTES:
        raise UnreadableImageError(
            f"{path.name}: Expected at most {MAX_FILE_BYTES // 1_000_000} MB, got more. Export one "
            f"X-ray, or the same one compressed."
        )
    return data


def _decode(data: bytes) -> XRay:
    if not data:
        raise UnreadableImageError(f"Expected {_READABLE}, got no bytes. Choose the file again.")
    if len(data) > MAX_FILE_BYTES:
        raise UnreadableImageError(
            f"Expected at most {MAX_FILE_BYTES // 1_000_000} MB, got {len(data) / 1e6:.0f} MB. "
            f"Export one X-ray, or the same one compressed."
        )
    if is_dicom(data):
        # pydicom nearly doubles the time to import this package, and most files do without it.
        from xray_core.images.dicom import decode_dicom

        return decode_dicom(data)
    file_format = _sniff_picture(data)
    if file_format is None:
        raise UnreadableImageError(
            f"Expected {_READABLE}, got {_describe(data)}. Export the X-ray as PNG or DICOM."
        )
    return decode_picture(data, file_format)


def _sniff_picture(data: bytes) -> str | None:
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WebP"
    return next((kind for start, kind in _PICTURE_STARTS.items() if data.startswith(start)), None)


def _describe(data: bytes) -> str:
    """Return what a file seems to be that is none of ours, in words of our own."""
    start = data[:512].removeprefix(b"\xef\xbb\xbf").lstrip()
    for magic, description in _OTHER_STARTS.items():
        if start.startswith(magic) or data.startswith(magic):
            return description
    return "something that is no picture"


def _printable(name: str) -> str:
    """Return a file name fit for a message: one line, not too long."""
    line = "".join(letter if letter.isprintable() else "?" for letter in name) or "upload"
    return line if len(line) <= 80 else f"{line[:77]}..."
