"""Small X-rays and what may lie between them, for the tests of screening."""

import io
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np

from tests.images.drawn_files import save_dicom, save_picture
from tests.reports.made_report import make_source
from xray_core.datasets.synthetic import draw_xray, encode_png


@cache
def drawn_files() -> dict[str, bytes]:
    """Three X-rays, a picture without lungs, and a text that claims to be a DICOM file."""
    return {
        "a/sick.png": encode_png(draw_xray(seed=1, pneumonia=True, size=224)),
        "b/well.png": encode_png(draw_xray(seed=2, pneumonia=False, size=224)),
        "series/1.dcm": _draw_dicom(),
        "series/grey.png": save_picture(np.full((224, 224), 100, np.uint8), "PNG"),
        "series/letter.dcm": b"Dear colleague",
    }


def _draw_dicom() -> bytes:
    """A drawn X-ray with all that a hospital writes into the file."""
    pixels = np.rint(255 * draw_xray(seed=3, pneumonia=True, size=224).pixels).astype(np.uint8)
    source = make_source()
    source.Rows, source.Columns = pixels.shape
    source.PixelData = pixels.tobytes()
    return save_dicom(source)


def write_files(folder: Path, files: Mapping[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def lock_first(zipped: bytes) -> bytes:
    """Return a zip that says of its first member that a password protects it."""
    locked = bytearray(zipped)
    locked[6] |= 1  # the member's own header
    locked[locked.index(b"PK\1\2") + 8] |= 1
    return bytes(locked)


def pack(files: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()
