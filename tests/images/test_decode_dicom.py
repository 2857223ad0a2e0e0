import io

import numpy as np
import pytest
from pydicom import dcmread, uid
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_modality_lut, apply_voi_lut
from pydicom.sequence import Sequence

from tests.images.drawn_files import (
    PYDICOM_FILES,
    compress,
    decode_with,
    dicom_files,
    draw_chest,
    draw_deep,
    encode_jpeg_lossless,
    make_dataset,
    save_dicom,
    save_picture,
    wrap_frame,
)
from xray_core.errors import UnreadableImageError
from xray_core.images.decode import decode_xray

_LOSSLESS = {
    "implicit": "uncompressed",
    "explicit": "uncompressed",
    "big": "uncompressed",
    "deflated": "uncompressed",
    "lossless": "JPEG lossless",
    "jpeg2000": "JPEG 2000",
    "rle": "RLE",
}


def _spread(values: np.ndarray) -> np.ndarray:
    return (values - values.min()) / (values.max() - values.min())


def _close(pixels: np.ndarray, expected: np.ndarray, tolerance: float = 1e-5) -> bool:
    return bool(np.abs(pixels - expected).max() < tolerance)


@pytest.mark.parametrize("name", _LOSSLESS)
def test_lossless_transfer_syntaxes_keep_all_16_bits(name):
    xray = decode_xray(dicom_files()[name], "scan")
    assert xray.source_format == f"DICOM ({_LOSSLESS[name]})"
    assert _close(xray.pixels, _spread(draw_deep(16).astype(float)))


@pytest.mark.parametrize("syntax", [uid.JPEG2000Lossless, uid.RLELossless, uid.JPEGLosslessSV1])
def test_lossless_transfer_syntaxes_keep_8_bits_at_full_range(syntax):
    grey = draw_chest()
    if syntax == uid.JPEGLosslessSV1:
        dataset = wrap_frame(grey, encode_jpeg_lossless(grey), syntax, 8)
    else:
        dataset = compress(grey, syntax)
    xray = decode_xray(save_dicom(dataset))
    assert _close(xray.pixels, grey / 255)
    assert xray.notes == ()


def test_jpeg_baseline_comes_close():
    xray = decode_xray(dicom_files()["baseline"])
    assert xray.source_format == "DICOM (JPEG baseline)"
    assert np.abs(xray.pixels - draw_chest() / 255).mean() < 0.02


def test_jpeg_ls_reads_like_the_same_file_uncompressed():
    compressed = decode_xray((PYDICOM_FILES / "MR_small_jpeg_ls_lossless.dcm").read_bytes())
    plain = decode_xray((PYDICOM_FILES / "MR_small.dcm").read_bytes())
    assert compressed.source_format == "DICOM (JPEG-LS)"
    assert _close(compressed.pixels, plain.pixels)


def test_12_bit_jpeg_extended_reads_as_pydicom_does():
    path = PYDICOM_FILES / "JPGExtended.dcm"
    expected = dcmread(path).pixel_array.astype(float)
    xray = decode_xray(path.read_bytes())
    assert xray.source_format == "DICOM (JPEG extended)"
    assert _close(xray.pixels, _spread(expected))


@pytest.mark.parametrize("cut", [128 + 4, None], ids=["file meta first", "data set first"])
@pytest.mark.parametrize("syntax", [uid.ImplicitVRLittleEndian, uid.ExplicitVRLittleEndian])
def test_a_file_without_preamble_is_read(syntax, cut):
    data = save_dicom(make_dataset(draw_chest(), syntax))
    start = data.index(b"\x08\0\x16\0") if cut is None else cut
    assert _close(decode_xray(data[start:]).pixels, draw_chest() / 255)


def test_signed_values_are_read_as_signed():
    signed = draw_deep(12).astype(np.int16) - 2000
    assert _close(decode_with(lambda _: None, signed).pixels, _spread(signed.astype(float)))


def test_monochrome1_is_inverted():
    def tag(dataset):
        dataset.PhotometricInterpretation = "MONOCHROME1"

    xray = decode_with(tag, 255 - draw_chest())
    assert _close(xray.pixels, draw_chest() / 255)
    assert xray.notes == ()


@pytest.mark.parametrize("tag", ["MONOCHROME1", "MONOCHROME2"])
def test_a_tag_that_contradicts_the_content_is_overruled_and_it_is_said(tag):
    def set_tag(dataset):
        dataset.PhotometricInterpretation = tag

    stored = draw_chest() if tag == "MONOCHROME1" else 255 - draw_chest()
    xray = decode_with(set_tag, stored)
    assert _close(xray.pixels, draw_chest() / 255)
    assert len(xray.notes) == 1
    assert tag in xray.notes[0]
    assert "contradicts" in xray.notes[0]


def test_the_real_wrongly_tagged_file_reads_like_the_rightly_tagged_one(real_data):
    wrong = (real_data / "dicom" / "kaggle_cr_fake_mono1_jpeg.dcm").read_bytes()
    right = (real_data / "dicom" / "kaggle_cr_mono2_jpeg.dcm").read_bytes()
    overruled, plain = decode_xray(wrong), decode_xray(right)
    assert _close(overruled.pixels, plain.pixels)
    assert plain.notes == ()
    assert "MONOCHROME1" in overruled.notes[0]
    assert plain.pixel_spacing_mm == (0.168, 0.168)


