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


FOUR = pd.DataFrame({"val_loss": [0.4, 0.6, 0.7, 0.8]})


@pytest.mark.parametrize(
    ("changes", "stop", "history", "end"),
    [
        ({"keep": "best"}, None, FOUR, "(0.400). It was published."),
        ({"keep": "last"}, None, FOUR, "(0.400). The last epoch was published."),
        ({"keep": "last"}, "keep", FOUR, "(0.400). The last epoch was published."),  # too late
        ({"keep": "last"}, "keep", TWO, "It was stopped by hand, and that epoch published."),
        (
            {"keep": "best", "early_stopping": 1},
            None,
            TWO,
            "One more brought no lower one, so it stopped early. It was published.",
        ),
        (
            {"keep": "best", "early_stopping": 2},
            "keep",  # after it had stopped
            FOUR[:3],
            "2 more brought no lower one, so it stopped early. It was published.",
        ),
    ],
)
def test_a_finished_run_says_what_was_published_and_why(changes, stop, history, end):
    run = make_run(change_config(LESSON, changes), stop=stop, status="finished")
    assert describe_run(run, None, history).endswith(end)


def test_a_wish_to_keep_counts_while_there_are_epochs_to_stop():
    run = make_run(stop="keep", status="running")
    assert "best epoch so far" in describe_run(run, RunProgress(phase="training"), TWO)
    told = describe_run(run, RunProgress(phase="judging", done=3, total=9), FOUR)
    assert told == "Judging it on the test pictures: 3 of 9."


def test_a_loss_that_is_no_number_is_named():
    lost = pd.DataFrame({"val_loss": [float("nan"), float("inf")]})
    assert "not a number" in describe_run(make_run(status="failed"), None, lost)
    late = pd.DataFrame({"val_loss": [0.4, float("nan")]})
    told = describe_run(make_run(status="failed"), None, late)
    assert "in epoch 2 the loss was not a number" in told
    assert "epoch 1 had the lowest validation loss (0.400)" in told


def test_progress_counts_epochs_while_it_trains():
    run = make_run(status="running")
    assert share_done(run, None) == 0
    assert share_done(run, RunProgress(phase="reading", done=3, total=4)) == 0.75
    assert share_done(run, RunProgress(phase="training", epoch=2, done=5, total=10)) == 0.625
