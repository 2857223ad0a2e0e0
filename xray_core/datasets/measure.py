"""What the index knows of one picture file."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from xray_core.errors import UnreadableImageError
from xray_core.images.decode import decode_xray
from xray_core.images.limits import MAX_FILE_BYTES
from xray_core.images.quiet import quiet_decoders
from xray_core.images.xray import WORKING_SIZE, XRay, to_working_square

THUMBNAIL_SIDE = 160
HISTOGRAM_BINS = 32
_BORDER_PIXELS = 8  # of 224
_SMALL_SIDE = 256
# (8, 224): the mean of each 7 pixels and then the 8 lowest rows of the DCT over 32 such means.
_LOWEST_WAVES = np.repeat(cv2.dct(np.eye(32, dtype=np.float32), flags=cv2.DCT_ROWS).T[:8], 7, 1) / 7


class Measured(NamedTuple):
    """The figures of one file; a file that cannot be read has a reason in `error` and no others.

    Attributes:
        content_hash: 128 bits of BLAKE2b over the file's bytes, in hex.
        error: why the file cannot be read, or "".
        format, mode: such as "JPEG" and "RGB".
        width, height: in pixels, as displayed.
        mean, contrast: mean and standard deviation of the picture in [0, 1].
        sharpness: mean difference between neighbouring pixels at 224 x 224, 0 to 1.
        border: mean of the outermost 8 of 224 pixels.
        chest_score: how much it looks like a chest radiograph, -1 to 1.
        negative: its content showed a negative.
        perceptual_hash: 64 bits; pictures that look alike differ in few.
        histogram: 32 bins over [0, 1] as bytes of uint16, of the 50,176 pixels at 224 x 224.
        thumbnail: JPEG, longest side 160; empty for a picture that `is_small`.
    """

    content_hash: str
    error: str = ""
    format: str = ""
    mode: str = ""
    width: int = 0
    height: int = 0
    mean: float = float("nan")
    contrast: float = float("nan")
    sharpness: float = float("nan")
    border: float = float("nan")
    chest_score: float = float("nan")
    negative: bool = False
    perceptual_hash: int = 0
    histogram: bytes = b""
    thumbnail: bytes = b""


def measure_files(root: Path, paths: Sequence[str]) -> list[Measured]:
    """Return the figures of some files, by their paths relative to `root`."""
    with quiet_decoders():  # once, instead of for each of them
        return [measure_file(root / path) for path in paths]


def give_up_files(paths: Sequence[str]) -> list[Measured]:
    """Return the figures of files that end every process that reads them."""
    return [Measured("", "Reading it ends the program; it is damaged or hostile.") for _ in paths]


def measure_file(path: Path) -> Measured:
    """Return the figures of one file; never raises for what the file holds."""
    try:
        with path.open("rb", buffering=0) as file:
            if os.fstat(file.fileno()).st_size > MAX_FILE_BYTES:
                return Measured("", f"Larger than {MAX_FILE_BYTES // 1_000_000} MB.")
            data = file.read()
    except OSError as error:
        if r"\udc" in str(path):
            return Measured("", "Its name, or its folder's, is not in UTF-8; rename it.")
        return Measured("", f"The file cannot be opened: {error.strerror}.")
    content_hash = hashlib.blake2b(data, digest_size=16).hexdigest()
    try:
        return measure_xray(decode_xray(data, ""), content_hash)
    except UnreadableImageError as error:
        return Measured(content_hash, str(error).split(": ", 1)[-1])


def measure_xray(xray: XRay, content_hash: str) -> Measured:
    """Return the figures of a decoded picture."""
    reduced = _reduce(xray.pixels)
    square = to_working_square(replace(xray, pixels=reduced))
    square_uint8 = cv2.convertScaleAbs(square, alpha=255)
    mean, contrast = cv2.meanStdDev(square_uint8)
    bins = cv2.calcHist([square_uint8], [0], None, [HISTOGRAM_BINS], [0, 256])
    return Measured(
        content_hash,
        format=xray.source_format,
        mode=xray.mode,
        width=xray.width,
        height=xray.height,
        mean=float(mean[0, 0]) / 255,
        contrast=float(contrast[0, 0]) / 255,
        sharpness=_measure_sharpness(square_uint8),
        border=_measure_border(square_uint8),
        chest_score=xray.chest_score,
        negative=xray.negative,
        perceptual_hash=hash_appearance(square),
        histogram=bins.astype(np.uint16).tobytes(),
        thumbnail=b"" if is_small(xray.width, xray.height) else draw_thumbnail(reduced),
    )


def _reduce(pixels: np.ndarray) -> np.ndarray:
    """Return pixels shrunk by a whole number, float32 (H, W), sides of at least 448 or as they are.

    OpenCV shrinks by whole numbers five times as fast as by others. A last row or column that does
    not fill a pixel is left out.
    """
    times = min(pixels.shape) // (2 * WORKING_SIZE)
    if times < 2:
        return pixels
    height, width = (side // times for side in pixels.shape)
    whole = pixels[: height * times, : width * times]
    return cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA)


def _measure_sharpness(square_uint8: np.ndarray) -> float:
    """Return the mean absolute difference of pixels and their neighbours to the right and below.

    Source: Jarvis 1976, "Focus optimisation criteria for computer image processing".
    """
    across = cv2.norm(square_uint8[:, 1:], square_uint8[:, :-1], cv2.NORM_L1)
    down = cv2.norm(square_uint8[1:], square_uint8[:-1], cv2.NORM_L1)
    return (across + down) / 2 / square_uint8[1:].size / 255


def _measure_border(square_uint8: np.ndarray) -> float:
    edge, side = _BORDER_PIXELS, len(square_uint8)
    inner = cv2.sumElems(square_uint8[edge:-edge, edge:-edge])[0]
    return (cv2.sumElems(square_uint8)[0] - inner) / 255 / (side**2 - (side - 2 * edge) ** 2)


def hash_appearance(square: np.ndarray) -> int:
    """Return 64 bits that stay nearly the same when a picture is scaled or compressed again.

    Args:
        square: float32 (224, 224), any range.

    Source: Zauner 2010, Implementation and Benchmarking of Perceptual Image Hash Functions
    (pHash: signs of the 8 x 8 lowest DCT coefficients against their median).
    """
    low = (_LOWEST_WAVES @ square @ _LOWEST_WAVES.T).ravel()
    bits = low > np.partition(low[1:], 31)[31]
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def is_small(width: int, height: int) -> bool:
    """Return whether a picture is its own thumbnail.

    To draw and keep one would take longer than to read such a picture when it is looked at.
    """
    return max(width, height) <= _SMALL_SIDE


def draw_thumbnail(pixels: np.ndarray) -> bytes:
    """Return a JPEG in the picture's own proportions.

    Args:
        pixels: float32 (H, W) in [0, 1].
    """
    pixels = _reduce(pixels)
    height, width = pixels.shape
    scale = min(1.0, THUMBNAIL_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    small_uint8 = cv2.convertScaleAbs(small, alpha=255)
    return cv2.imencode(".jpg", small_uint8, [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes()
