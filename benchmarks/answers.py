"""How long an answer takes, and a folder of them, beside the plain way on the same network."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median

import cv2
import numpy as np

from benchmarks.plain_way import load_plain_way
from xray_core.datasets.synthetic import draw_xray
from xray_core.diagnosis.diagnose import Diagnoser, load_diagnoser
from xray_core.diagnosis.overlay import render_overlay
from xray_core.images.decode import decode_xray
from xray_core.model_store import DEFAULT_CLASSIFIER
from xray_core.paths import ROOT

_FRESH_RUNS, _WARM_RUNS, _FOLDER_FILES = 5, 15, 40


def measure() -> None:
    """Print the first answer of a fresh process, warm answers, and a folder's."""
    print(f"{'':44} {'ours':>10} {'plain way':>10} {'better':>7}")
    with tempfile.TemporaryDirectory() as name:
        _compare_first_answers(Path(name))
    _compare_warm_answers(load_diagnoser())


def _compare_first_answers(folder: Path) -> None:
    picture, mask = folder / "xray.jpeg", folder / "lungs.npy"
    drawn = draw_xray(seed=1, pneumonia=True, size=1600)
    picture.write_bytes(_jpeg(drawn.pixels))
    np.save(mask, cv2.resize(drawn.lungs.astype(np.uint8), (224, 224)).astype(bool))
    ours = [sys.executable, "-m", "xray_core", "diagnose", str(picture), "--overlay", str(folder)]
    plain = [sys.executable, "-m", "benchmarks.plain_way", DEFAULT_CLASSIFIER]
    plain += [str(mask), str(picture), str(folder / "plain.png")]
    times = _in_turn(lambda: _run(ours), lambda: _run(plain), _FRESH_RUNS)
    _report("first answer, fresh process, 1600 px", *times, "s")


def _compare_warm_answers(diagnoser: Diagnoser) -> None:
    large = _jpeg(draw_xray(seed=2, pneumonia=True, size=1600).pixels)
    drawn = draw_xray(seed=3, pneumonia=True, size=224)
    plain = load_plain_way(DEFAULT_CLASSIFIER, drawn.lungs)

    def ours(data: bytes) -> None:
        xray = decode_xray(data)
        render_overlay(xray, diagnoser.diagnose(xray))

    for label, data in (("1600 px", large), ("224 px", _jpeg(drawn.pixels))):
        times = _in_turn(partial(ours, data), partial(plain, data), _WARM_RUNS)
        _report(f"warm answer, bytes to overlay, {label}", *times, "s")
    files = [
        _jpeg(draw_xray(seed=seed, pneumonia=seed % 2 == 1, size=224).pixels)
        for seed in range(_FOLDER_FILES)
    ]
    our_seconds, plain_seconds = _in_turn(
        partial(_each, ours, files), partial(_each, plain, files), runs=3
    )
    rates = len(files) / our_seconds, len(files) / plain_seconds
    _report("folder of 224 px files", *rates, "images/s", more_is_better=True)


def _each(job: Callable[[bytes], object], files: Sequence[bytes]) -> None:
    for data in files:
        job(data)


def _in_turn(
    ours: Callable[[], object], other: Callable[[], object], runs: int
) -> tuple[float, float]:
    """Return the median seconds of both, run one after the other; the first pair warms up."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for run in range(runs + 1):
        for job, kept in zip((ours, other), seconds, strict=True):
            start = time.perf_counter()
            job()
            if run:
                kept.append(time.perf_counter() - start)
    return median(seconds[0]), median(seconds[1])


def _report(label: str, ours: float, other: float, unit: str, more_is_better: bool = False) -> None:
    ratio = ours / other if more_is_better else other / ours
    print(f"{label:44} {ours:10.3f} {other:10.3f} {ratio:6.2f}x  {unit}", flush=True)


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True)


def _jpeg(pixels: np.ndarray) -> bytes:
    return cv2.imencode(".jpg", np.rint(pixels * 255).astype(np.uint8))[1].tobytes()
