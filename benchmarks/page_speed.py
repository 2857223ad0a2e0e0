"""How long whole runs of a page take, from a click to the last element sent."""

import os
import tempfile
import time
from collections.abc import Callable, Mapping
from itertools import cycle
from statistics import median
from unittest.mock import patch

import numpy as np
import pandas as pd
from streamlit.testing.v1 import AppTest

from xray_core.paths import ROOT
from xray_core.training.jobs.run_folder import HISTORY_FILE, create_run, list_runs, write_state
from xray_core.training.jobs.run_records import RunState
from xray_core.training.presets.catalog import get_preset_config

_RUNS = 6
_MOST_SECONDS = 600


def report_data_page() -> None:
    """Print the seconds that common interactions with the chosen data set take.

    The first overview opens the index, and the first findings wait for their checks, which run in
    the background of the page.
    """
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=_MOST_SECONDS).run()
    view = "segmented_control", "explore_view"
    classes: tuple[list[str], ...] = (["NORMAL"], ["PNEUMONIA"], [])
    jobs = {
        "overview": app.switch_page("pages/explore_dataset.py").run,
        "overview, another figure": _turn(app, "selectbox", "explore_figure", "mean", "border"),
        "overview, another class": _turn(app, "pills", "explore_filter_label", *classes),
        "pictures": _turn(app, *view, "Pictures"),
        "pictures, another page": _turn(app, "number_input", "explore_page", 2, 3, 4),
        "pictures, another order": _turn(app, "selectbox", "explore_sort", "contrast", "path"),
        "pictures, another class": _turn(app, "pills", "explore_filter_label", *classes),
        "findings": _turn(app, *view, "Findings"),
        "split": _turn(app, *view, "Split"),
        "split, another share": _turn(app, "slider", "explore_split_share", 10, 20, 30),
    }
    _report("data page", app, jobs)


def report_compare_page(runs: int = 50, epochs: int = 200) -> None:
    """Print the seconds that the curves of many runs take, and each change of how they are drawn.

    The browser's time to draw them comes on top.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.dict(os.environ, PNEUMOSCOPE_WORKSPACE=folder),
    ):
        config = get_preset_config("lesson")
        for seed in range(runs):
            changed = config.model_copy(
                update={"epochs": epochs, "seed": seed, "dropout": seed / 100}
            )
            run = create_run(changed, "none", f"Run {seed}")
            _invent_history(epochs, seed).to_csv(run.folder / HISTORY_FILE, index=False)
            write_state(run.folder, RunState(status="cancelled"))
        ids = ",".join(run.id for run in list_runs())
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=_MOST_SECONDS)
        app.query_params["models"], app.query_params["compare_view"] = ids, "Curves"
        jobs = {
            "curves": app.run().switch_page("pages/compare_models.py").run,
            "curves, another smoothing": _turn(app, "slider", "compare_smoothing", 0.3, 0.6, 0.0),
            "curves, log scale": _turn(app, "toggle", "compare_log", True, False),
            "curves, only the loss": _turn(app, "pills", "compare_metrics", ["Loss"], ["Accuracy"]),
        }
        _report(f"compare page, {runs} runs of {epochs} epochs", app, jobs)


def _invent_history(epochs: int, seed: int) -> pd.DataFrame:
    """Return the curves of a training that never was."""
    rng, epoch = np.random.default_rng(seed), np.arange(epochs)
    loss = np.exp(-epoch / 30) + 0.05 * rng.random(epochs)
    columns: dict[str, np.ndarray] = {"epoch": epoch, "seconds": 4.0 * epoch}
    columns |= {"loss": loss, "val_loss": loss + 0.001 * epoch}
    for name in ("accuracy", "precision", "recall", "auc"):
        columns |= {name: 1 - loss / 2, f"val_{name}": 1 - loss / 2 - 0.0005 * epoch}
    return pd.DataFrame(columns)


def _report(title: str, app: AppTest, jobs: Mapping[str, Callable[[], object]]) -> None:
    print(f"{f'{title}: median, and the first time':52}")
    for label, job in jobs.items():
        seconds = [_time_to_the_end(app, job) for _ in range(_RUNS)]
        print(f"{label:52} {median(seconds):8.3f} {seconds[0]:8.3f}  s", flush=True)


def _turn(app: AppTest, kind: str, key: str, *values: object) -> Callable[[], AppTest]:
    """Return a function that gives a widget its next value and runs the page."""
    coming = cycle(values)
    return lambda: getattr(app, kind)(key=key).set_value(next(coming)).run()


def _time_to_the_end(app: AppTest, job: Callable[[], object]) -> float:
    """Return the seconds until the page is there and no work for it is under way."""
    start = time.perf_counter()
    job()
    while any(button.label == "Cancel" for button in app.button):
        time.sleep(0.05)
        app.run()
    if app.exception:
        raise RuntimeError(app.exception[0].message)
    return time.perf_counter() - start
