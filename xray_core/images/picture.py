"""Ordinary picture files (JPEG, PNG, TIFF, WebP, BMP, GIF) as an X-ray, through Pillow."""

import io
import struct

import numpy as np
from PIL import ExifTags, Image, ImageFile, ImageOps

from xray_core.errors import UnreadableImageError
from xray_core.images.grey import alpha_to_black, colour_to_grey, spread_deep
from xray_core.images.inversion import judge_chest
from xray_core.images.limits import MAX_PIXELS, check_size
from xray_core.images.xray import XRay

# A file can hold millions of pages, and is refused however many they are; TIFF and GIF only tell by
# being walked through.
_MOST_PAGES_COUNTED = 1000
_MOST_GIF_BYTES_COUNTED = 2_000_000

_NEGATIVE_NOTE = (
    "The picture shows a negative (air bright, bone dark); it was inverted to the usual display."
)


def decode_picture(data: bytes, file_format: str) -> XRay:
    """Return the X-ray in an ordinary picture file.

    Args:
        data: the file.
        file_format: "JPEG", "PNG", "TIFF", "WebP", "BMP" or "GIF"; nothing else is tried.

    Raises:
        UnreadableImageError: too large, too small, or several pages.
        Exception: whatever Pillow raises on broken files.
    """
    with _open(data, file_format) as image:
        check_size(*image.size)
        mode = image.mode
        _refuse_several_pages(image, len(data))
        image.load()
        notes: list[str] = []
        pixels = _read_grey(_turn_upright(image, notes), notes)
    score, negative = judge_chest(pixels)
    if negative:
        pixels = 1 - pixels
        notes.append(_NEGATIVE_NOTE)
        score = -score
    return XRay(pixels, file_format, tuple(notes), mode=mode, negative=negative, chest_score=score)


def _open(data: bytes, file_format: str) -> ImageFile.ImageFile:
    """Return the picture with its header read and no pixel decoded."""
    try:
        # Only the decoder that the first bytes call for may see the file: Pillow has dozens, some
        # rarely used and rarely mended, and one that starts Ghostscript.
        return Image.open(io.BytesIO(data), formats=(file_format.upper(),))
    except Image.DecompressionBombError:
        # Pillow's own limit is above ours, and it keeps the size to itself.
        raise UnreadableImageError(
            f"Expected at most {MAX_PIXELS // 1_000_000} megapixels, got a header that promises "
            f"far more. Export the X-ray at a lower resolution."
        ) from None


def _refuse_several_pages(image: ImageFile.ImageFile, file_bytes: int) -> None:
    """Refuse animations and multi-page files.

    A phone's JPEG may carry a preview or a brightness map behind the picture (MPO): the first one
    is the picture, so those pass.
    """
    if not getattr(image, "is_animated", False) or image.format == "MPO":
        return
    raise UnreadableImageError(
        f"Expected one picture, got {_count_pages(image, file_bytes)} pages or animation frames. "
        f"Export the page that shows the frontal chest X-ray (often the first) as a PNG."
    )


def _count_pages(image: ImageFile.ImageFile, file_bytes: int) -> str:
    """Return the number of pages as far as it can be had quickly."""
    if image.format == "GIF" and file_bytes > _MOST_GIF_BYTES_COUNTED:
        return "several"
    if image.format != "TIFF":
        return str(getattr(image, "n_frames", "several"))
    for page in range(1, _MOST_PAGES_COUNTED):
        try:
            image.seek(page)
        except EOFError:
            return str(page)
    return f"{_MOST_PAGES_COUNTED} or more"


def _turn_upright(image: Image.Image, notes: list[str]) -> Image.Image:
    """Return the picture turned as its EXIF data say; broken EXIF data turn nothing."""
    try:
        turned = image.getexif().get(ExifTags.Base.Orientation, 1) in range(2, 9)
        upright = ImageOps.exif_transpose(image) if turned else image
    except (ValueError, TypeError, KeyError, SyntaxError, OSError, OverflowError, struct.error):
        return image
    if turned:
        notes.append("The picture was turned upright as its EXIF orientation says.")
    return upright


def _read_grey(image: Image.Image, notes: list[str]) -> np.ndarray:
    """Return float32 (H, W) in [0, 1] for whatever mode Pillow decoded to."""
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return _read_deep(image, notes)
    if image.has_transparency_data and image.mode not in ("L", "RGB"):
        # In L and RGB one colour stands for "transparent" and keeps its brightness; elsewhere
        # there is an alpha channel.
        return alpha_to_black(np.asarray(image.convert("RGBA")), notes)
    if image.mode in ("1", "L"):
        return np.asarray(image.convert("L"), np.float32) / 255
    return colour_to_grey(np.asarray(image.convert("RGB")), 255, notes)


def _read_deep(image: Image.Image, notes: list[str]) -> np.ndarray:
    pixels = spread_deep(np.asarray(image), notes)
    photometric = image.tag_v2.get(262) if hasattr(image, "tag_v2") else None
    # Pillow inverts TIFFs in which 0 is white (photometric interpretation 0) only up to 8 bits.
    return 1 - pixels if photometric == 0 else pixels
