"""What is said of a run."""

import pandas as pd
import pytest

from tests.training.jobs.small_runs import LESSON
from xray_core.training.config import change_config
from xray_core.training.jobs.describe import describe_run, share_done
from xray_core.training.jobs.run_files import ask_to_stop, write_state
from xray_core.training.jobs.run_folder import create_run, read_run
from xray_core.training.jobs.run_records import RunProgress, RunState

TWO = pd.DataFrame({"val_loss": [0.4, 0.6]})
NONE = pd.DataFrame()


def make_run(config=LESSON, stop=None, **state):
    run = create_run(config, "data", "Run")
    write_state(run.folder, RunState(**state))
    if stop:
        ask_to_stop(run.folder, stop)
    return read_run(run.id)


@pytest.mark.parametrize(
    ("state", "history", "sentence"),
    [
        ({"status": "queued"}, NONE, "Waiting for its turn. 2 ahead of it."),
        ({"status": "running"}, NONE, "Starting: TensorFlow takes some seconds to load."),
        (
            {"status": "cancelled"},
            TWO,
            "Cancelled. 2 of 4 epochs were trained; epoch 1 had the lowest validation loss "
            "(0.400). Resume goes on from there.",
        ),
        (
            {"status": "failed", "message": "The disk is full."},
            NONE,
            "Failed. The disk is full. No epoch ended yet. Resume starts it again.",
        ),
    ],
)
def test_a_run_says_what_happened(state, history, sentence):
    assert describe_run(make_run(**state), None, history, place=2) == sentence


def test_an_early_end_says_why():
    kept = make_run(status="finished", stop="keep")
    assert "stopped by hand" in describe_run(kept, None, TWO)
    patient = make_run(change_config(LESSON, {"early_stopping": 1}), status="finished")
    assert "1 epochs had brought no lower" in describe_run(patient, None, TWO)


def test_a_loss_that_is_no_number_is_named():
    lost = pd.DataFrame({"val_loss": [float("nan"), float("inf")]})
    assert "not a number" in describe_run(make_run(status="failed"), None, lost)


def test_progress_counts_epochs_while_it_trains():
    run = make_run(status="running")
    assert share_done(run, None) == 0
    assert share_done(run, RunProgress(phase="reading", done=3, total=4)) == 0.75
    assert share_done(run, RunProgress(phase="training", epoch=2, done=5, total=10)) == 0.625