def test_the_real_monochrome1_file_is_inverted_without_doubt(real_data):
    path = real_data / "dicom" / "RG1_J2KI.dcm"
    xray = decode_xray(path.read_bytes())
    stored = dcmread(path).pixel_array
    assert np.corrcoef(xray.pixels.ravel(), stored.ravel())[0, 1] < -0.9
    assert xray.source_format == "DICOM (JPEG 2000)"
    assert xray.notes == ()
    assert xray.pixel_spacing_mm is None  # the file says 0 mm


@pytest.mark.parametrize("function", [None, "LINEAR", "LINEAR_EXACT", "SIGMOID"])
def test_window_follows_the_standard_as_pydicom_does(function):
    def set_window(dataset):
        dataset.WindowCenter, dataset.WindowWidth = [1800, 10], [2500, 20]
        if function:
            dataset.VOILUTFunction = function

    deep = draw_deep(12)
    reference = make_dataset(deep)
    set_window(reference)
    expected = apply_voi_lut(deep, reference) / 65535
    assert _close(decode_with(set_window, deep).pixels, expected)


def test_rescale_comes_before_the_window():
    def set_tags(dataset):
        dataset.RescaleSlope, dataset.RescaleIntercept = 2, -1000
        dataset.WindowCenter, dataset.WindowWidth = 2000, 4001

    expected = np.clip((draw_deep(12) * 2.0 - 1000 - 1999.5) / 4000 + 0.5, 0, 1)
    assert _close(decode_with(set_tags, draw_deep(12)).pixels, expected)


def _table(first: int, bits: int, entries: np.ndarray) -> Sequence:
    item = Dataset()
    item.LUTDescriptor = [len(entries) % 65536, first, bits]
    item.LUTData = entries.astype("<u2").tobytes()
    item["LUTData"].VR = "OW"
    item["LUTDescriptor"].VR = "US"
    return Sequence([item])


def test_modality_and_voi_tables_follow_the_standard_as_pydicom_does():
    curve = (np.sqrt(np.linspace(0, 1, 4000)) * 4095).astype(np.uint16)
    gamma = (np.linspace(0, 1, 4096) ** 1.5 * 65535).astype(np.uint16)

    def set_tables(dataset):
        dataset.ModalityLUTSequence = _table(100, 16, curve)
        dataset.VOILUTSequence = _table(0, 16, gamma)
        dataset.WindowCenter, dataset.WindowWidth = 1, 2  # the table comes first

    deep = draw_deep(12)
    reference = make_dataset(deep)
    set_tables(reference)
    expected = apply_voi_lut(apply_modality_lut(deep, reference), reference) / 65535
    assert _close(decode_with(set_tables, deep).pixels, expected)


@pytest.mark.parametrize("window", [(128, 0), (128, -5), (60000, 2), ("", "")])
def test_an_impossible_window_is_passed_over_and_it_is_said(window):
    def set_window(dataset):
        dataset.WindowCenter, dataset.WindowWidth = window

    xray = decode_with(set_window, draw_deep(12))
    assert _close(xray.pixels, _spread(draw_deep(12).astype(float)))
    assert "window" in xray.notes[0]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"PixelSpacing": [0.2, 0.1]}, (0.2, 0.1)),
        ({"ImagerPixelSpacing": [0.15, 0.14]}, (0.15, 0.14)),
        ({"PixelSpacing": [0.2, 0.1], "ImagerPixelSpacing": [0.3, 0.3]}, (0.2, 0.1)),
        ({"PixelSpacing": [0, 0], "ImagerPixelSpacing": [0.3, 0.3]}, (0.3, 0.3)),
        ({"PixelSpacing": None}, None),
        ({}, None),
    ],
)
def test_pixel_spacing_is_told_down_and_across(tags, expected):
    def set_tags(dataset):
        for keyword, value in tags.items():
            setattr(dataset, keyword, value)

    assert decode_with(set_tags, draw_chest()).pixel_spacing_mm == expected


def test_rgb_and_ybr_dicom_read_as_grey():
    grey = draw_chest()
    colour = np.dstack([grey] * 3)
    assert _close(decode_with(lambda _: None, colour).pixels, grey / 255)
    frame = save_picture(colour, "JPEG", quality=98)
    dataset = wrap_frame(colour, frame, uid.JPEGBaseline8Bit, 8)
    dataset.PhotometricInterpretation = "YBR_FULL_422"
    pixels = decode_xray(save_dicom(dataset)).pixels
    assert np.abs(pixels - grey / 255).mean() < 0.01


def test_palette_dicom_reads_as_the_brightness_of_its_colours():
    def set_palette(dataset):
        dataset.PhotometricInterpretation = "PALETTE COLOR"
        for colour in ("Red", "Green", "Blue"):
            ramp = (np.arange(256) * 257).astype("<u2").tobytes()
            setattr(dataset, f"{colour}PaletteColorLookupTableDescriptor", [256, 0, 16])
            setattr(dataset, f"{colour}PaletteColorLookupTableData", ramp)

    assert _close(decode_with(set_palette, draw_chest()).pixels, draw_chest() / 255)


def test_an_unknown_photometric_interpretation_is_refused():
    def tag(dataset):
        dataset.PhotometricInterpretation = "HSV"

    with pytest.raises(UnreadableImageError, match="photometric"):
        decode_with(tag, draw_chest())


def test_reading_does_not_depend_on_tags_after_the_pixels():
    dataset = make_dataset(draw_chest())
    dataset.add_new(0xFFFCFFFC, "OB", bytes(64))
    stream = io.BytesIO()
    dataset.save_as(stream)
    assert decode_xray(stream.getvalue()).height == 96
