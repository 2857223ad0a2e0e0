import struct

import numpy as np
import pytest
from PIL import ExifTags, Image

from tests.images.drawn_files import draw_chest, draw_deep, picture_files, save_picture
from xray_core.images.decode import decode_xray


def _max_error(pixels: np.ndarray, expected: np.ndarray) -> float:
    return float(np.abs(pixels - expected).max())


@pytest.mark.parametrize("name", picture_files())
def test_every_format_gives_float_pixels_between_0_and_1(name):
    xray = decode_xray(picture_files()[name], name)
    assert xray.pixels.dtype == np.float32
    assert xray.pixels.shape == (xray.height, xray.width) == (96, 80)
    assert xray.pixels.min() >= 0
    assert xray.pixels.max() <= 1


@pytest.mark.parametrize(
    ("file_format", "options"),
    [
        ("PNG", {}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("TIFF", {"compression": "tiff_adobe_deflate"}),
        ("BMP", {}),
        ("GIF", {}),
    ],
)
def test_lossless_formats_keep_every_grey_value(file_format, options):
    grey = draw_chest()
    xray = decode_xray(save_picture(grey, file_format, **options))
    assert _max_error(xray.pixels, grey / 255) < 1e-6
    assert (xray.source_format, xray.notes) == (file_format, ())


@pytest.mark.parametrize("file_format", ["PNG", "TIFF", "BMP", "WebP"])
def test_grey_stored_as_rgb_reads_like_grey(file_format):
    grey = draw_chest()
    options = {"lossless": True} if file_format == "WebP" else {}
    xray = decode_xray(save_picture(np.dstack([grey] * 3), file_format, **options))
    assert _max_error(xray.pixels, grey / 255) < 1e-5
    assert xray.notes == ()


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_jpeg_comes_close_in_every_colour_mode(mode):
    grey = draw_chest()
    xray = decode_xray(save_picture(Image.fromarray(grey).convert(mode), "JPEG", quality=98))
    assert np.abs(xray.pixels - grey / 255).mean() < 0.01


@pytest.mark.parametrize("file_format", ["PNG", "TIFF"])
def test_16_bits_are_scaled_by_their_full_range(file_format):
    deep = draw_deep(16)
    xray = decode_xray(save_picture(deep, file_format))
    assert _max_error(xray.pixels, deep / 65535) < 1e-6
    assert xray.notes == ()


def test_a_12_bit_radiograph_in_a_16_bit_png_is_not_black_and_says_so():
    deep = draw_deep(12)
    xray = decode_xray(save_picture(deep, "PNG"))
    assert _max_error(xray.pixels, deep / 4095) < 1e-6
    assert "12 bits" in xray.notes[0]


def test_big_endian_tiff_reads_like_little_endian():
    deep = draw_deep(16)
    image = Image.frombytes("I;16B", (80, 96), deep.astype(">u2").tobytes())
    assert _max_error(decode_xray(save_picture(image, "TIFF")).pixels, deep / 65535) < 1e-6


@pytest.mark.parametrize("pixels", [draw_chest(), draw_deep(16)], ids=["8 bit", "16 bit"])
def test_tiff_in_which_0_is_white_is_turned_round(pixels):
    full = np.iinfo(pixels.dtype).max
    data = bytearray(save_picture(full - pixels, "TIFF"))
    entry = data.index(struct.pack("<HHI", 262, 3, 1))
    assert data[entry + 8] == 1
    data[entry + 8] = 0  # photometric interpretation: white is zero
    xray = decode_xray(bytes(data))
    assert _max_error(xray.pixels, pixels / full) < 1e-5
    assert xray.notes == ()


def test_float_tiff_in_unit_range_is_taken_as_it_is():
    floats = (draw_chest() / 255).astype(np.float32)
    assert _max_error(decode_xray(save_picture(floats, "TIFF")).pixels, floats) == 0


def test_black_and_white_and_palette_pictures_read_as_grey():
    grey = draw_chest()
    bilevel = Image.fromarray(grey > 100)
    assert set(np.unique(decode_xray(save_picture(bilevel, "PNG")).pixels)) == {0, 1}
    palette = Image.fromarray(np.dstack([grey] * 3)).quantize(128)
    pixels = decode_xray(save_picture(palette, "PNG")).pixels
    assert np.abs(pixels - grey / 255).mean() < 0.02


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_transparent_parts_become_black_and_it_is_said(mode):
    grey = draw_chest()
    alpha = np.full_like(grey, 255)
    alpha[:20] = 0
    channels = [grey, alpha] if mode == "LA" else [grey, grey, grey, alpha]
    xray = decode_xray(save_picture(Image.fromarray(np.dstack(channels)), "PNG"))
    assert (xray.pixels[:20] == 0).all()
    assert _max_error(xray.pixels[20:], grey[20:] / 255) < 1e-5
    assert "Transparent" in xray.notes[0]


def test_palette_transparency_is_filled_with_black():
    image = Image.fromarray(draw_chest()).convert("P")
    xray = decode_xray(save_picture(image, "PNG", transparency=bytes([0] * 256)))
    assert xray.pixels.max() == 0


def test_colour_is_reduced_to_brightness_and_it_is_said():
    colour = np.zeros((64, 64, 3), np.uint8)
    colour[..., 1] = 200
    xray = decode_xray(save_picture(colour, "PNG"))
    assert xray.pixels.mean() == pytest.approx(0.587 * 200 / 255, abs=1e-3)
    assert "colour" in xray.notes[0]


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WebP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_turns_the_picture_upright(file_format, orientation):
    upright = draw_chest()
    stored = Image.fromarray(upright)
    # How a camera must have stored it so that the orientation undoes it.
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    if orientation in undo:
        stored = stored.transpose(undo[orientation])
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    xray = decode_xray(save_picture(stored, file_format, exif=exif))
    assert xray.pixels.shape == upright.shape
    assert np.abs(xray.pixels - upright / 255).mean() < 0.02


def test_broken_exif_data_turn_nothing():
    data = save_picture(draw_chest(), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + b"\x99" * 40)
    assert decode_xray(data).pixels.shape == (96, 80)


def test_a_phone_picture_with_a_preview_behind_it_gives_the_picture():
    grey = Image.fromarray(draw_chest())
    data = save_picture(grey, "MPO", save_all=True, append_images=[grey.resize((40, 48))])
    assert decode_xray(data).pixels.shape == (96, 80)


def test_type_is_told_by_the_bytes_and_not_by_the_name():
    assert decode_xray(save_picture(draw_chest(), "PNG"), "scan.dcm").source_format == "PNG"


def test_real_originals_decode_as_pillow_shows_them(real_data):
    for path in sorted((real_data / "full_size").glob("*/*"))[::10]:
        xray = decode_xray(path.read_bytes(), path.name)
        with Image.open(path) as image:
            shown = np.asarray(image.convert("L"), np.float32) / 255
        assert _max_error(xray.pixels, shown) < 0.005
        assert xray.notes == ()
