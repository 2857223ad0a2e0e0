"""How many X-rays a second a worklist gets through, beside the networks alone."""

import tempfile
import time
from itertools import chain
from pathlib import Path

import cv2
import numpy as np

from xray_core.datasets.synthetic import draw_xray
from xray_core.images.prepare import prepare
from xray_core.images.xray import WORKING_SIZE
from xray_core.litert import LiteModel
from xray_core.model_store import (
    DEFAULT_CLASSIFIER,
    DEFAULT_LUNGS,
    SERVING_FILE,
    read_card,
    read_model_file,
)
from xray_core.screening.files import list_folder
from xray_core.screening.screen import screen_files

_DRAWN, _RAW_RUNS = 20, 200


def measure(files: int = 1000) -> None:
    """Print how fast files become lines, and how fast the two networks are without anything else.

    Screening reads, decodes, outlines the lungs, judges, explains and draws a thumbnail, and starts
    its processes; the networks get arrays that are ready, one after the other, on all cores.

    Args:
        files: how many; copies of 20 drawn X-rays.
    """
    for side in (WORKING_SIZE, 1024):
        with tempfile.TemporaryDirectory() as name:
            _write_files(Path(name), files, side)
            start = time.perf_counter()
            lines = list(chain(*screen_files(list_folder(Path(name)))))
            rate = len(lines) / (time.perf_counter() - start)
        raw = _time_networks()
        label = f"screen {files:,} files of {side} px (and networks alone)"
        print(f"{label:52} {rate:8.1f} {raw:8.1f} {rate / raw:6.0%}  images/s", flush=True)


def _time_networks() -> float:
    """Return images a second through the lung outline and the classifier."""
    drawn = draw_xray(seed=1, pneumonia=True, size=WORKING_SIZE)
    card = read_card(DEFAULT_CLASSIFIER)
    prepared = prepare(drawn.pixels, drawn.lungs, card.input)[np.newaxis]
    square = drawn.pixels[np.newaxis, :, :, np.newaxis].astype(np.float32)
    lungs, classifier = (
        LiteModel(read_model_file(read_card(model_id), SERVING_FILE))
        for model_id in (DEFAULT_LUNGS, DEFAULT_CLASSIFIER)
    )
    for run in range(_RAW_RUNS + 10):
        if run == 10:  # the first ones warm up
            start = time.perf_counter()
        lungs.run(square)
        classifier.run(prepared)
    return _RAW_RUNS / (time.perf_counter() - start)


def _write_files(folder: Path, files: int, side: int) -> None:
    drawn = []
    for seed in range(_DRAWN):
        pixels = draw_xray(seed, seed % 2 == 1, size=side).pixels
        drawn.append(cv2.imencode(".jpg", np.rint(pixels * 255).astype(np.uint8))[1])
    for number in range(files):
        (folder / f"{number:05d}.jpeg").write_bytes(drawn[number % _DRAWN].tobytes())
