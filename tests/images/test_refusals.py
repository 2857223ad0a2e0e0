import contextlib
import io
import struct
import time
import tracemalloc
import zlib

import numpy as np
import pytest
from PIL import Image
from pydicom import uid
from pydicom.encaps import encapsulate

from tests.images.drawn_files import (
    decode_with,
    dicom_files,
    draw_chest,
    make_dataset,
    picture_files,
    save_dicom,
    save_picture,
    wrap_frame,
)
from xray_core.errors import UnreadableImageError
from xray_core.images import decode, limits
from xray_core.images.decode import decode_xray


def _refusal(data: bytes, name: str = "scan.dcm") -> str:
    with pytest.raises(UnreadableImageError) as caught:
        decode_xray(data, name)
    message = str(caught.value)
    assert message.startswith(f"{name}: Expected ")
    assert ", got " in message
    return message


def _png_header(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunk = b"IHDR" + header
    return b"\x89PNG\r\n\x1a\n\0\0\0\r" + chunk + struct.pack(">I", zlib.crc32(chunk))


def test_an_empty_file_is_refused():
    assert "no bytes" in _refusal(b"")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<!DOCTYPE html><html>Sign in</html>", "web page"),
        (b"\xef\xbb\xbf\n  <html></html>", "web page"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04....", "ZIP"),
        (b"patient,finding\n1,normal\n", "no picture"),
        (bytes(range(256)) * 8, "no picture"),
        (b"\0" * 4000, "no picture"),
    ],
)
def test_what_is_no_picture_is_refused_by_name(data, said):
    assert said in _refusal(data)


@pytest.mark.parametrize("name", [*picture_files(), *dicom_files()])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.8])
def test_a_truncated_file_is_refused(name, share):
    data = (picture_files() | dicom_files())[name]
    assert _refusal(data[: int(len(data) * share)])


def test_a_file_over_the_size_limit_is_refused(monkeypatch):
    monkeypatch.setattr(decode, "MAX_FILE_BYTES", 1000)
    assert "MB" in _refusal(bytes(1001))


def test_a_gigantic_png_header_is_refused_before_its_pixels():
    tracemalloc.start()
    started = time.process_time()
    message = _refusal(_png_header(60_000, 60_000) + b"\0\0\0\x04IDAT1234")
    seconds = time.process_time() - started
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "at most 100 megapixels" in message
    assert seconds < 1
    assert peak_bytes < 5_000_000


def test_a_picture_above_pillows_own_warning_is_still_refused_by_our_limit():
    # 120 megapixels: Pillow only warns there.
    assert "12000 x 10000" in _refusal(_png_header(12_000, 10_000) + b"\0\0\0\x04IDAT1234")


@pytest.mark.parametrize("size", [(1, 1), (31, 400), (400, 31)])
def test_a_picture_too_small_for_a_chest_is_refused(size):
    assert "at least 32" in _refusal(save_picture(Image.new("L", size), "PNG"))


@pytest.mark.parametrize("file_format", ["PNG", "WebP", "GIF", "TIFF"])
def test_animations_and_several_pages_are_refused_with_their_number(file_format):
    pages = [Image.fromarray(np.roll(draw_chest(), 9 * shift)) for shift in range(3)]
    data = save_picture(pages[0], file_format, save_all=True, append_images=pages[1:])
    message = _refusal(data)
    assert "3 pages" in message
    assert "Export the page" in message


def test_pages_beyond_counting_are_refused_quickly():
    page = Image.new("1", (32, 32))
    stream = io.BytesIO()
    page.save(stream, "TIFF", save_all=True, append_images=[page] * 1100)
    assert "1000 or more pages" in _refusal(stream.getvalue())


def test_a_tiff_whose_pages_run_in_a_circle_ends():
    data = bytearray(save_picture(draw_chest(), "TIFF"))
    first = struct.unpack("<I", data[4:8])[0]
    entries = struct.unpack("<H", data[first : first + 2])[0]
    end = first + 2 + 12 * entries
    data[end : end + 4] = struct.pack("<I", first)
    with contextlib.suppress(UnreadableImageError):
        decode_xray(bytes(data))


def test_dicom_without_pixels_is_refused():
    dataset = make_dataset(draw_chest())
    del dataset.PixelData
    assert "without a complete picture" in _refusal(save_dicom(dataset))


def test_dicom_with_several_frames_is_refused_with_their_number():
    dataset = make_dataset(draw_chest())
    dataset.NumberOfFrames = 12
    dataset.PixelData = dataset.PixelData * 12
    assert "12 frames" in _refusal(save_dicom(dataset))


def test_dicom_that_claims_a_huge_picture_is_refused_before_its_pixels():
    def claim(dataset):
        dataset.Rows = dataset.Columns = 60_000

    with pytest.raises(UnreadableImageError, match="60000 x 60000"):
        decode_with(claim, draw_chest())


def test_dicom_with_fewer_pixels_than_it_claims_is_refused():
    def claim(dataset):
        dataset.Rows = 5000

    with pytest.raises(UnreadableImageError, match="cut off"):
        decode_with(claim, draw_chest())


@pytest.mark.parametrize("syntax", [uid.JPEGBaseline8Bit, uid.JPEGLSLossless, uid.JPEG2000])
def test_a_codec_frame_of_another_size_than_the_header_says_is_refused(syntax):
    larger = np.zeros((4000, 4000), np.uint8)
    file_format = "JPEG2000" if syntax == uid.JPEG2000 else "JPEG"
    frame = save_picture(larger, file_format)
    message = _refusal(save_dicom(wrap_frame(draw_chest(), frame, syntax, 8)))
    assert "80 x 96" in message


def test_an_rle_frame_far_longer_than_its_picture_is_refused():
    dataset = make_dataset(draw_chest(), uid.RLELossless)
    dataset.PixelData = encapsulate([struct.pack("<16L", 1, 64, *[0] * 14) + b"\x81\0" * 50_000])
    dataset["PixelData"].is_undefined_length = True
    assert "another one" in _refusal(save_dicom(dataset))


def test_a_deflated_bomb_is_refused_without_being_unfolded(monkeypatch):
    monkeypatch.setattr("xray_core.images.dicom_read.MAX_FILE_BYTES", 2_000_000)
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    bomb = squeeze.compress(bytes(100_000_000)) + squeeze.flush()
    head = save_dicom(make_dataset(draw_chest(), uid.DeflatedExplicitVRLittleEndian))
    length = struct.unpack("<I", head[140:144])[0]
    tracemalloc.start()
    message = _refusal(head[: 144 + length] + bomb)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "deflated" in message
    assert peak_bytes < 10_000_000


def test_an_unknown_transfer_syntax_is_refused_with_the_known_ones():
    data = save_dicom(wrap_frame(draw_chest(), b"\0\0\0\1", uid.MPEG2MPML, 8))
    assert "JPEG-LS" in _refusal(data)


def test_limits_leave_room_for_the_largest_detectors():
    limits.check_size(6000, 7200)


def test_a_hostile_file_name_stays_one_short_line():
    with pytest.raises(UnreadableImageError) as caught:
        decode_xray(b"", "a\nb\x1b[31m" + "x" * 500)
    assert len(str(caught.value).partition(": Expected")[0]) == 80
    assert "\n" not in str(caught.value)
