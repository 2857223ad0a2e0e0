"""How long the curves of many runs take on the comparison page, with all that can be chosen."""

import os
import tempfile
from statistics import median
from unittest.mock import patch

import numpy as np
import pandas as pd
from playwright.sync_api import sync_playwright

from benchmarks.page_runs import open_app, report_runs, turn
from tools.chromium import find_chromium
from tools.serve_app import CHROMIUM_ARGUMENTS, serve_app
from xray_core.comparison.training_curves import CURVES, PARTS
from xray_core.training.jobs.run_files import write_state
from xray_core.training.jobs.run_folder import HISTORY_FILE, create_run, list_runs
from xray_core.training.jobs.run_records import RunState
from xray_core.training.presets.catalog import get_preset_config

_CLICKS = 6
# Gives the milliseconds from the next press until the chart, drawn anew, has the other scale.
_WATCH = """(scale) => { window.took = new Promise((resolve) => {
    addEventListener("pointerdown", () => {
        const start = performance.now();
        const look = () => {
            const drawn = document.querySelector(".js-plotly-plot")?._fullLayout;
            if (drawn?.yaxis?.type !== scale) return requestAnimationFrame(look);
            requestAnimationFrame(() => resolve(performance.now() - start));
        };
        look();
    }, { once: true, capture: true });
}); }"""


def measure(runs: int = 50, epochs: int = 200) -> None:
    """Print the seconds that the curves of many runs take, and each change of how they are drawn.

    The last line, where there is a Chromium, is all that a person waits for.
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
        app = open_app()
        app.query_params["models"], app.query_params["compare_view"] = ids, "Curves"
        app.query_params["compare_metrics"] = list(CURVES.values())
        app.query_params["compare_parts"] = list(PARTS)
        jobs = {
            "curves": app.run().switch_page("pages/compare_models.py").run,
            "curves, another smoothing": turn(app, "slider", "compare_smoothing", 0.3, 0.6, 0.0),
            "curves, log scale": turn(app, "toggle", "compare_log", True, False),
            "curves, one panel": turn(app, "pills", "compare_metrics", ["Loss"], ["Accuracy"]),
        }
        report_runs(f"curves of {runs} runs of {epochs} epochs, all panels and parts", app, jobs)
        if chromium := find_chromium():
            seconds = _time_clicks(str(chromium), ids)
            label = "in Chromium: a click on log scale until drawn"
            print(f"{label:52} {median(seconds):8.3f} {seconds[0]:8.3f}  s")


def _time_clicks(chromium: str, ids: str) -> list[float]:
    """Return the seconds from each click on the scale until all panels are drawn."""
    metrics = "".join(f"&compare_metrics={title}" for title in CURVES.values())
    parts = "".join(f"&compare_parts={part}" for part in PARTS)
    with serve_app() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=list(CHROMIUM_ARGUMENTS)
        )
        page = browser.new_page()
        page.goto(f"{address}/compare_models?models={ids}&compare_view=Curves{metrics}{parts}")
        page.locator(".js-plotly-plot .nsewdrag").nth(len(CURVES) - 1).wait_for(timeout=60_000)
        spent = []
        for click in range(_CLICKS):
            page.wait_for_timeout(1500)  # until everything else stands still
            page.evaluate(_WATCH, "linear" if click % 2 else "log")
            page.get_by_text("Log scale", exact=True).click()
            spent.append(page.evaluate("window.took") / 1000)
        browser.close()
    return spent


def _invent_history(epochs: int, seed: int) -> pd.DataFrame:
    """Return the curves of a training that never was."""
    rng, epoch = np.random.default_rng(seed), np.arange(epochs)
    loss = np.exp(-epoch / 30) + 0.05 * rng.random(epochs)
    columns: dict[str, np.ndarray] = {"epoch": epoch, "seconds": 4.0 * epoch}
    columns |= {"loss": loss, "val_loss": loss + 0.001 * epoch}
    for name in ("accuracy", "precision", "recall", "auc"):
        columns |= {name: 1 - loss / 2, f"val_{name}": 1 - loss / 2 - 0.0005 * epoch}
    return pd.DataFrame(columns)
