"""The study that an uploaded DICOM file belongs to, read anew when somebody takes a report away.

Decoding drops these tags. Here they live for as long as one file is made, and nowhere else.
"""

import io
import re
from collections.abc import Iterable
from contextlib import suppress

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import UID

from xray_core.errors import UnreadableImageError
from xray_core.images.dicom_read import inflate
from xray_core.images.quiet import quiet_decoders

_UIDS = ("StudyInstanceUID", "SeriesInstanceUID", "SOPClassUID", "SOPInstanceUID")

# What an object of the same study tells, and what a value must look like there. A broken one is
# left empty, which the standard allows for all of them.
_TOLD = {
    "PatientName": r"[^\\]{1,324}",
    "PatientID": r"[^\\]{1,64}",
    "PatientBirthDate": r"\d{8}",
    "PatientSex": r"[FMO]",
    "StudyDate": r"\d{8}",
    "StudyTime": r"\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?",
    "StudyID": r"[^\\]{1,16}",
    "AccessionNumber": r"[^\\]{1,16}",
    "ReferringPhysicianName": r"[^\\]{1,324}",
    "PatientOrientation": r"[LRAPHF]{1,3}\\[LRAPHF]{1,3}",
}


def read_source(data: bytes) -> Dataset:
    """Return the study, series and identity of a DICOM file, with its patient; no pixels.

    All text of it can be written in UTF-8, whatever the file's own letters were.

    Args:
        data: the whole file.

    Raises:
        UnreadableImageError: the file does not say which study it belongs to.
    """
    texts = _read_texts(data, [*_UIDS, *_TOLD, "BurnedInAnnotation", "LossyImageCompression"])
    source = Dataset()
    source.SpecificCharacterSet = "ISO_IR 192"
    for keyword in _UIDS:
        setattr(source, keyword, texts[keyword])
    for keyword, form in _TOLD.items():
        text = texts.get(keyword, "")
        setattr(source, keyword, text if re.fullmatch(form, text) else "")
    if texts.get("BurnedInAnnotation") in ("YES", "NO"):
        source.BurnedInAnnotation = texts["BurnedInAnnotation"]
    is_lossy = texts.get("LossyImageCompression") == "01"
    source.LossyImageCompression = "01" if is_lossy else "00"
    return source


def check_source(data: bytes) -> None:
    """Refuse a DICOM file that does not say which study it belongs to; no patient tag is read.

    Raises:
        UnreadableImageError: it does not.
    """
    _read_texts(data, _UIDS)


def _read_texts(data: bytes, keywords: Iterable[str]) -> dict[str, str]:
    """Return the values of some tags as text, those in `_UIDS` always."""
    texts = {}
    with quiet_decoders(), suppress(Exception):  # whose message may quote the patient's data
        texts = _to_texts(data, list(keywords))
    broken = [keyword for keyword in _UIDS if not UID(texts.get(keyword, "")).is_valid]
    if broken:
        raise UnreadableImageError(
            f"Expected a DICOM file that says which study it belongs to, got one without a valid "
            f"{broken[0]}. No archive could file the result: take the PDF instead."
        )
    return texts


def _to_texts(data: bytes, keywords: list[str]) -> dict[str, str]:
    header = dcmread(
        io.BytesIO(inflate(data)),
        force=True,
        stop_before_pixels=True,
        specific_tags=[*keywords, "SpecificCharacterSet"],
    )
    values = {keyword: header[keyword].value for keyword in keywords if keyword in header}
    return {
        keyword: str(value) if not isinstance(value, list) else "\\".join(map(str, value))
        for keyword, value in values.items()
        if value is not None
    }
