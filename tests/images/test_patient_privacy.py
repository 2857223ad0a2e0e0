import logging
import traceback
import warnings
from functools import cache

import pytest

from tests.images.drawn_files import (
    PATIENT,
    draw_chest,
    draw_deep,
    make_dataset,
    save_dicom,
)
from xray_core.errors import UnreadableImageError
from xray_core.images.decode import decode_xray
from xray_core.images.quiet import quiet_decoders


def _patient_everywhere(dataset):
    """Tags that pydicom complains about by quoting them, and tags that we do read, misused."""
    dataset.PatientBirthDate = "19700101"
    dataset.InstitutionName = PATIENT
    dataset.add_new(0x00100040, "CS", PATIENT)
    dataset.add_new(0x00080020, "DA", PATIENT)
    return dataset


@cache
def _files() -> dict[str, bytes]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sound = save_dicom(_patient_everywhere(make_dataset(draw_deep(12))))
        misused = {}
        for keyword, kind in {
            "PhotometricInterpretation": "CS",
            "WindowCenter": "LO",
            "NumberOfFrames": "LO",
            "RescaleSlope": "LO",
            "PixelSpacing": "LO",
            "VOILUTFunction": "LO",
        }.items():
            dataset = _patient_everywhere(make_dataset(draw_chest()))
            dataset.WindowCenter, dataset.WindowWidth = 100, 200
            dataset.RescaleSlope, dataset.RescaleIntercept = 1, 0
            if keyword in dataset:
                delattr(dataset, keyword)
            dataset.add_new(keyword, kind, PATIENT)
            misused[keyword] = save_dicom(dataset)
        wrong_syntax = sound.replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.9\0")
    return {"sound": sound, "cut": sound[:-500], "other syntax": wrong_syntax, **misused}


@pytest.mark.parametrize("name", _files())
def test_no_patient_tag_leaves_the_decoder(name, caplog, capfd):
    data = _files()[name]
    assert PATIENT.encode() in data
    caplog.set_level(logging.DEBUG)
    said = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            said.append(repr(decode_xray(data, "scan.dcm")))
        except UnreadableImageError as error:
            said += [str(error), "".join(traceback.format_exception(error))]
            said.append(repr(error.__context__))
    printed = capfd.readouterr()
    said += [caplog.text, printed.out, printed.err, *(str(each.message) for each in caught)]
    assert PATIENT.partition("^")[0] not in "".join(said)
    assert printed.out == printed.err == ""
    assert caught == []


def test_silence_ends_when_the_last_decoder_leaves():
    before = list(warnings.filters)
    with quiet_decoders():
        with quiet_decoders():
            warnings.warn("unheard", stacklevel=1)
        warnings.warn("unheard as well", stacklevel=1)
        assert logging.getLogger("pydicom").disabled
    assert warnings.filters == before
    assert not logging.getLogger("pydicom").disabled
    with pytest.warns(UserWarning, match="heard"):
        warnings.warn("heard", stacklevel=1)
