"""Runs and screening on a real Ray cluster of two machines; a run killed in the middle goes on."""

import importlib.util
import shlex
import socket
import sys
import threading
import time
from types import SimpleNamespace

import pandas as pd
import psutil
import pytest
from typer.testing import CliRunner

from tests.datasets.drawn_folders import write_classes
from tests.screening.drawn_files import drawn_files, write_files
from tests.training.jobs.small_runs import DEAF, LESSON, use_worker
from tests.training.local_ray import start_cluster
from xray_core.cli.app import app
from xray_core.datasets.catalog import add_dataset
from xray_core.datasets.index import index_layout
from xray_core.datasets.layout import find_layout
from xray_core.datasets.synthetic import write_folder
from xray_core.errors import InvalidConfigError, PneumoscopeError
from xray_core.model_store import read_classifier_card
from xray_core.paths import ROOT
from xray_core.screening.files import XRayFile
from xray_core.screening.on_ray import screen_on_ray
from xray_core.training import worker as worker_module
from xray_core.training.config import change_config
from xray_core.training.jobs import dispatcher_process, queue, ray_cluster, start_ray, supervise
from xray_core.training.jobs.capacity import runs_at_once
from xray_core.training.jobs.queue import cancel_run, enqueue_run
from xray_core.training.jobs.ray_cluster import connect
from xray_core.training.jobs.run_files import write_progress, write_state
from xray_core.training.jobs.run_folder import create_run, list_runs, read_run, runs_folder
from xray_core.training.jobs.run_records import RunProgress, RunState
from xray_core.training.jobs.search_runs import find_best, follow_search, submit_search
from xray_core.training.jobs.start_ray import find_on_ray
from xray_core.training.jobs.submit import submit_runs
from xray_core.training.run import load_division
from xray_core.training.train_classifier import train_classifier

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason="needs the extra ray"
)
EPOCHS = 8
SMALL = {"batch_size": 4, "validation_share": 0.4, "input.outside_lungs": "whole"}


@pytest.fixture(scope="module")
def cluster():
    with start_cluster(machines=2) as address:
        yield address


@pytest.fixture(autouse=True)
def _own_workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("PNEUMOSCOPE_WORKSPACE", str(tmp_path / "workspace"))


@pytest.fixture
def on_ray(cluster, monkeypatch):
    monkeypatch.setenv("PNEUMOSCOPE_RAY_ADDRESS", cluster)
    return connect(cluster)


@pytest.fixture(autouse=True)
def _end_dispatchers(_own_workspace):
    yield
    for process in dispatcher_process._started:
        process.kill()
        process.wait()


def wait_until(condition, seconds=240):  # less than pytest gives the whole test
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "\n".join([f"waited {seconds} s in vain", *tell_runs()])
        time.sleep(0.05)
    return found


def tell_runs():
    """What the dispatcher and every run wrote."""
    for run in list_runs():
        yield f"{run.id}: {run.state}, {run.read_progress()}\n{run.read_log()[-3000:]}"
    for log in runs_folder().glob("*.log"):
        yield f"{log}:\n{log.read_text()[-3000:]}"


def state(run) -> RunState:
    return read_run(run.id).state


