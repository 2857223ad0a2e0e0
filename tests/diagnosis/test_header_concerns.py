"""What a file's header says against judging its picture is said before the answer."""

import pytest

from tests.images.drawn_files import draw_chest, make_dataset, save_dicom
from xray_core.diagnosis.header_concerns import judge_header
from xray_core.images.decode import decode_xray
from xray_core.images.xray import AcquisitionHeader


def reasons(**tags: object) -> list[str]:
    """Return the concerns about a drawn DICOM file with these tags."""
    dataset = make_dataset(draw_chest())
    for keyword, value in tags.items():
        setattr(dataset, keyword, value)
    return [concern.reason for concern in judge_header(decode_xray(save_dicom(dataset)).header)]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"Modality": "DX", "ViewPosition": "AP", "BodyPartExamined": "CHEST"}, []),
        ({"Modality": "DX", "ViewPosition": "LL"}, ["not a frontal chest"]),
        ({"Modality": "CT"}, ["not a frontal chest"]),
        ({"BodyPartExamined": "HAND"}, ["not a frontal chest"]),
        ({"Modality": "MG"}, ["not a frontal chest"]),
        ({"Modality": "DR"}, []),
        ({"BodyPartExamined": "KNEE"}, ["not a frontal chest"]),
        ({"BodyPartExamined": "LSPINE"}, ["not a frontal chest"]),
        ({"PatientOrientation": ["A", "F"]}, ["not a frontal chest"]),
        ({"PatientOrientation": ["P", "F"]}, ["not a frontal chest"]),
        ({"PatientOrientation": ["R", "F"]}, ["mirrored"]),
        ({"PatientOrientation": ["L", "F"]}, []),
        ({"PatientAge": "064Y"}, ["age"]),
        ({"PatientAge": "018M"}, []),
        ({"PatientAge": "003M"}, ["age"]),
        ({"PatientAge": "005Y"}, []),
        # What no list of the standard holds may be a name, and is never taken in.
        ({"ViewPosition": "ADAMS", "BodyPartExamined": "JO ADAMS"}, []),
        ({"PatientOrientation": "ADAMS"}, []),
    ],
)
def test_a_header_that_contradicts_is_told(tags, expected):
    assert reasons(**tags) == expected


def test_a_file_without_a_header_says_nothing():
    assert not list(judge_header(AcquisitionHeader()))


def test_a_lateral_view_is_told_by_its_rows():
    (concern,) = judge_header(AcquisitionHeader(rows_run_to="A"))
    assert "rows run to the patient's front" in concern.sentence


def test_a_lateral_view_is_named():
    (concern,) = judge_header(AcquisitionHeader(view="LATERAL"))
    assert "View LATERAL" in concern.sentence
