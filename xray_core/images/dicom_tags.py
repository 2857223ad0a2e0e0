"""The few tags of a DICOM file that may be shown: an allow-list of tags and of their values."""

import io
import re
from contextlib import suppress
from dataclasses import dataclass

from pydicom import dcmread
from pydicom.dataset import Dataset

from xray_core.images.dicom_read import inflate
from xray_core.images.quiet import quiet_decoders
from xray_core.images.xray import AcquisitionHeader

# A name may stand in any tag, by mistake or by habit, so a value is shown only where it has a form
# that no name has: a word from the standard's own list, or a number.
_NUMBER = r"-?\d{1,7}(\.\d{1,6})?"
# DICOM PS3.3 C.7.3.1.1.1, those of pictures; DR is none of them, but often written.
_MODALITIES = r"CR|DX|DR|RG|RF|XA|MG|PX|IO|BMD|CT|MR|PT|NM|US|IVUS|ES|OP|OCT|SM|GM|XC|OT|SC"
# DICOM PS3.16 Annex L, those that are X-rayed.
_BODY_PARTS = (
    r"CHEST|THORAX|LUNG|ABDOMEN|PELVIS|HIP|HEAD|SKULL|BRAIN|JAW|MANDIBLE|MAXILLA|ORBIT|NOSE|NECK|"
    r"SPINE|[CTLS]SPINE|TLSPINE|LSSPINE|SACRUM|COCCYX|RIB|STERNUM|CLAVICLE|SCAPULA|SHOULDER|"
    r"ARM|HUMERUS|ELBOW|FOREARM|RADIUS|ULNA|WRIST|HAND|FINGER|THUMB|BREAST|COLON|KIDNEY|"
    r"LEG|THIGH|FEMUR|KNEE|PATELLA|CALF|TIBIA|FIBULA|ANKLE|CALCANEUS|FOOT|TOE|EXTREMITY"
)
_ROWS_RUN_TO = ("L", "R", "A", "P")
_SHOWN = {
    "Modality": ("Modality", _MODALITIES),
    "BodyPartExamined": ("Body part", _BODY_PARTS),
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
_IN_A_YEAR = {"D": 365.25, "W": 52.18, "M": 12.0, "Y": 1.0}


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


def read_acquisition(dataset: Dataset) -> AcquisitionHeader:
    """Return what a data set says of how its picture was taken, as far as it may be shown."""
    told = {
        keyword: value
        for keyword, (_, form) in _SHOWN.items()
        if re.fullmatch(form, value := str(dataset.get(keyword, "")))
    }
    age, orientation = told.get("PatientAge", ""), dataset.get("PatientOrientation") or ""
    # One value alone is a string, whose first letter may be that of a name.
    rows = orientation if isinstance(orientation, str) else str(orientation[0])
    return AcquisitionHeader(
        told.get("Modality", ""),
        told.get("ViewPosition", ""),
        told.get("BodyPartExamined", ""),
        int(age[:-1]) / _IN_A_YEAR[age[-1]] if age else None,
        rows if rows in _ROWS_RUN_TO else "",
    )


def _in_words(age: str) -> str:
    """Return an age as people say it.

    >>> _in_words("004Y"), _in_words("018M")
    ('4 years', '18 months')
    """
    return f"{int(age[:-1])} {_UNITS[age[-1]]}"