def processes(run):
    """The processes on this machine whose command line ends in a run's id."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if (process.info["cmdline"] or [""])[-1] == run.id:
            found.append(process)
    return found


def supervise_in_thread(run):
    thread = threading.Thread(target=supervise.supervise, args=(run.id,))
    thread.start()
    return thread


@pytest.mark.slow
def test_a_run_killed_in_the_middle_is_gone_on_with_and_draws_the_same_curve(on_ray, tmp_path):
    dataset = draw_dataset(tmp_path / "pictures")
    config = change_config(LESSON, SMALL | {"epochs": EPOCHS})
    (run,) = submit_runs(config, dataset, "Killed")
    wait_until(lambda: len(run.read_history()) >= 3)
    (process,) = processes(run)
    process.kill()
    wait_until(lambda: state(run).status == "failed", 20)
    assert "was killed" in state(run).message
    assert "resume" in state(run).message
    assert 3 <= len(run.read_history()) < EPOCHS
    assert not processes(run)

    enqueue_run(read_run(run.id))
    whole = train_here(config, dataset, tmp_path / "whole")  # meanwhile
    wait_until(lambda: state(run).ended)
    assert state(run).status == "finished"
    assert len(whole) == EPOCHS
    assert run.read_history().drop(columns="seconds").equals(whole)
    assert read_classifier_card(run.id).training.settings == config.model_dump(mode="json")


def draw_dataset(folder):
    write_folder(folder, {"train": (16, 16), "test": (2, 2)}, 64, seed=1, workers=0)
    dataset = add_dataset(folder)
    index_layout(find_layout(dataset.root), dataset.folder)
    return dataset


def train_here(config, dataset, folder):
    """The curve of a run that nobody stopped."""
    index = dataset.open_index()
    division = load_division(dataset, index, config, lambda done, total: None)
    train_classifier(config, *division, folder)
    return pd.read_csv(folder / "history.csv").drop(columns="seconds")


@pytest.mark.slow
def test_screening_on_a_cluster_gives_the_lines_of_this_machine_and_goes_on(on_ray, tmp_path):
    folder, here, there = (tmp_path / name for name in ("xrays", "here.csv", "there.csv"))
    write_files(folder, drawn_files())
    command = ["screen", str(folder), "--out"]
    assert CliRunner().invoke(app, [*command, str(here)]).exit_code == 1  # one is no picture
    words = [sys.executable, "-m", "xray_core", *command, str(there), "--ray"]
    entrypoint = f"cd {shlex.quote(str(ROOT))} && exec {shlex.join(words)}"

    for _ in range(2):
        job = on_ray.submit_job(entrypoint=entrypoint)
        wait_until(lambda: on_ray.get_job_status(job).is_terminal())  # noqa: B023
        told = on_ray.get_job_logs(job)
        lines = [pd.read_csv(path).sort_values("file", ignore_index=True) for path in (here, there)]
        pd.testing.assert_frame_equal(*lines)
    assert "5 were there already" in told


def test_without_a_cluster_the_sentence_says_what_to_do(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise ConnectionError("no cluster")

    monkeypatch.setattr("ray.init", refuse)
    files = [XRayFile("a.png", tmp_path / "a.png")]
    with pytest.raises(PneumoscopeError, match="belongs to no Ray cluster"):
        next(screen_on_ray(files))


@pytest.mark.slow
def test_cancel_ends_runs_even_one_that_waits(on_ray, monkeypatch):
    use_worker(monkeypatch, DEAF)
    assert runs_at_once() == 2
    runs = [create_run(LESSON, "data", f"Deaf {number}") for number in range(3)]
    threads = [supervise_in_thread(run) for run in runs]
    wait_until(lambda: sum(bool(processes(run)) for run in runs) == 2)
    (waits,) = (run for run in runs if not processes(run))
    wait_until(lambda: (told := waits.read_progress()) and "a place in the Ray" in told.phase)
    at_work = [state(run).ray_job for run in runs if run != waits]
    machines = {on_ray.get_job_info(job).driver_node_id for job in at_work}
    assert len(machines) == 2, "each carries one"
    assert all(read_run(run.id).is_alive for run in runs)
    assert len(supervise.settle_lost_runs()) == 3, "a dispatcher that comes later takes them over"
    monkeypatch.setattr(queue, "start_dispatcher", lambda: None)
    for run in runs:
        cancel_run(run.id)
    for thread in threads:
        thread.join(60)
    assert {state(run).status for run in runs} == {"cancelled"}
    assert not any(processes(run) for run in runs)


ENDS_AT_ONCE = """
import sys
from xray_core.training import worker
worker._work = lambda run: ("finished", "as " + run.state.ray_job)
sys.exit(worker.main(sys.argv[1]))
"""


@pytest.mark.slow
def test_folds_and_a_search_go_to_the_cluster(on_ray, monkeypatch, tmp_path):
    use_worker(monkeypatch, ENDS_AT_ONCE)
    monkeypatch.setattr(queue, "start_dispatcher", lambda: None)
    dataset = add_dataset(write_classes(tmp_path / "pictures"))
    index_layout(find_layout(dataset.root), dataset.folder)
    folds = submit_runs(change_config(LESSON, {"folds": 2}), dataset, "Folds")
    trials = submit_search(LESSON, dataset, "Search", [{"dropout": 0.1}, {"dropout": 0.3}])
    runs = [*folds, *trials]
    for thread in [supervise_in_thread(run) for run in runs]:
        thread.join()
    assert {state(run).status for run in runs} == {"finished"}
    jobs = {state(run).message.removeprefix("as ") for run in runs}
    assert len(jobs) == 4
    assert jobs <= {job.submission_id for job in on_ray.list_jobs()}


@pytest.mark.slow
def test_trials_train_on_the_cluster_and_asha_gives_up_the_hopeless(on_ray, tmp_path):
    """Three of four learn nothing; whichever of those comes third is behind the best third."""
    config = change_config(LESSON, SMALL | {"epochs": 90})
    rates = [0.003, 1e-9, 1.1e-9, 1.2e-9]
    settings = [{"learning_rate": rate} for rate in rates]
    runs = submit_search(config, draw_dataset(tmp_path / "pictures"), "Rates", settings, asha=True)
    first, *hopeless = follow_search(runs)
    assert first.state.status == "finished"
    assert len(first.read_history()) == 90
    given_up = [run for run in hopeless if run.state.status == "cancelled"]
    assert len(given_up) >= 2, list(tell_runs())
    for run in given_up:
        assert "The search gave it up after" in run.state.message
        assert 10 <= len(run.read_history()) < 90
    assert find_best([first, *hopeless])[0].id == first.id
    jobs = [job.submission_id for job in on_ray.list_jobs()]
    for run in (first, *hopeless):
        assert any(job.startswith(run.id) for job in jobs), "each was carried out by the cluster"


@pytest.mark.slow
def test_a_cluster_without_our_folders_is_told_apart(on_ray, monkeypatch):
    monkeypatch.setattr(supervise, "worker_command", lambda run_id: ["/no/python", run_id])
    run = create_run(LESSON, "data", "Not shared")
    supervise.supervise(run.id)
    assert state(run).status == "failed"
    assert "at the same paths" in state(run).message


@pytest.mark.slow
def test_a_job_that_the_cluster_forgot_ends_its_run(on_ray, cluster):
    run = create_run(LESSON, "data", "Forgotten")
    write_state(run.folder, RunState(status="running", ray_address=cluster, ray_job="gone"))
    ((found, worker),) = supervise.settle_lost_runs()
    supervise.watch_worker(found, worker)
    assert "no longer knows the run" in state(run).message


@pytest.fixture(params=["nobody", "silence"])
def dead_address(request):
    with socket.socket() as lone:
        lone.bind(("127.0.0.1", 0))
        if request.param == "silence":
            lone.listen()
        yield f"http://127.0.0.1:{lone.getsockname()[1]}"


def test_an_address_that_does_not_answer_fails_the_run(dead_address, monkeypatch):
    monkeypatch.setattr(ray_cluster, "_ANSWER_SECONDS", 0.5)
    monkeypatch.setenv("PNEUMOSCOPE_RAY_ADDRESS", dead_address)
    run = create_run(LESSON, "data", "Nobody there")
    supervise.supervise(run.id)
    assert state(run).status == "failed"
    assert f"The Ray cluster at {dead_address} does not answer" in state(run).message
    assert runs_at_once() == 1


def test_a_silent_cluster_ends_a_run_only_when_that_is_silent_too(dead_address, monkeypatch):
    monkeypatch.setattr(ray_cluster, "_ANSWER_SECONDS", 0.5)
    monkeypatch.setattr(start_ray, "_LOOK_SECONDS", 0.05)
    monkeypatch.setattr(start_ray, "_SILENT_SECONDS", 20.0)
    run = create_run(LESSON, "data", "Silent")
    write_state(run.folder, RunState(status="running", ray_address=dead_address, ray_job="lost"))
    worker = find_on_ray(read_run(run.id))
    assert not worker.wait(0)
    monkeypatch.setattr(start_ray, "_SILENT_SECONDS", 0.1)
    assert worker.wait(0)
    assert "heard of for a minute" in worker.explain_end()
    write_progress(run.folder, RunProgress(phase="training", updated=time.time() + 60))
    assert not worker.wait(0)
    worker.kill()
    assert worker.wait(0), "somebody who cancels need not wait for it"


def test_a_cluster_that_falls_silent_holds_nobody_up(monkeypatch):
    monkeypatch.setattr(ray_cluster, "_ANSWER_SECONDS", 0.2)
    monkeypatch.setattr(start_ray, "_LOOK_SECONDS", 0.05)
    run = create_run(LESSON, "data", "Silent")
    with socket.create_server(("127.0.0.1", 0)) as swallows:
        address = f"http://127.0.0.1:{swallows.getsockname()[1]}"
        write_state(run.folder, RunState(status="running", ray_address=address, ray_job="job"))
        worker = find_on_ray(read_run(run.id))

        def hang(job):
            return threading.Event().wait()  # as Ray's client does, once connected

        worker._client = SimpleNamespace(get_job_info=hang, stop_job=hang)
        looks = threading.Thread(target=lambda: (worker.kill(), worker.wait(0)), daemon=True)
        looks.start()
        looks.join(10)
        assert not looks.is_alive()


@pytest.mark.parametrize("address", ["head:8265", "ray://head:10001", "auto"])
def test_an_address_of_another_kind_is_refused(address):
    with pytest.raises(InvalidConfigError, match="PNEUMOSCOPE_RAY_ADDRESS: expected"):
        connect(address)


def test_without_the_extra_the_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray.job_submission", None)
    with pytest.raises(PneumoscopeError, match="pip install"):
        connect("http://127.0.0.1:9")


def test_an_attempt_that_comes_late_leaves_the_run_to_the_next(monkeypatch):
    monkeypatch.setattr(worker_module.time, "sleep", lambda seconds: None)
    monkeypatch.setenv("PNEUMOSCOPE_RAY_JOB", "first")
    run = create_run(LESSON, "data", "Late")
    write_state(run.folder, RunState(status="running", ray_job="second"))
    assert worker_module.main(run.id) == 1
    assert state(run) == RunState(status="running", ray_job="second")


@pytest.mark.slow
def test_a_run_whose_machine_is_lost_says_so(on_ray, monkeypatch):
    """The last one: the cluster is a machine short from now on."""
    use_worker(monkeypatch, DEAF)
    run = create_run(LESSON, "data", "Machine lost")
    thread = supervise_in_thread(run)
    (worker,) = wait_until(lambda: processes(run))
    machine = next(one for one in worker.parents() if "ray.scripts.scripts" in one.cmdline())
    for process in [machine, *machine.children(recursive=True)]:
        process.kill()
    thread.join(180)
    assert state(run).status == "failed"
    assert "lost the machine that carried it out" in state(run).message
    assert "resume it" in state(run).message
