"""Thousands of damaged files: each gives an XRay or our own error, quickly, quietly, in memory."""

import random
import resource
import time
from pathlib import Path

import numpy as np
import pytest

from tests.images.drawn_files import dicom_files, picture_files
from xray_core.errors import UnreadableImageError
from xray_core.images.decode import decode_xray

_MUTANTS_OF_EACH = 140
_MUTANTS_OF_EACH_REAL_FILE = 12
_LIBTIFF_WORDS = (
    "ZIPDecode",
    "tempfile.tif",
    "LZWDecode",
    "TIFF",
    "PixarLog",
    "PackBits",
    "Fax",
    "_TIFF",
    "OJPEG",
)
_EXTREMES = (
    b"\xff\xff\xff\xff",
    b"\0\0\0\0",
    b"\x7f\xff\xff\xff",
    b"\xff\xff\xff\x7f",
    b"\x80\0\0\0",
)


def _overwrite_bytes(data: bytearray, draw: random.Random) -> None:
    # Half of the hits go to the first bytes, where headers are.
    reach = len(data) if draw.random() < 0.5 else min(len(data), 600)
    for _ in range(draw.choice([1, 2, 8, 40])):
        data[draw.randrange(reach)] = draw.choice([0, 255, draw.randrange(256)])


def _write_extreme(data: bytearray, draw: random.Random) -> None:
    at = draw.randrange(min(len(data), 1500))
    value = draw.choice(_EXTREMES)[: draw.choice([1, 2, 4])]
    data[at : at + len(value)] = value


def _cut_off(data: bytearray, draw: random.Random) -> None:
    del data[draw.randrange(len(data)) :]


def _take_out(data: bytearray, draw: random.Random) -> None:
    at = draw.randrange(len(data))
    del data[at : at + draw.randrange(1, 64)]


def _repeat(data: bytearray, draw: random.Random) -> None:
    at = draw.randrange(len(data))
    data[at:at] = data[at : at + draw.randrange(1, 64)]


def _shuffle_in(data: bytearray, draw: random.Random) -> None:
    at = draw.randrange(len(data))
    data[at : at + 32] = draw.randbytes(32)


_DAMAGES = (_overwrite_bytes, _write_extreme, _cut_off, _take_out, _repeat, _shuffle_in)


def _mutate(data: bytes, seed: str) -> bytes:
    draw = random.Random(seed)
    mutant = bytearray(data)
    for _ in range(draw.choice([1, 1, 2, 3])):
        if mutant:
            draw.choice(_DAMAGES)(mutant, draw)
    return bytes(mutant)


def _judge(data: bytes, seed: str) -> str:
    """Return how a mutant was answered; anything but an XRay or our error fails the test."""
    started = time.process_time()
    try:
        xray = decode_xray(_mutate(data, seed), seed)
    except UnreadableImageError:
        answer = "refused"
    else:
        answer = "read"
        assert xray.pixels.dtype == np.float32, seed
        assert xray.pixels.ndim == 2, seed
        assert np.isfinite(xray.pixels).all(), seed
        assert xray.pixels.min() >= 0, seed
        assert xray.pixels.max() <= 1, seed
    assert time.process_time() - started < 5, seed
    return answer


def _judge_all(files: dict[str, bytes], count: int) -> list[str]:
    return [
        _judge(data, f"{name}-{number}") for name, data in files.items() for number in range(count)
    ]


def _assert_quiet(capfd) -> None:
    """Nothing was printed, save by libtiff, whose handler inside Pillow cannot be reached."""
    printed = capfd.readouterr()
    assert printed.out == ""
    strange = [line for line in printed.err.splitlines() if not line.startswith(_LIBTIFF_WORDS)]
    assert strange == []


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@pytest.mark.parametrize(
    "files", [picture_files, pytest.param(dicom_files, marks=pytest.mark.slow)]
)
def test_damaged_files_give_an_xray_or_our_error(files, capfd):
    before = _peak_bytes()
    answers = _judge_all(files(), _MUTANTS_OF_EACH)
    assert len(answers) > 1500
    # Both happen, or the mutants test nothing.
    assert min(answers.count("read"), answers.count("refused")) > 100
    assert _peak_bytes() - before < 1_500_000_000
    _assert_quiet(capfd)


def test_damaged_real_dicom_files_give_an_xray_or_our_error(real_data: Path, capfd):
    files = {path.name: path.read_bytes() for path in sorted((real_data / "dicom").glob("*.dcm"))}
    assert len(_judge_all(files, _MUTANTS_OF_EACH_REAL_FILE)) == 36
    _assert_quiet(capfd)
