"""How long it takes to index a data set, beside decoding alone, and to look at a large one."""

import os
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from unittest.mock import patch

import cv2
import numpy as np
import pandas as pd

from benchmarks.decode_alone import decode_files
from benchmarks.page_runs import open_app, report_runs, turn
from xray_core.datasets.catalog import add_dataset, choose_dataset
from xray_core.datasets.index import TABLE_FILE, index_layout, open_index
from xray_core.datasets.layout import find_layout
from xray_core.datasets.map_chunks import map_chunks
from xray_core.datasets.summary import add_ratios, average_histograms, count_pictures
from xray_core.datasets.synthetic import draw_xray

_DRAWN = 50


def measure(files: int = 100_000, in_turn: int = 20_000) -> None:
    """Print how fast data sets are indexed, opened again and looked at.

    The files are copies of 50 drawn X-rays of 224 pixels, each with other bytes at its end. Those
    are small enough to be shown as they are; some of 1,024 pixels tell what thumbnails cost.

    Args:
        files: in the large data set, indexed once.
        in_turn: in the small one, indexed and merely decoded three times in turn, so that a slow
            moment of the machine meets both.
    """
    with (
        tempfile.TemporaryDirectory() as name,
        patch.dict(os.environ, PNEUMOSCOPE_WORKSPACE=f"{name}/workspace"),
    ):
        _compare_with_decoding(Path(name) / "small", in_turn, pixels=224)
        _compare_with_decoding(Path(name) / "whole", in_turn // 10, pixels=1024)
        small_worker = _most_memory(resource.RUSAGE_CHILDREN)
        folder = Path(name) / "large"
        _write_files(folder, files)
        dataset = add_dataset(folder)
        before = _most_memory(resource.RUSAGE_SELF)
        rate = files / _time(index_layout, find_layout(folder), dataset.folder)
        print(f"{f'index {files:,} files':52} {rate:8.0f}  files/s")
        taken = _most_memory(resource.RUSAGE_SELF) - before
        print(f"{'memory that it took on top':52} {taken:8.0f}  MB")
        worker = _most_memory(resource.RUSAGE_CHILDREN)
        print(f"{'largest worker (and before it)':52} {worker:8.0f} {small_worker:8.0f}  MB")
        _report_opening(folder, dataset.folder)
        _tell_copies_apart(dataset.folder / TABLE_FILE)
        choose_dataset(dataset.id)
        _report_data_page()


def _compare_with_decoding(folder: Path, files: int, pixels: int) -> None:
    paths = _write_files(folder, files, pixels)
    ours, plain = [], []
    for run in range(3):
        plain.append(_time(lambda: list(map_chunks(decode_files, paths))))
        kept = folder.with_name(f"{folder.name}_{run}")
        ours.append(_time(index_layout, find_layout(folder), kept))
    rates = files / median(ours), files / median(plain)
    label = f"index {files:,} of {pixels:,} px (read and decode alone)"
    print(f"{label:52} {rates[0]:8.0f} {rates[1]:8.0f} {rates[0] / rates[1]:6.0%}  files/s")


def _most_memory(who: int) -> float:
    """Return the most memory that this process, or one of its ended children, ever had, in MB."""
    return resource.getrusage(who).ru_maxrss / 1024


def _report_opening(folder: Path, kept: Path) -> None:
    index, _ = open_index(find_layout(folder), kept)
    jobs = {
        "open again, looking for changes": lambda: open_index(find_layout(folder), kept),
        "counts, histograms and ratios of all": lambda: (
            count_pictures(index.readable),
            average_histograms(index.readable),
            add_ratios(index.readable),
        ),
        "sort, and one page of thumbnails": lambda: index.read_thumbnails(
            index.readable.sort_values("contrast").head(24)
        ),
    }
    for label, job in jobs.items():
        print(f"{label:52} {median(_time(job) for _ in range(5)):8.3f}  s")


def _report_data_page() -> None:
    """Print the seconds that common interactions with the chosen data set take.

    The first overview opens the index, and the first findings wait for their checks, which run in
    the background of the page.
    """
    app = open_app().run()
    view = "segmented_control", "explore_view"
    classes: tuple[list[str], ...] = (["NORMAL"], ["PNEUMONIA"], [])
    jobs = {
        "overview": app.switch_page("pages/explore_dataset.py").run,
        "overview, another figure": turn(app, "selectbox", "explore_figure", "mean", "border"),
        "overview, another class": turn(app, "pills", "explore_filter_label", *classes),
        "pictures": turn(app, *view, "Pictures"),
        "pictures, another page": turn(app, "number_input", "explore_page", 2, 3, 4),
        "pictures, another order": turn(app, "selectbox", "explore_sort", "contrast", "path"),
        "pictures, another class": turn(app, "pills", "explore_filter_label", *classes),
        "findings": turn(app, *view, "Findings"),
        "split": turn(app, *view, "Split"),
        "split, another share": turn(app, "slider", "explore_split_share", 10, 20, 30),
    }
    report_runs("data page", app, jobs)


def _tell_copies_apart(table_file: Path) -> None:
    """Give each file an appearance of its own, as in a real data set: else all are near copies."""
    table = pd.read_parquet(table_file)
    rng = np.random.default_rng(0)
    table["perceptual_hash"] = rng.integers(0, 2**64, len(table), dtype=np.uint64)
    table.to_parquet(table_file, index=False)


def _time(job: Callable[..., object], *arguments: object) -> float:
    start = time.perf_counter()
    job(*arguments)
    return time.perf_counter() - start


def _write_files(folder: Path, files: int, pixels: int = 224) -> list[Path]:
    drawn = []
    for seed in range(_DRAWN):
        picture = draw_xray(seed, seed % 2 == 1, size=pixels).pixels
        drawn.append(cv2.imencode(".jpg", np.rint(picture * 255).astype(np.uint8))[1].tobytes())
    paths = []
    for number in range(files):
        sick = number % 2 == 1
        name = f"person{number}_virus_{number}" if sick else f"IM-{number:06d}-0001"
        path = folder / ("PNEUMONIA" if sick else "NORMAL") / f"{name}.jpeg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(drawn[number % _DRAWN] + number.to_bytes(8, "big"))
        paths.append(path)
    return paths
