"""What our DICOM objects have in common: who made them, and how they become files."""

import io
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from pydicom.dataset import Dataset

from xray_core.errors import UnreadableImageError
from xray_core.images.quiet import quiet_decoders
from xray_core.reports.report import Report


def describe_series(report: Report, description: str) -> dict[str, Any]:
    """Return who made an object and when, under highdicom's names.

    Args:
        report: the answer.
        description: of the series, at most 64 letters.
    """
    made_at = report.made_at.astimezone()  # DICOM tells local times
    name, _, version = report.software.rpartition(" ")
    return {
        "manufacturer": name,
        "manufacturer_model_name": report.diagnosis.model_id,
        "software_versions": version,
        "device_serial_number": report.diagnosis.model_hash,
        "series_description": description,
        "specific_character_set": "ISO_IR 192",
        "content_date": made_at.date(),
        "content_time": made_at.time(),
    }


def save_object(build: Callable[[], Dataset]) -> bytes:
    """Return the data set that a function builds as the bytes of a DICOM file.

    What highdicom and pydicom warn of and raise may quote a patient's name, so none of it is heard.

    Raises:
        UnreadableImageError: the data set cannot be built.
    """
    stream = io.BytesIO()
    with quiet_decoders(), suppress(Exception):
        build().save_as(stream, enforce_file_format=True)
        return stream.getvalue()
    raise UnreadableImageError(
        "Expected a DICOM file whose study another object can be added to, got one with tags that "
        "are broken. Take the PDF instead."
    )
