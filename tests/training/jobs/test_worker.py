"""Real workers: killed, out of room, without their pictures; the queue goes on, nothing is lost."""

import errno
import os
import shutil
import signal
import time
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from tests.training.jobs.small_runs import LESSON
from xray_core.cli.app import app
from xray_core.datasets.catalog import add_dataset
from xray_core.datasets.drawn_chest.series import divide_pictures
from xray_core.datasets.index import index_layout
from xray_core.datasets.layout import find_layout
from xray_core.datasets.synthetic import write_folder
from xray_core.errors import StoppedError
from xray_core.model_store import list_classifiers, list_models, read_classifier_card
from xray_core.training import worker
from xray_core.training.config import change_config
from xray_core.training.jobs import dispatcher_process
from xray_core.training.jobs.queue import enqueue_run, keep_working
from xray_core.training.jobs.reporter import Reporter
from xray_core.training.jobs.run_files import ask_to_stop, write_state
from xray_core.training.jobs.run_folder import create_run, read_run
from xray_core.training.jobs.run_records import RunState
from xray_core.training.run import carry_out


@pytest.fixture(scope="session")
def pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("drawn") / "pictures"
    write_folder(folder, divide_pictures(60), 96, seed=0)
    return folder


@pytest.fixture
def dataset(pictures):
    dataset = add_dataset(pictures, "Drawn")
    index_layout(find_layout(dataset.root), dataset.folder)
    return dataset


@pytest.fixture
def run(dataset):
    run = create_run(LESSON, dataset.id, "Lesson")
    write_state(run.folder, RunState(status="running"))
    return read_run(run.id)


def wait_until(condition, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


def wait_for(run, status):
    def arrived():
        keep_working()
        return read_run(run.id).state.status == status

    wait_until(arrived)
    return read_run(run.id)


def curves(run):
    return run.read_history().drop(columns="seconds")


@pytest.mark.slow
def test_a_run_killed_and_then_cancelled_draws_the_same_curve_past_one_without_pictures(
    dataset, tmp_path
):
    long = change_config(LESSON, {"epochs": 24})
    write_folder(tmp_path / "lost", divide_pictures(24), 64, seed=1)
    lost = add_dataset(tmp_path / "lost", "Lost")
    index_layout(find_layout(lost.root), lost.folder)
    without = create_run(long, lost.id, "Without pictures")
    killed = create_run(long, dataset.id, "Killed")
    shutil.rmtree(lost.root)
    enqueue_run(without)
    enqueue_run(killed)
    assert str(lost.root) in wait_for(without, "failed").state.message
    wait_for(killed, "running")
    wait_until(lambda: len(read_run(killed.id).read_history()) >= 2)
    os.kill(read_run(killed.id).state.pid, signal.SIGKILL)
    assert "killed" in wait_for(killed, "failed").state.message
    assert [card for card in list_models() if card.id == killed.id] == []
    done = len(read_run(killed.id).read_history())
    assert done < long.epochs
    enqueue_run(read_run(killed.id))
    wait_until(lambda: len(read_run(killed.id).read_history()) > done)
    assert CliRunner().invoke(app, ["runs", "cancel", killed.id]).exit_code == 0
    asked = time.time()
    assert wait_for(killed, "cancelled").state.ended - asked < 5
    assert done < len(read_run(killed.id).read_history()) < long.epochs
    assert CliRunner().invoke(app, ["runs", "resume", killed.id]).exit_code == 0
    assert read_run(killed.id).state.status == "finished"
    whole = create_run(long, dataset.id, "Whole")
    carry_out(whole, Reporter(whole))
    assert curves(read_run(killed.id)).equals(curves(whole))
    cards = [read_classifier_card(run.id) for run in (killed, whole)]
    assert cards[0].calibration == cards[1].calibration
    assert cards[0].measurements == cards[1].measurements
    assert cards[0].measurements["test"].figures["auc"].value is not None


@pytest.mark.slow
def test_pictures_and_dispatcher_lost_midway_are_got_over_and_the_next_run_begins(
    dataset, tmp_path
):
    write_folder(tmp_path / "lost", divide_pictures(40), 64, seed=1)
    lost = add_dataset(tmp_path / "lost", "Lost")
    index_layout(find_layout(lost.root), lost.folder)
    learns = create_run(change_config(LESSON, {"epochs": 12}), lost.id, "Learns")
    follows = create_run(change_config(LESSON, {"epochs": 1}), dataset.id, "Follows")
    enqueue_run(learns)
    enqueue_run(follows)
    wait_until(lambda: len(learns.read_history()) >= 1)
    for process in dispatcher_process._started:  # the next look starts another, which takes over
        process.kill()
        process.wait()
    shutil.rmtree(lost.root)
    assert len(learns.read_history()) < 12
    assert "not judged" in wait_for(learns, "finished").state.message
    wait_for(follows, "finished")
    listed = {card.id: card for card in list_classifiers()}
    assert not listed[learns.id].measurements
    assert listed[follows.id].measurements


@pytest.mark.slow
def test_stopped_to_keep_publishes_what_it_learnt(run, monkeypatch):
    class StopsAfterAnEpoch(Reporter):
        def tell_step(self, epoch, step, steps):
            if (epoch, step) == (1, 2):
                ask_to_stop(self._run.folder, "keep")
            return super().tell_step(epoch, step, steps)

    carry_out(run, StopsAfterAnEpoch(run))
    assert len(run.read_history()) == 1
    assert read_classifier_card(run.id).title == "Lesson"


def test_cancelled_while_it_reads_ends_at_once(run):
    reporter = Reporter(run)
    ask_to_stop(run.folder, "cancel")
    with pytest.raises(StoppedError):
        carry_out(run, reporter)


class ResourceExhaustedError(Exception):
    """Named as TensorFlow's."""


NO_ROOM = "No space left on device"


@pytest.mark.slow
@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, NO_ROOM), ResourceExhaustedError(f"log; {NO_ROOM}")]
)
def test_a_full_disk_is_said(run, monkeypatch, error):
    def write(logger, epoch, logs=None):
        raise error

    def print_nothing():
        raise OSError(errno.ENOSPC, NO_ROOM)

    monkeypatch.setattr("traceback.print_exc", print_nothing)
    monkeypatch.setattr("keras.callbacks.CSVLogger.on_epoch_end", write)
    assert worker._work(run) == ("failed", "The disk is full. Make room, then resume the run.")


@pytest.mark.slow
def test_no_room_for_the_weights_is_noticed_before_they_are_written(run, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda folder: SimpleNamespace(free=1_000_000))
    assert worker._work(run) == ("failed", "The disk is full. Make room, then resume the run.")


@pytest.mark.parametrize("error", [MemoryError, ResourceExhaustedError])
def test_want_of_memory_is_said(run, monkeypatch, error):
    def fails(run, reporter):
        raise error

    monkeypatch.setattr("xray_core.training.run.carry_out", fails)
    status, message = worker._work(run)
    assert status == "failed"
    assert message.startswith("Memory ran out.")


def test_whatever_else_happens_is_said_and_logged(run, monkeypatch, capsys):
    def fails(run, reporter):
        raise KeyError("oops")

    monkeypatch.setattr("xray_core.training.run.carry_out", fails)
    assert worker._work(run) == ("failed", "An unexpected KeyError: 'oops'. The log says more.")
    assert "Traceback" in capsys.readouterr().err
