import io
import logging
import shutil
import subprocess
import warnings
from dataclasses import replace

import highdicom
import numpy as np
import pydicom
import pytest
from pydicom import uid

from tests.diagnosis.drawn_diagnosis import PLANTED_AT, draw_diagnosis, draw_xray
from tests.images.drawn_files import save_dicom
from tests.reports.made_report import (
    FILE_HASH,
    PATIENT_ID,
    make_report,
    make_source,
    make_source_file,
)
from xray_core.diagnosis.conformal import Cutoffs
from xray_core.errors import UnreadableImageError
from xray_core.reports.dicom_picture import write_secondary_capture
from xray_core.reports.dicom_report import write_structured_report
from xray_core.reports.dicom_source import check_source

WRITERS = [write_secondary_capture, write_structured_report]


def read(data):
    return pydicom.dcmread(io.BytesIO(data))


def read_group(data):
    document = highdicom.sr.ComprehensiveSR.from_dataset(read(data))
    (group,) = document.content.get_image_measurement_groups()
    return group


@pytest.mark.parametrize("write", WRITERS)
def test_objects_belong_to_the_study_and_patient_of_the_xray(write):
    source, made = make_source(), read(write(make_report(), make_source_file()))
    for keyword in (
        "PatientName",
        "PatientID",
        "PatientBirthDate",
        "PatientSex",
        "StudyInstanceUID",
        "StudyDate",
        "StudyTime",
        "StudyID",
        "AccessionNumber",
        "ReferringPhysicianName",
    ):
        assert made[keyword].value == source[keyword].value, keyword
    assert made.SeriesInstanceUID != source.SeriesInstanceUID
    assert made.SOPInstanceUID not in (source.SOPInstanceUID, source.SeriesInstanceUID)


def test_the_picture_refers_to_the_xray_and_is_the_overlay_with_words():
    source = make_source()
    source.BurnedInAnnotation, source.LossyImageCompression = "YES", "01"
    made = read(write_secondary_capture(make_report(), save_dicom(source)))
    assert made.SOPClassUID == uid.SecondaryCaptureImageStorage
    assert made.SourceImageSequence[0].ReferencedSOPInstanceUID == source.SOPInstanceUID
    assert made.BurnedInAnnotation == "YES"
    assert made.LossyImageCompression == "01"
    pixels, xray = made.pixel_array, draw_xray()
    assert pixels.shape[1:] == (xray.width, 3)
    band = pixels[xray.height :]
    assert band.max() == 255
    x, y = (round(share * side) for share, side in zip(PLANTED_AT, (400, 300), strict=True))
    red, green, blue = (int(value) for value in pixels[y, x])
    assert red > green > blue  # the planted evidence is warm on a grey picture
    warned = replace(make_report(), overlay_warning="Do not rely on this overlay: it moves.")
    marked = read(write_secondary_capture(warned, save_dicom(source))).pixel_array
    assert np.array_equal(marked[xray.height :], band)
    assert marked[xray.height // 2, -1].tolist() == [156, 28, 18]


def test_the_report_tells_the_figures_that_were_computed():
    data = write_structured_report(make_report(), make_source_file())
    made, group = read(data), read_group(data)
    told = [(item.name.value, item.value) for item in group.get_measurements()]
    assert told[:3] == [("probability", 0.97), ("normal-below", 0.6), ("pneumonia-from", 0.6)]
    assert len(told) == 10
    assert sum(value for _, value in told[3:]) == pytest.approx(1, abs=0.001)
    lower_left = group.get_measurements()[-1]
    assert lower_left.value > 0.99
    assert lower_left.finding_sites[0].value.meaning == "Lower zone of lung"
    assert lower_left.finding_sites[0].laterality.meaning == "Left"
    (verdict,) = group.get_qualitative_evaluations()
    assert verdict.value.meaning == "Pneumonia"
    assert FILE_HASH.encode() in data
    assert make_report().remarks[0].encode() in data
    assert (made.VerificationFlag, made.PreliminaryFlag) == ("UNVERIFIED", "PRELIMINARY")


def test_limits_that_decided_the_verdict_are_told():
    unsure = draw_diagnosis().decide_anew(Cutoffs(low=0.2, high=0.98, error_rate=0.05))
    group = read_group(write_structured_report(make_report(unsure), make_source_file()))
    told = [(item.name.value, item.value) for item in group.get_measurements()]
    assert told[1:3] == [("normal-below", 0.2), ("pneumonia-from", 0.98)]
    assert group.get_qualitative_evaluations()[0].value.meaning == "Indeterminate"


def test_a_normal_answer_without_evidence_has_three_figures():
    cold = draw_diagnosis("normal", 0.01, np.full((224, 224), -1, np.float32))
    group = read_group(write_structured_report(make_report(cold), make_source_file()))
    assert len(group.get_measurements()) == 3
    assert group.get_qualitative_evaluations()[0].value.meaning == "Normal"


@pytest.mark.parametrize("write", WRITERS)
def test_broken_tags_are_left_empty(write):
    source = make_source()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        source.PatientSex, source.StudyDate = "unknown", "yesterday"
        source.PatientAge = "62"
        data = save_dicom(source)
    made = read(write(make_report(), data))
    assert (made.PatientSex, made.StudyDate) == ("", "")
    assert "PatientAge" not in made


@pytest.mark.parametrize("keyword", ["StudyInstanceUID", "SeriesInstanceUID"])
def test_a_file_without_a_study_is_refused(keyword):
    source = make_source()
    delattr(source, keyword)
    for act in (check_source, lambda data: write_structured_report(make_report(), data)):
        with pytest.raises(UnreadableImageError, match=keyword):
            act(save_dicom(source))


@pytest.mark.parametrize("write", WRITERS)
def test_nothing_is_heard_of_the_patient_while_an_object_is_made(write, caplog, capfd):
    source = make_source()
    source.PatientName = "Singlename"  # highdicom warns of it, and quotes it
    caplog.set_level(logging.DEBUG)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        made = write(make_report(), save_dicom(source))
    assert read(made).PatientName == "Singlename"
    said = [caplog.text, *capfd.readouterr(), *(str(each.message) for each in caught)]
    assert "Singlename" not in "".join(said)
    assert PATIENT_ID not in "".join(said)


@pytest.mark.parametrize("write", WRITERS)
def test_a_validator_finds_no_error(write, tmp_path):
    validator = shutil.which("dciodvfy")
    if validator is None:
        pytest.skip("no dciodvfy on this machine; Debian has it in the package dicom3tools")
    path = tmp_path / "made.dcm"
    path.write_bytes(write(make_report(), make_source_file()))
    told = subprocess.run([validator, str(path)], capture_output=True, text=True).stderr
    assert told.strip(), "it names at least the kind of object"
    assert "Error" not in told


def test_real_radiographs_can_be_reported_on(real_data):
    for path in sorted((real_data / "dicom").glob("*.dcm")):
        data = path.read_bytes()
        for write in WRITERS:
            made = read(write(make_report(), data))
            assert made.StudyInstanceUID == pydicom.dcmread(path).StudyInstanceUID
