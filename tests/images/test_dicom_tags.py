import warnings

import pytest

from tests.images.drawn_files import PATIENT, draw_chest, make_dataset, save_dicom
from xray_core.images.decode import decode_xray
from xray_core.images.dicom_tags import _SHOWN, read_shown_tags


def test_known_words_and_numbers_are_shown():
    dataset = make_dataset(draw_chest())
    dataset.ViewPosition, dataset.PatientAge, dataset.KVP = "AP", "004Y", "70.5"
    told = {tag.title: tag.value for tag in read_shown_tags(save_dicom(dataset))}
    assert told["View"] == "AP"
    assert told["Age"] == "4 years"
    assert told["Tube voltage, kV"] == "70.5"


@pytest.mark.parametrize("keyword", _SHOWN)
def test_a_name_in_a_shown_tag_is_not_shown(keyword):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = make_dataset(draw_chest())
        if keyword in dataset:
            delattr(dataset, keyword)
        dataset.add_new(keyword, "LO", PATIENT)
        data = save_dicom(dataset)
    assert PATIENT.encode() in data
    assert PATIENT not in str(read_shown_tags(data))


def test_no_tag_is_shown_of_what_is_no_dicom_file():
    assert read_shown_tags(b"no DICOM at all" * 20) == ()


@pytest.mark.parametrize(("said", "is_warned"), [("YES", True), ("NO", False), (None, False)])
def test_text_burned_into_the_picture_is_warned_of(said, is_warned):
    dataset = make_dataset(draw_chest())
    if said:
        dataset.BurnedInAnnotation = said
    notes = decode_xray(save_dicom(dataset)).notes
    assert any("name the patient" in note for note in notes) == is_warned
