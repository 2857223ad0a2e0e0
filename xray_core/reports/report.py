"""What a report on one X-ray is made from."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from xray_core.about import name_software
from xray_core.diagnosis.diagnosis import Diagnosis
from xray_core.images.xray import XRay
from xray_core.model_card import ModelCard


@dataclass(frozen=True)
class TypedDetails:
    """What a user typed in for one report; kept nowhere else.

    Attributes:
        name, patient_id: whom the X-ray shows.
        comment: free text.
    """

    name: str = ""
    patient_id: str = ""
    comment: str = ""


NOTHING_TYPED = TypedDetails()


@dataclass(frozen=True)
class Report:
    """One answer to be taken away.

    A file's name often is a patient's, so a report knows the file by its hash alone.

    Attributes:
        xray: what was judged.
        diagnosis: the answer.
        card: of the model that answered.
        file_hash: SHA-256 of the file that the X-ray came from.
        remarks: full sentences on the picture, such as what decoding noticed.
        overlay_warning: why nobody should rely on the overlay, if checks of it failed.
        made_at: when, in UTC.
        software: name and version.
    """

    xray: XRay
    diagnosis: Diagnosis
    card: ModelCard
    file_hash: str
    remarks: tuple[str, ...] = ()
    overlay_warning: str = ""
    made_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    software: str = field(default_factory=name_software)
