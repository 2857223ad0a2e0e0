"""How long the curves of many runs take on the comparison page."""

import os
import tempfile
from unittest.mock import patch

import numpy as np
import pandas as pd

from benchmarks.page_runs import open_app, report_runs, turn
from xray_core.training.jobs.run_files import write_state
from xray_core.training.jobs.run_folder import HISTORY_FILE, create_run, list_runs
from xray_core.training.jobs.run_records import RunState
from xray_core.training.presets.catalog import get_preset_config


def measure(runs: int = 50, epochs: int = 200) -> None:
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
        app = open_app()
        app.query_params["models"], app.query_params["compare_view"] = ids, "Curves"
        jobs = {
            "curves": app.run().switch_page("pages/compare_models.py").run,
            "curves, another smoothing": turn(app, "slider", "compare_smoothing", 0.3, 0.6, 0.0),
            "curves, log scale": turn(app, "toggle", "compare_log", True, False),
            "curves, only the loss": turn(app, "pills", "compare_metrics", ["Loss"], ["Accuracy"]),
        }
        report_runs(f"compare page, {runs} runs of {epochs} epochs", app, jobs)


def _invent_history(epochs: int, seed: int) -> pd.DataFrame:
    """Return the curves of a training that never was."""
    rng, epoch = np.random.default_rng(seed), np.arange(epochs)
    loss = np.exp(-epoch / 30) + 0.05 * rng.random(epochs)
    columns: dict[str, np.ndarray] = {"epoch": epoch, "seconds": 4.0 * epoch}
    columns |= {"loss": loss, "val_loss": loss + 0.001 * epoch}
    for name in ("accuracy", "precision", "recall", "auc"):
        columns |= {name: 1 - loss / 2, f"val_{name}": 1 - loss / 2 - 0.0005 * epoch}
    return pd.DataFrame(columns)
