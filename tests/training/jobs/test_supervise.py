"""Whatever ends a worker, its run says what happened, and the next one begins."""

import errno
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from tests.training.jobs.small_runs import (
    CRASHES,
    DEAF,
    KILLED,
    LESSON,
    LISTENS,
    SLEEPS_WITH_CHILD,
    use_worker,
)
from xray_core.model_store import CARD_FILE
from xray_core.paths import workspace
from xray_core.training import worker
from xray_core.training.jobs import dispatcher, start_local
from xray_core.training.jobs import supervise as supervise_module
from xray_core.training.jobs.dispatcher_process import claim_dispatching
from xray_core.training.jobs.queue import cancel_run, enqueue_run
from xray_core.training.jobs.run_files import ask_to_stop, write_state
from xray_core.training.jobs.run_folder import create_run, list_runs, read_run
from xray_core.training.jobs.run_records import RunState, find_worker
from xray_core.training.jobs.supervise import settle_lost_runs, supervise


def wait_until(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def start(run):
    thread = threading.Thread(target=supervise, args=(run.id,))
    thread.start()
    wait_until(lambda: read_run(run.id).is_alive)
    return thread


@pytest.mark.parametrize("code", [DEAF, LISTENS], ids=["deaf", "listens"])
def test_cancel_ends_a_worker_within_five_seconds(monkeypatch, started, code):
    use_worker(monkeypatch, code)
    run = create_run(LESSON, "data", "Cancelled")
    thread = start(run)
    cancel_run(run.id)
    thread.join(5)
    assert not thread.is_alive()
    assert read_run(run.id).state.status == "cancelled"
    assert read_run(run.id).can_resume


def test_cancelled_while_its_worker_is_being_started_a_run_stays_cancelled(monkeypatch, started):
    use_worker(monkeypatch, LISTENS)
    run = create_run(LESSON, "data", "Cancelled")

    def popen(*arguments, **options):
        cancel_run(run.id)
        return psutil.Popen(*arguments, **options)

    names = {"Popen": popen, "TimeoutExpired": psutil.TimeoutExpired}
    monkeypatch.setattr(start_local, "psutil", SimpleNamespace(**names))
    supervise(run.id)
    assert read_run(run.id).state.status == "cancelled"


def test_cancel_ends_what_the_worker_started_too(monkeypatch, started):
    use_worker(monkeypatch, SLEEPS_WITH_CHILD)
    run = create_run(LESSON, "data", "With child")
    thread = start(run)
    worker = find_worker(read_run(run.id).state)
    wait_until(worker.children)
    (child,) = worker.children()
    cancel_run(run.id)
    thread.join(5)
    wait_until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


@pytest.mark.parametrize(
    ("code", "sentence"), [(CRASHES, "code 3"), (KILLED, "memory")], ids=["crashes", "killed"]
)
def test_a_worker_that_dies_leaves_a_reason(monkeypatch, code, sentence):
    use_worker(monkeypatch, code)
    run = create_run(LESSON, "data", "Dies")
    supervise(run.id)
    state = read_run(run.id).state
    assert state.status == "failed"
    assert sentence in state.message
    assert state.ended is not None


def test_after_workers_that_were_killed_the_queue_goes_on(monkeypatch, started):
    use_worker(monkeypatch, KILLED)
    runs = [create_run(LESSON, "data", f"Killed {number}") for number in range(3)]
    for run in runs:
        enqueue_run(run)
    dispatcher.main(claim_dispatching())
    assert ["was killed" in run.state.message for run in list_runs()] == [True] * 3


@pytest.mark.filterwarnings("ignore:subprocess .* is still running")  # nobody watches it at first
def test_a_dispatcher_that_comes_later_takes_a_live_worker_over(monkeypatch, started):
    use_worker(monkeypatch, LISTENS)
    run = create_run(LESSON, "data", "Goes on")
    with monkeypatch.context() as patch:
        patch.setattr(supervise_module, "watch_worker", lambda run, worker: None)
        supervise(run.id)  # and nobody watches any more
    ((found, worker),) = settle_lost_runs()
    assert read_run(run.id).is_alive
    thread = threading.Thread(target=supervise_module.watch_worker, args=(found, worker))
    thread.start()
    ask_to_stop(run.folder, "cancel")
    thread.join(5)
    assert read_run(run.id).state.status == "cancelled"


def test_a_worker_that_cannot_be_started_leaves_a_reason(monkeypatch):
    monkeypatch.setattr(
        "xray_core.training.jobs.supervise.worker_command", lambda run_id: ["/no/such/program"]
    )
    run = create_run(LESSON, "data", "Never starts")
    supervise(run.id)
    assert "No such file" in read_run(run.id).state.message


def test_a_run_that_was_taken_off_the_queue_is_left_alone(monkeypatch, started):
    use_worker(monkeypatch, CRASHES)
    run = create_run(LESSON, "data", "Taken off")
    cancel_run(run.id)
    supervise(run.id)
    assert read_run(run.id).state.message == "Taken off the queue."


def test_a_run_whose_worker_is_gone_is_settled():
    run = create_run(LESSON, "data", "Lost")
    write_state(run.folder, RunState(status="running", pid=2**22 - 1, process_started=1.0))
    assert settle_lost_runs() == []
    assert read_run(run.id).state.status == "failed"
    assert "resume" in read_run(run.id).state.message


def test_a_run_whose_model_is_there_has_finished_whatever_ended_its_worker():
    run = lose_worker()
    (workspace() / "models" / run.id).mkdir(parents=True)
    (workspace() / "models" / run.id / CARD_FILE).write_text("{}")
    cancel_run(run.id)
    assert settle_lost_runs() == []
    assert read_run(run.id).state.status == "finished"


def test_a_worker_of_another_number_does_nothing(monkeypatch, capsys):
    run = lose_worker()
    monkeypatch.setattr(worker.time, "sleep", lambda seconds: None)
    assert worker.main(run.id) == 1
    assert "nothing was done" in capsys.readouterr().out
    assert read_run(run.id).state.status == "running"


def test_the_end_of_an_earlier_attempt_leaves_the_resumed_run_alone():
    run = create_run(LESSON, "data", "Resumed")
    write_state(run.folder, RunState(status="running", pid=1, process_started=1.0))
    earlier = read_run(run.id)
    resumed = RunState(status="running", pid=2, process_started=2.0)
    write_state(run.folder, resumed)
    supervise_module.settle(earlier, "The worker ended with code 1.")
    assert read_run(run.id).state == resumed
    supervise_module.settle(read_run(run.id), "The worker ended with code 1.")
    assert read_run(run.id).state.status == "failed"


def lose_worker(message=""):
    run = create_run(LESSON, "data", "Lost")
    state = RunState(status="running", message=message, pid=2**22 - 1, process_started=1.0)
    write_state(run.folder, state)
    return run


@pytest.mark.parametrize("before", ["", "x" * 1000], ids=["shorter", "longer"])
def test_a_full_disk_takes_the_end_of_a_run_all_the_same(monkeypatch, before):
    def write_nothing_new(path, text):
        path.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    run = lose_worker(before)
    monkeypatch.setattr(Path, "write_text", write_nothing_new)
    settle_lost_runs()
    state = read_run(run.id).state
    assert (state.status, "resume" in state.message) == ("failed", True)
    assert not list(run.folder.glob(".*"))


def test_a_disk_that_takes_nothing_is_waited_for(monkeypatch):
    run, tries = lose_worker(), []

    def write_at_last(folder, state):
        tries.append(state)
        if len(tries) < 3:
            raise OSError(errno.EIO, "Input/output error")
        write_state(folder, state)

    monkeypatch.setattr(supervise_module, "write_state", write_at_last)
    monkeypatch.setattr(supervise_module, "_ROOM_SECONDS", 0)
    settle_lost_runs()
    assert read_run(run.id).state == tries[0]


def test_a_process_that_took_over_the_number_is_no_worker():
    me = psutil.Process()
    state = RunState(status="running", pid=me.pid, process_started=me.create_time() - 100)
    assert find_worker(state) is None
    state = RunState(status="running", pid=me.pid, process_started=me.create_time())
    assert find_worker(state) == me
