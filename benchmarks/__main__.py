"""`make bench`: our way beside the plain way, in one run on this machine.

`make bench ARGS="answers index"` measures some parts only.

Every figure is the median of several runs, ours and the other's in turn, so that a slow moment of
the machine meets both. The pictures are drawn by the project's own program.
"""

import os
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

from benchmarks.first_page import time_first_pages
from benchmarks.index_speed import compare_index
from benchmarks.input_pipeline import compare_input_pipelines
from benchmarks.page_speed import report_compare_page
from benchmarks.plain_way import load_plain_way
from benchmarks.screening_speed import compare_screening
from benchmarks.similar_cases import time_similar_cases
from xray_core.datasets.drawn_chest.series import divide_pictures
from xray_core.datasets.synthetic import draw_xray, write_folder
from xray_core.diagnosis.diagnose import Diagnoser, load_diagnoser
from xray_core.diagnosis.overlay import render_overlay
from xray_core.images.decode import decode_xray
from xray_core.model_store import DEFAULT_CLASSIFIER
from xray_core.paths import ROOT

_FRESH_RUNS, _WARM_RUNS, _FOLDER_FILES = 5, 15, 40


def main(wanted: Sequence[str]) -> None:
    """Print one line for each comparison.

    Args:
        wanted: parts to measure; all if empty.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if unknown := set(wanted) - set(_PARTS):
        sys.exit(f"Expected parts among {', '.join(_PARTS)}, got {', '.join(sorted(unknown))}.")
    for part in wanted or _PARTS:
        _PARTS[part]()
        print(flush=True)


def _compare_answers() -> None:
    print(f"{'':44} {'ours':>10} {'plain way':>10} {'better':>7}")
    with tempfile.TemporaryDirectory() as name:
        _compare_first_answers(Path(name))
    _compare_warm_answers(load_diagnoser())


def _measure_drawing() -> None:
    with tempfile.TemporaryDirectory() as name:
        start = time.perf_counter()
        write_folder(Path(name) / "drawn", divide_pictures(400), 224, seed=0)
        seconds = time.perf_counter() - start
    print(f"{'draw 400 X-rays of 224 px':44} {seconds:10.1f} s (at most 20)")


def _measure_similar_cases() -> None:
    print(f"{'similar cases among 5,000':44} {time_similar_cases():10.3f} s (at most 0.1)")


def _compare_first_pages() -> None:
    page, empty_page = time_first_pages()
    print(f"{'':44} {'ours':>10} {'empty app':>10} {'times':>7}")
    print(
        f"{'first page in Chromium':44} {page:10.3f} {empty_page:10.3f} {page / empty_page:6.2f}x"
    )


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


_PARTS: dict[str, Callable[[], None]] = {
    "answers": _compare_answers,
    "index": partial(compare_index, files=100_000, in_turn=20_000),
    "drawing": _measure_drawing,
    "training": compare_input_pipelines,
    "compare": report_compare_page,
    "screening": partial(compare_screening, files=1000),
    "similar": _measure_similar_cases,
    "page": _compare_first_pages,
}

if __name__ == "__main__":
    main(sys.argv[1:])
