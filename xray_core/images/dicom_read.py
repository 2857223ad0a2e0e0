"""The bytes of a DICOM file as a data set: preamble or none, deflated or not, few tags taken in."""

import io
import zlib

from pydicom import dcmread
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.filereader import read_dataset
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from xray_core.errors import UnreadableImageError
from xray_core.images.limits import MAX_FILE_BYTES

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
    "BurnedInAnnotation",
    "Modality",
    "ViewPosition",
    "BodyPartExamined",
    "PatientAge",
    "PatientOrientation",
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


def inflate(data: bytes) -> bytes:
    """Return a deflated file as a plain one, within the size limit; any other file as it is.

    pydicom would inflate without a limit: 200 MB can hold 200 GB of zeros.

    Raises:
        UnreadableImageError: the file unfolds to more than the limit, or is cut off.
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


def read_dicom(data: bytes, stop_before_pixels: bool = False) -> FileDataset:
    """Return the few tags that decoding needs, and the transfer syntax, told or guessed.

    Args:
        data: the file, not deflated.
        stop_before_pixels: leave the pixels out.
    """
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
