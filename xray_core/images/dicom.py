"""A DICOM file as an X-ray, by its header: what is read, what is refused, which way is bright."""

import io
import math
import zlib

from pydicom import dcmread
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.filereader import read_dataset
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from xray_core.errors import UnreadableImageError
from xray_core.images.dicom_frame import decode_frame, format_name
from xray_core.images.dicom_grey import to_grey
from xray_core.images.inversion import looks_inverted
from xray_core.images.limits import MAX_FILE_BYTES, check_size
from xray_core.images.xray import XRay

# Everything that is read from a file. Names, dates and numbers of patients are not on the list, so
# they are never even taken in and cannot reach a note, an error or a log.
_KEYWORDS = [
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "PlanarConfiguration",
    "NumberOfFrames",
    "Rows",
    "Columns",
    "BitsAllocated",
    "BitsStored",
    "HighBit",
    "PixelRepresentation",
    "PixelSpacing",
    "ImagerPixelSpacing",
    "ModalityLUTSequence",
    "RescaleIntercept",
    "RescaleSlope",
    "VOILUTSequence",
    "WindowCenter",
    "WindowWidth",
    "VOILUTFunction",
    "ExtendedOffsetTable",
    "ExtendedOffsetTableLengths",
    "FloatPixelData",
    "DoubleFloatPixelData",
    "PixelData",
    *(
        f"{segmented}{colour}PaletteColorLookupTable{part}"
        for colour in ("Red", "Green", "Blue")
        for segmented, part in (("", "Descriptor"), ("", "Data"), ("Segmented", "Data"))
    ),
]

_PIXEL_KEYWORDS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")

# The first element of a data set without preamble: file meta (0002,0000), or group 0008, which
# every image has, in little endian (elements 0000 to 0018) or big endian, then a value type or a
# small length.
_BARE_META = b"\x02\0\0\0UL\x04\0"
_LOW_ELEMENTS = frozenset({0x00, 0x01, 0x05, 0x08, 0x12, 0x13, 0x16, 0x18})
_FIRST_VALUE_TYPES = frozenset({b"UL", b"CS", b"DA", b"TM", b"UI"})

_NO_PIXELS = (
    "Expected a DICOM image, got a DICOM file without a complete picture: a report or a directory, "
    "or a file that was cut off. Export the image again."
)


def is_dicom(data: bytes) -> bool:
    """Return whether the bytes plainly are DICOM, with or without the 128-byte preamble.

    >>> is_dicom(bytes(128) + b"DICM"), is_dicom(b"<html>")
    (True, False)
    """
    if data[128:132] == b"DICM" or data.startswith(_BARE_META):
        return True
    group, element, kind = data[:2], data[2:4], data[4:6]
    if group == b"\0\x08":
        return (
            element[:1] == b"\0"
            and element[1:] in map(_byte, _LOW_ELEMENTS)
            and (kind in _FIRST_VALUE_TYPES)
        )
    if group != b"\x08\0" or element[1:] != b"\0" or element[:1] not in map(_byte, _LOW_ELEMENTS):
        return False
    length = int.from_bytes(data[4:8], "little")
    return kind in _FIRST_VALUE_TYPES or (0 < length <= 64 and length % 2 == 0 and len(data) > 256)


def decode_dicom(data: bytes) -> XRay:
    """Return the X-ray in a DICOM file, bright where it is dense.

    Args:
        data: the file, for which `is_dicom` holds.

    Raises:
        UnreadableImageError: no pixels, several frames, too large, or an unknown transfer syntax.
        Exception: whatever pydicom and its codecs raise on broken files.
    """
    data = _inflate(data)
    _check_header(_read(data, stop_before_pixels=True), len(data))
    dataset = _read(data)
    if not any(keyword in dataset for keyword in _PIXEL_KEYWORDS):
        raise UnreadableImageError(_NO_PIXELS)
    notes: list[str] = []
    pixels = to_grey(decode_frame(dataset), dataset, notes)
    if looks_inverted(pixels):
        pixels = 1 - pixels
        notes.append(_inversion_note(str(dataset.PhotometricInterpretation)))
    source = f"DICOM ({format_name(dataset.file_meta.TransferSyntaxUID)})"
    return XRay(pixels, source, tuple(notes), _pixel_spacing(dataset))


