"""Runs are mirrored in a real MLflow server, and a server that fails harms none."""

import importlib.util
import math
import os
import signal
import socket
import sys
import threading
import time
from contextlib import suppress

import pytest

from tests.training.jobs.small_runs import LESSON, use_worker
from tests.training.local_mlflow import start_mlflow
from xray_core.datasets.catalog import add_dataset
from xray_core.datasets.index import index_layout
from xray_core.datasets.layout import find_layout
from xray_core.datasets.synthetic import write_folder
from xray_core.errors import PneumoscopeError, StoppedError
from xray_core.training import mirror
from xray_core.training.config import change_config
from xray_core.training.jobs.run_files import ask_to_stop, write_state
from xray_core.training.jobs.run_folder import create_run, read_run
from xray_core.training.jobs.run_records import RunState
from xray_core.training.jobs.supervise import settle_lost_runs, supervise
from xray_core.training.mirror import mirror_run
from xray_core.training.worker import main as carry_out_as_worker

pytestmark = pytest.mark.skipif(
    not all(importlib.util.find_spec(name) for name in ("mlflow", "flask", "sqlalchemy")),
    reason="needs the extra mlflow and the parts of its server, as in requirements-test.txt",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with start_mlflow(tmp_path_factory.mktemp("mlflow")) as address:
        yield address


@pytest.fixture
def client(server):
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=server)


