"""A report on a drawn X-ray, and a DICOM file that it may be on."""

from datetime import UTC, datetime

from pydicom.dataset import FileDataset

from tests.diagnosis.drawn_diagnosis import draw_diagnosis, draw_xray
from tests.images.drawn_files import draw_chest, make_dataset, save_dicom
from tests.pages.answering_model import DrawnCard
from xray_core.diagnosis.diagnosis import Diagnosis
from xray_core.images.xray import XRay
from xray_core.reports.report import Report

FILE_HASH = "c0ffee" * 10 + "feed"
NAME, PATIENT_ID = "Müller^Zoë", "HOSP-12345"
STUDY = "1.2.826.0.1.3680043.8.498.1"


def make_report(diagnosis: Diagnosis | None = None, xray: XRay | None = None) -> Report:
    return Report(
        xray=xray or draw_xray(),
        diagnosis=diagnosis or draw_diagnosis(),
        card=DrawnCard(),
        file_hash=FILE_HASH,
        remarks=("The picture showed a negative; it was inverted.",),
        made_at=datetime(2026, 11, 21, 9, 30, tzinfo=UTC),
    )


def make_source() -> FileDataset:
    """A radiograph with all that a hospital writes into it."""
    dataset = make_dataset(draw_chest())
    dataset.SpecificCharacterSet = "ISO_IR 100"
    dataset.PatientName, dataset.PatientID = NAME, PATIENT_ID
    dataset.PatientBirthDate, dataset.PatientSex = "20220203", "F"
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = STUDY, f"{STUDY}.2"
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = f"{STUDY}.2.3"
    dataset.StudyDate, dataset.StudyTime, dataset.StudyID = "20261120", "081500", "77"
    dataset.AccessionNumber, dataset.ReferringPhysicianName = "A-9", "Adams^Jo"
    dataset.PatientOrientation = ["L", "F"]
    return dataset


def make_source_file() -> bytes:
    return save_dicom(make_source())