def _inversion_note(photometric: str) -> str:
    if photometric in ("MONOCHROME1", "MONOCHROME2"):
        other = "MONOCHROME2" if photometric == "MONOCHROME1" else "MONOCHROME1"
        return (
            f"The file is tagged {photometric}, but its content contradicts that (air would be "
            f"bright, bone dark): the tag looks wrong, and the picture was inverted, as {other}."
        )
    return "The picture shows a negative (air bright, bone dark); it was inverted."


def _inflate(data: bytes) -> bytes:
    """Return a deflated file as a plain one, within the size limit; any other file as it is.

    pydicom would inflate without a limit: 200 MB can hold 200 GB of zeros.
    """
    start = 132 if data[128:132] == b"DICM" else 0
    stream = io.BytesIO(data)
    stream.seek(start)
    meta = read_dataset(stream, False, True, stop_when=lambda tag, vr, length: tag.group != 2)
    if meta.get("TransferSyntaxUID") != DeflatedExplicitVRLittleEndian:
        return data
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    plain = inflater.decompress(data[stream.tell() :], MAX_FILE_BYTES)
    if not inflater.eof:
        raise UnreadableImageError(
            f"Expected a deflated DICOM file that unfolds to at most {MAX_FILE_BYTES // 1_000_000} "
            f"MB, got one that is larger or cut off. Export it without compression."
        )
    syntax = ExplicitVRLittleEndian.encode().ljust(20, b"\0")
    return bytes(128) + b"DICM\x02\0\x10\0UI\x14\0" + syntax + plain


def _read(data: bytes, stop_before_pixels: bool = False) -> FileDataset:
    dataset = dcmread(
        io.BytesIO(data),
        stop_before_pixels=stop_before_pixels,
        force=True,
        specific_tags=_KEYWORDS,
    )
    if "TransferSyntaxUID" not in dataset.file_meta:
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = _guess_syntax(dataset)
    return dataset


def _guess_syntax(dataset: FileDataset) -> UID:
    """Return the uncompressed transfer syntax that pydicom found a file without meta to be in."""
    implicit, little = dataset.original_encoding
    if implicit:
        return ImplicitVRLittleEndian
    return ExplicitVRLittleEndian if little else ExplicitVRBigEndian


def _check_header(header: FileDataset, file_bytes: int) -> None:
    """Refuse what the header alone shows to be no single picture of a sensible size."""
    if "Rows" not in header or "Columns" not in header:
        raise UnreadableImageError(_NO_PIXELS)
    frames = int(header.get("NumberOfFrames") or 1)
    if frames != 1:
        raise UnreadableImageError(
            f"Expected a DICOM file with one frame, got {frames} frames. Export the frame that "
            f"shows the frontal chest X-ray (often the first) as a file of its own."
        )
    check_size(header.Columns, header.Rows)
    if header.file_meta.TransferSyntaxUID.is_compressed:
        return
    # YBR_FULL_422 stores two of the three channels at half the width.
    halved = header.PhotometricInterpretation == "YBR_FULL_422"
    samples = 2 if halved else int(header.SamplesPerPixel)
    bits = header.Rows * header.Columns * samples * header.BitsAllocated
    if bits // 8 > file_bytes:
        raise UnreadableImageError(
            f"Expected {header.Columns} x {header.Rows} pixels as the header says, got a file of "
            f"only {file_bytes} bytes: it was cut off. Copy or export it again."
        )


def _pixel_spacing(dataset: Dataset) -> tuple[float, float] | None:
    """Return the millimetres between pixel centres (down, across), in the patient if it is told.

    ImagerPixelSpacing is measured at the detector, where the chest's shadow is a little larger.
    """
    for keyword in ("PixelSpacing", "ImagerPixelSpacing"):
        try:
            down, across = (float(value) for value in dataset.get(keyword) or ())
        except (TypeError, ValueError):
            continue
        # Anonymisers write zeros; a pixel of 10 mm would leave 40 of them across a chest.
        if all(math.isfinite(value) and 0 < value < 10 for value in (down, across)):
            return down, across
    return None


def _byte(number: int) -> bytes:
    return bytes([number])