@pytest.fixture(autouse=True)
def _own_workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("PNEUMOSCOPE_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setattr(mirror, "_LOOK_SECONDS", 0.1)
    for name, value in mirror._HABITS.items():
        monkeypatch.setenv(name, value)  # which would outlive the test


@pytest.fixture
def mirrored(server, monkeypatch):
    monkeypatch.setenv("PNEUMOSCOPE_MLFLOW_URI", server)


def write_epochs(run, *losses):
    path = run.folder / "history.csv"
    known = path.read_text().splitlines() if path.exists() else ["epoch,loss,val_loss"]
    rows = [f"{len(known) - 1 + number},0.5,{loss}" for number, loss in enumerate(losses)]
    path.write_text("\n".join([*known, *rows]) + "\n")


def carry_out(run, error, *losses):
    """Carry out some epochs that end in an error."""
    with suppress(PneumoscopeError), mirror_run(run):
        write_epochs(run, *losses)
        raise error


def find_mirrored(client, run):
    experiment = client.get_experiment_by_name("pneumoscope")
    wanted = f"tags.`pneumoscope.run` = '{run.id}'"
    return client.search_runs([experiment.experiment_id], wanted) if experiment else []


def curve(client, found):
    points = client.get_metric_history(found.info.run_id, "val_loss")
    return [(point.step, point.value) for point in sorted(points, key=lambda point: point.step)]


def wait_until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def test_epochs_are_there_while_the_run_trains(client, mirrored):
    run = create_run(LESSON, "data", "Watched", group="search")
    with mirror_run(run):
        write_epochs(run, 0.7, 0.6)
        wait_until(lambda: (there := find_mirrored(client, run)) and there[0].data.metrics)
        (found,) = find_mirrored(client, run)
        assert found.info.status == "RUNNING"
        assert found.info.run_name == "Watched"
        assert found.data.tags["pneumoscope.group"] == "search"
        assert found.data.params["learning_rate"] == str(LESSON.learning_rate)
        assert found.data.params["input.size"] == "48"
        write_epochs(run, 0.5)
    (found,) = find_mirrored(client, run)
    assert found.info.status == "FINISHED"
    assert curve(client, found) == [(1, 0.7), (2, 0.6), (3, 0.5)]


def test_a_resumed_run_goes_on_in_the_same_place(client, mirrored):
    run = create_run(LESSON, "data", "Resumed")
    carry_out(run, StoppedError("The run was cancelled."), 0.7, 0.6)
    (found,) = find_mirrored(client, run)
    assert found.info.status == "KILLED"
    with mirror_run(run):
        write_epochs(run, 0.5)
    (found,) = find_mirrored(client, run)
    assert found.info.status == "FINISHED"
    assert curve(client, found) == [(1, 0.7), (2, 0.6), (3, 0.5)]


def test_a_failed_run_is_mirrored_as_failed(client, mirrored):
    run = create_run(LESSON, "data", "Failed")
    carry_out(run, PneumoscopeError("The data set is gone."), math.nan)
    (found,) = find_mirrored(client, run)
    assert found.info.status == "FAILED"
    assert math.isnan(curve(client, found)[0][1])


@pytest.mark.parametrize(("wish", "status"), [(None, "FAILED"), ("cancel", "KILLED")])
def test_a_run_whose_worker_is_gone_is_ended(client, mirrored, wish, status):
    run = create_run(LESSON, "data", f"Gone, {wish}")
    write_epochs(run, 0.7)
    mirror._Mirror(run, mirror.mirror_address())._send_epochs()
    write_epochs(run, 0.6)
    write_state(run.folder, RunState(status="running", pid=2**22 - 1, process_started=1.0))
    if wish:
        ask_to_stop(run.folder, wish)
    assert find_mirrored(client, run)[0].info.status == "RUNNING"
    settle_lost_runs()
    (found,) = find_mirrored(client, run)
    assert found.info.status == status
    assert curve(client, found) == [(1, 0.7), (2, 0.6)]


WORKER = """
import sys, time
from xray_core.training.jobs.run_folder import read_run
from xray_core.training.mirror import mirror_run
with mirror_run(read_run(sys.argv[1])):
    time.sleep(600)
"""


@pytest.mark.slow
def test_the_supervisor_ends_what_a_killed_worker_mirrored(client, mirrored, monkeypatch):
    use_worker(monkeypatch, WORKER)
    run = create_run(LESSON, "data", "Killed")
    thread = threading.Thread(target=supervise, args=(run.id,))
    thread.start()
    wait_until(lambda: find_mirrored(client, run))
    os.kill(read_run(run.id).state.pid, signal.SIGKILL)
    thread.join()
    assert "was killed" in read_run(run.id).state.message
    assert find_mirrored(client, run)[0].info.status == "FAILED"


def test_a_run_that_was_not_mirrored_is_settled_without_a_server(monkeypatch, capsys):
    run = create_run(LESSON, "data", "Before")
    write_state(run.folder, RunState(status="running", pid=2**22 - 1, process_started=1.0))
    monkeypatch.setenv("PNEUMOSCOPE_MLFLOW_URI", "http://127.0.0.1:9")
    settle_lost_runs()
    assert read_run(run.id).state.status == "failed"
    assert not capsys.readouterr().out


@pytest.mark.parametrize("answers", ["nobody", "silence"])
def test_a_server_that_fails_costs_a_line_in_the_log(client, server, monkeypatch, capsys, answers):
    run = create_run(LESSON, "data", f"Server: {answers}")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
    with socket.socket() as lone:
        lone.bind(("127.0.0.1", 0))
        if answers == "silence":
            lone.listen()
        address = f"http://127.0.0.1:{lone.getsockname()[1]}"
        monkeypatch.setenv("PNEUMOSCOPE_MLFLOW_URI", address)
        with mirror_run(run):
            write_epochs(run, 0.7, 0.6)
    assert capsys.readouterr().out.count("does not take the run, which goes on") == 1
    # What it missed is sent when the run goes on with a server that works.
    monkeypatch.setenv("PNEUMOSCOPE_MLFLOW_URI", server)
    with mirror_run(run):
        write_epochs(run, 0.5)
    assert curve(client, *find_mirrored(client, run)) == [(1, 0.7), (2, 0.6), (3, 0.5)]


def test_without_the_extra_the_log_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setenv("PNEUMOSCOPE_MLFLOW_URI", "http://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "mlflow.exceptions", None)
    with mirror_run(create_run(LESSON, "data", "No extra")):
        pass
    assert "pip install mlflow-skinny" in capsys.readouterr().out


def test_without_an_address_nothing_is_started(monkeypatch):
    monkeypatch.setattr(mirror, "_Mirror", None)
    with mirror_run(create_run(LESSON, "data", "Alone")):
        pass


@pytest.mark.slow
def test_a_worker_mirrors_its_run_with_card_and_log(client, mirrored, tmp_path):
    write_folder(tmp_path / "pictures", {"train": (14, 14), "test": (2, 2)}, 64, seed=1, workers=0)
    dataset = add_dataset(tmp_path / "pictures")
    index_layout(find_layout(dataset.root), dataset.folder)
    changes = {"epochs": 2, "input.outside_lungs": "whole", "validation_share": 0.4}
    run = create_run(change_config(LESSON, changes), dataset.id, "Carried out")
    (run.folder / "log.txt").write_text("so far\n")
    write_state(run.folder, RunState(status="running"))
    assert carry_out_as_worker(run.id) == 0
    (found,) = find_mirrored(client, run)
    files = {file.path for file in client.list_artifacts(found.info.run_id)}
    assert files == {"card.json", "history.csv", "log.txt"}
    assert curve(client, found) == [
        (epoch, pytest.approx(loss))
        for epoch, loss in enumerate(run.read_history()["val_loss"], start=1)
    ]
