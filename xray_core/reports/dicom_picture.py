"""The overlay as a DICOM Secondary Capture, which a PACS files beside the X-ray.

Source: DICOM PS3.3, A.8.1.
"""

from highdicom import UID
from highdicom.sc import SCImage
from pydicom.dataset import Dataset

from xray_core.about import DISCLAIMER
from xray_core.diagnosis.report import say_probability
from xray_core.reports.dicom_objects import describe_series, save_object
from xray_core.reports.dicom_source import read_source
from xray_core.reports.pictures import add_lines, draw_pair
from xray_core.reports.report import Report

_SERIES_NUMBER = 9901  # above the numbers that modalities give their series
_UNTOLD_ORIENTATION = ("L", "F")  # highdicom asks for one, and it is taken out again


def write_secondary_capture(report: Report, data: bytes) -> bytes:
    """Return the overlay with its verdict beneath, as a DICOM file in the X-ray's own study.

    Args:
        report: the answer.
        data: the DICOM file that was judged; its patient and study are read from it anew.

    Raises:
        UnreadableImageError: the file does not say which study it belongs to.
    """
    source = read_source(data)
    return save_object(lambda: _capture(report, source))


def _capture(report: Report, source: Dataset) -> Dataset:
    _, overlay = draw_pair(report.xray, report.diagnosis, report.overlay_warning)
    image = SCImage.from_ref_dataset(
        source,
        pixel_array=add_lines(overlay, _say(report)),
        photometric_interpretation="RGB",
        bits_allocated=8,
        coordinate_system="PATIENT",
        patient_orientation=_UNTOLD_ORIENTATION,
        series_instance_uid=UID(),
        series_number=_SERIES_NUMBER,
        sop_instance_uid=UID(),
        instance_number=1,
        transfer_syntax_uid="1.2.840.10008.1.2.1",
        **describe_series(report, "Evidence for pneumonia (research)"),
    )
    image.PatientOrientation = source.PatientOrientation
    image.DerivationDescription = (
        f"{report.software}, model {report.diagnosis.model_id}. {DISCLAIMER}"
    )
    image.SourceImageSequence = [_refer_to(source)]
    image.LossyImageCompression = source.LossyImageCompression
    image.BodyPartExamined = "CHEST"
    if "BurnedInAnnotation" in source:  # the picture below the colours is the same
        image.BurnedInAnnotation = source.BurnedInAnnotation
    return image


def _refer_to(source: Dataset) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID = source.SOPClassUID
    item.ReferencedSOPInstanceUID = source.SOPInstanceUID
    return item


def _say(report: Report) -> list[str]:
    """Return what stands below the picture."""
    answer = f"{report.diagnosis.verdict.upper()}: probability {say_probability(report.diagnosis)}"
    origin = f"{report.software}, model {report.diagnosis.model_id}"
    return [answer, *report.remarks, origin, DISCLAIMER]
