"""The one frame of a DICOM file as stored numbers: which codec, and its header checked first."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydicom import uid
from pydicom.dataset import FileDataset
from pydicom.encaps import get_frame
from pydicom.pixels.decoders.base import get_decoder

from xray_core.errors import UnreadableImageError

Kind = Literal["native", "jpeg", "jpeg2000", "rle"]


@dataclass(frozen=True)
class _Codec:
    """How one transfer syntax is read.

    Attributes:
        name: what users call it.
        kind: the family of its frame header.
        plugin: pydicom's name for the library that decodes it.
    """

    name: str
    kind: Kind
    plugin: str


# Pillow's libjpeg-turbo reads 8-bit JPEG fastest and is the most attacked and mended. pylibjpeg's
# RLE plugin panics on broken frames (a BaseException, and a stack trace on stderr) where pydicom's
# own raises ValueError.
_CODECS: dict[str, _Codec] = {
    uid.ImplicitVRLittleEndian: _Codec("uncompressed", "native", ""),
    uid.ExplicitVRLittleEndian: _Codec("uncompressed", "native", ""),
    uid.ExplicitVRBigEndian: _Codec("uncompressed", "native", ""),
    uid.JPEGBaseline8Bit: _Codec("JPEG baseline", "jpeg", "pillow"),
    uid.JPEGExtended12Bit: _Codec("JPEG extended", "jpeg", "pylibjpeg"),
    uid.JPEGLossless: _Codec("JPEG lossless", "jpeg", "pylibjpeg"),
    uid.JPEGLosslessSV1: _Codec("JPEG lossless", "jpeg", "pylibjpeg"),
    uid.JPEGLSLossless: _Codec("JPEG-LS", "jpeg", "pylibjpeg"),
    uid.JPEGLSNearLossless: _Codec("JPEG-LS", "jpeg", "pylibjpeg"),
    uid.JPEG2000Lossless: _Codec("JPEG 2000", "jpeg2000", "pylibjpeg"),
    uid.JPEG2000: _Codec("JPEG 2000", "jpeg2000", "pylibjpeg"),
    uid.HTJ2KLossless: _Codec("JPEG 2000", "jpeg2000", "pylibjpeg"),
    uid.HTJ2KLosslessRPCL: _Codec("JPEG 2000", "jpeg2000", "pylibjpeg"),
    uid.HTJ2K: _Codec("JPEG 2000", "jpeg2000", "pylibjpeg"),
    uid.RLELossless: _Codec("RLE", "rle", "pydicom"),
}

# Start-of-frame markers of all JPEG kinds (SOF0 to SOF15 without DHT, JPG, DAC) and JPEG-LS (0xF7).
_START_OF_FRAME = (frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}) | {0xF7}
_J2K_START = b"\xff\x4f\xff\x51"

# PackBits grows what it cannot shrink by 1 / 128 at most; encoders that break runs at row ends
# reach a little more.
_RLE_GROWTH = 1.25


def format_name(syntax: str) -> str:
    """Return a transfer syntax in the words of users.

    >>> format_name(uid.JPEG2000)
    'JPEG 2000'
    """
    return _find_codec(syntax).name


def decode_frame(dataset: FileDataset) -> np.ndarray:
    """Return the stored values (H, W), or (H, W, 3) in RGB, of a data set with one frame.

    Raises:
        UnreadableImageError: unknown transfer syntax, or a frame that is not what the header says.
        Exception: whatever pydicom and its codecs raise on broken frames.
    """
    syntax = dataset.file_meta.TransferSyntaxUID
    codec = _find_codec(syntax)
    if codec.kind != "native":
        _check_frame(get_frame(dataset.PixelData, 0, number_of_frames=1), codec.kind, dataset)
    values, _ = get_decoder(syntax).as_array(dataset, index=0, decoding_plugin=codec.plugin)
    return values


def _find_codec(syntax: str) -> _Codec:
    codec = _CODECS.get(syntax)
    if codec is None:
        names = ", ".join(sorted({known.name for known in _CODECS.values()}))
        raise UnreadableImageError(
            f"Expected a DICOM transfer syntax among {names}, got another one. Export the X-ray "
            f"uncompressed or as PNG."
        )
    return codec


def _check_frame(frame: bytes, kind: Kind, dataset: FileDataset) -> None:
    """Refuse a frame whose own header promises another picture than the data set.

    The codecs allocate what the frame says, and some are slow on sizes that make no sense.
    """
    rows, columns = int(dataset.Rows), int(dataset.Columns)
    samples = int(dataset.SamplesPerPixel)
    if kind == "rle":
        stored = rows * columns * samples * int(dataset.BitsAllocated) // 8
        fits = len(frame) <= 64 + stored * _RLE_GROWTH + 64 * rows
    else:
        shape = read_jpeg_shape(frame) if kind == "jpeg" else read_jpeg2000_shape(frame)
        fits = shape == (rows, columns, samples)
    if not fits:
        raise UnreadableImageError(
            f"Expected a compressed picture of {columns} x {rows} pixels as the DICOM header says, "
            f"got another one or a damaged one. Export the X-ray again."
        )


def read_jpeg_shape(frame: bytes) -> tuple[int, int, int] | None:
    """Return (rows, columns, samples) from a JPEG or JPEG-LS header; None if there is none.

    >>> read_jpeg_shape(bytes.fromhex("ffd8 ffc0 000b 08 0200 0100 01 011100"))
    (512, 256, 1)
    """
    at = 2
    while frame[:2] == b"\xff\xd8" and at + 10 <= len(frame) and frame[at] == 0xFF:
        marker = frame[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if marker in _START_OF_FRAME:
            rows, columns = _number(frame, at + 5, 2), _number(frame, at + 7, 2)
            return rows, columns, frame[at + 9]
        at += 2 + _number(frame, at + 2, 2)
    return None


def read_jpeg2000_shape(frame: bytes) -> tuple[int, int, int] | None:
    """Return (rows, columns, samples) from a JPEG 2000 codestream; None if there is none.

    Source: ISO/IEC 15444-1, A.5.1: the SIZ segment follows the start of the codestream.
    """
    at = frame.find(_J2K_START)
    if at < 0 or at + 42 > len(frame):
        return None
    right, bottom, left, top = (_number(frame, at + offset, 4) for offset in (8, 12, 16, 20))
    return bottom - top, right - left, _number(frame, at + 40, 2)


def _number(frame: bytes, at: int, size: int) -> int:
    return int.from_bytes(frame[at : at + size], "big")
