"""The few tags of a DICOM file that may be shown: an allow-list of tags and of their values."""

import io
import re
from contextlib import suppress
from dataclasses import dataclass

from pydicom import dcmread

from xray_core.images.dicom_read import inflate
from xray_core.images.quiet import quiet_decoders

# A name may stand in any tag, by mistake or by habit, so a value is shown only where it has a form
# that no name has: a word from the standard's own list, or a number.
_NUMBER = r"-?\d{1,7}(\.\d{1,6})?"
_SHOWN = {
    "Modality": ("Modality", r"CR|DX|RG|RF|XA|CT|MR|OT|SC"),
    "BodyPartExamined": ("Body part", r"CHEST|THORAX|LUNG|ABDOMEN|HAND|HEAD|SKULL|SPINE"),
    "ViewPosition": ("View", r"PA|AP|LL|RL|LLD|RLD|LLO|RLO|LATERAL"),
    "PatientPosition": ("Position", r"HFP|HFS|HFDR|HFDL|FFDR|FFDL|FFP|FFS"),
    "PatientAge": ("Age", r"\d{3}[DWMY]"),
    "PhotometricInterpretation": ("Photometric interpretation", r"MONOCHROME[12]|RGB|YBR_\w{3,8}"),
    "BitsStored": ("Bits stored", _NUMBER),
    "KVP": ("Tube voltage, kV", _NUMBER),
    "Exposure": ("Exposure, mAs", _NUMBER),
    "BurnedInAnnotation": ("Text in the picture", r"YES|NO"),
}
_UNITS = {"D": "days", "W": "weeks", "M": "months", "Y": "years"}


@dataclass(frozen=True)
class ShownTag:
    """A tag that cannot tell who the patient is, and its value, in words."""

    title: str
    value: str


def read_shown_tags(data: bytes) -> tuple[ShownTag, ...]:
    """Return what may be shown of a DICOM file's header; nothing of one that cannot be read.

    Args:
        data: the whole file.
    """
    told = []
    with quiet_decoders(), suppress(Exception):  # whose message may quote the patient's data
        header = dcmread(
            io.BytesIO(inflate(data)),
            force=True,
            stop_before_pixels=True,
            specific_tags=list(_SHOWN),
        )
        for keyword, (title, form) in _SHOWN.items():
            value = str(header.get(keyword, ""))
            if re.fullmatch(form, value):
                told.append(ShownTag(title, _in_words(value) if keyword == "PatientAge" else value))
    return tuple(told)


def _in_words(age: str) -> str:
    """Return an age as people say it.

    >>> _in_words("004Y"), _in_words("018M")
    ('4 years', '18 months')
    """
    return f"{int(age[:-1])} {_UNITS[age[-1]]}"
