"""A DICOM file as an X-ray: what its header refuses, and which way is bright."""

import math

from pydicom.dataset import Dataset, FileDataset
from pydicom.pixels.utils import get_expected_length

from xray_core.errors import UnreadableImageError
from xray_core.images.dicom_frame import decode_frame, format_name
from xray_core.images.dicom_grey import to_grey
from xray_core.images.dicom_read import inflate, read_dicom
from xray_core.images.dicom_tags import read_acquisition
from xray_core.images.inversion import judge_chest
from xray_core.images.limits import check_size
from xray_core.images.xray import XRay

_PIXEL_KEYWORDS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")

_GREY = ("MONOCHROME1", "MONOCHROME2")

_NO_PIXELS = (
    "Expected a DICOM image, got a DICOM file without a complete picture: a report or a directory, "
    "or a file that was cut off. Export the image again."
)

_BURNED_IN = (
    "The file says that text which may name the patient is part of its picture: it is then part "
    "of every picture and report made from it, too."
)


def decode_dicom(data: bytes) -> XRay:
    """Return the X-ray in a DICOM file, bright where it is dense.

    Args:
        data: the file, for which `is_dicom` holds.

    Raises:
        UnreadableImageError: no pixels, several frames, too large, or an unknown transfer syntax.
        Exception: whatever pydicom and its codecs raise on broken files.
    """
    data = inflate(data)
    _check_header(read_dicom(data, stop_before_pixels=True))
    dataset = read_dicom(data)
    _check_pixels(dataset)
    notes = [_BURNED_IN] if dataset.get("BurnedInAnnotation") == "YES" else []
    pixels = to_grey(decode_frame(dataset), dataset, notes)
    photometric = str(dataset.PhotometricInterpretation)
    score, negative = judge_chest(pixels)
    if negative:
        pixels, score = 1 - pixels, -score
        notes.append(_inversion_note(photometric))
    return XRay(
        pixels,
        f"DICOM ({format_name(dataset.file_meta.TransferSyntaxUID)})",
        tuple(notes),
        _pixel_spacing(dataset),
        mode=photometric if photometric in _GREY else "colour",  # a broken tag may say anything
        negative=negative,
        chest_score=score,
        header=read_acquisition(dataset),
    )


def _inversion_note(photometric: str) -> str:
    if photometric in _GREY:
        other = "MONOCHROME2" if photometric == "MONOCHROME1" else "MONOCHROME1"
        return (
            f"The file is tagged {photometric}, but its content contradicts that (air would be "
            f"bright, bone dark): the tag looks wrong, and the picture was inverted, as {other}."
        )
    return "The picture shows a negative (air bright, bone dark); it was inverted."


def _check_header(header: FileDataset) -> None:
    """Refuse what the header alone shows to be no single picture of a sensible size."""
    if "Rows" not in header or "Columns" not in header:
        raise UnreadableImageError(_NO_PIXELS)
    frames = int(header.get("NumberOfFrames") or 1)
    if frames != 1:
        raise UnreadableImageError(
            f"Expected a DICOM file with one frame, got {frames} frames. Export the frame that "
            f"shows the frontal chest X-ray (often the first) as a file of its own."
        )
    check_size(int(header.Columns), int(header.Rows))


def _check_pixels(dataset: FileDataset) -> None:
    """Refuse a data set without pixels, or with fewer bytes of them than its header says."""
    if not any(keyword in dataset for keyword in _PIXEL_KEYWORDS):
        raise UnreadableImageError(_NO_PIXELS)
    if "PixelData" not in dataset or dataset.file_meta.TransferSyntaxUID.is_compressed:
        return
    came, expected = len(dataset.PixelData), get_expected_length(dataset)
    if came < expected:
        raise UnreadableImageError(
            f"Expected {expected} bytes for {dataset.Columns} x {dataset.Rows} pixels, as the "
            f"header says, got {came}: the file was cut off. Copy or export it again."
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
