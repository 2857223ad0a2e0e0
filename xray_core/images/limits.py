"""How large and how small a picture may be, checked on headers before any pixel is decoded."""

from xray_core.errors import UnreadableImageError

# A 35 x 43 cm detector with 0.1 mm pixels gives 15 megapixels, a film scanner about 30: three times
# that is room enough, and 100 megapixels as float32 still fit into half a gigabyte.
MAX_PIXELS = 100_000_000

# 100 megapixels at 16 bits, uncompressed: no allowed picture needs a larger file.
MAX_FILE_BYTES = 200_000_000

# Two lungs cannot be told apart below this, and icons and tracking pixels end here.
MIN_SIDE = 32


def check_size(width: int, height: int) -> None:
    """Refuse a picture that is too large to decode or too small to show a chest.

    Args:
        width: columns that the header promises.
        height: rows that the header promises.

    Raises:
        UnreadableImageError: the size is outside the limits.

    >>> check_size(2048, 2500)
    >>> check_size(60_000, 60_000)
    Traceback (most recent call last):
    xray_core.errors.UnreadableImageError: Expected at most 100 megapixels, got 60000 x 60000 ...
    """
    if width * height > MAX_PIXELS:
        raise UnreadableImageError(
            f"Expected at most {MAX_PIXELS // 1_000_000} megapixels, got {width} x {height} "
            f"pixels. Export the X-ray at a lower resolution."
        )
    if min(width, height) < MIN_SIDE:
        raise UnreadableImageError(
            f"Expected at least {MIN_SIDE} pixels on each side, got {width} x {height}. "
            f"Export the X-ray at its full resolution."
        )
