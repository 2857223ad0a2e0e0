"""The queue keeps its order, loses nothing, and starts no run twice."""

import errno
import os
import threading
from types import SimpleNamespace

import pytest
import typer

from tests.datasets.drawn_folders import write_classes
from tests.training.jobs.small_runs import LESSON
from xray_core.cli.train import _follow
from xray_core.datasets.catalog import add_dataset
from xray_core.datasets.index import index_layout
from xray_core.datasets.layout import find_layout
from xray_core.datasets.resplit import propose_split, save_split
from xray_core.errors import InvalidConfigError, PneumoscopeError, UnknownNameError
from xray_core.paths import workspace
from xray_core.training.config import change_config
from xray_core.training.jobs import capacity, dispatcher, dispatcher_process
from xray_core.training.jobs import queue as queue_module
from xray_core.training.jobs.dispatcher_process import claim_dispatching, start_dispatcher
from xray_core.training.jobs.queue import (
    cancel_run,
    enqueue_forgotten,
    enqueue_run,
    keep_working,
    list_queued,
    move_run,
    open_queue,
    stop_and_keep,
)
from xray_core.training.jobs.run_files import ask_to_stop, write_state
from xray_core.training.jobs.run_folder import (
    create_run,
    delete_run,
    list_broken_runs,
    list_runs,
    read_run,
)
from xray_core.training.jobs.run_records import RunState
from xray_core.training.jobs.search_judge import SearchJudge
from xray_core.training.jobs.submit import submit_runs


@pytest.fixture
def waiting(started):
    runs = [create_run(LESSON, "data", "Run", run_id=name) for name in ("a", "b", "c")]
    for run in runs:
        enqueue_run(run)
    return runs


def test_runs_wait_in_the_order_they_came(waiting, started):
    assert list_queued() == ["a", "b", "c"]
    assert started, "somebody must work on them"


@pytest.mark.parametrize(
    ("run_id", "places", "order"),
    [("c", -1, "acb"), ("c", -9, "cab"), ("a", 1, "bac"), ("a", 9, "bca"), ("x", 1, "abc")],
)
def test_a_waiting_run_can_be_moved(waiting, run_id, places, order):
    move_run(run_id, places)
    assert "".join(list_queued()) == order
    assert open_queue().pending_count() == 3


def test_a_run_queued_while_another_is_moved_is_not_forgotten(waiting, monkeypatch):
    late = create_run(LESSON, "data", "Run", run_id="late")
    threads, is_queued = [], queue_module._is_queued

    def look_while_others_work(run_id):
        if not threads:
            for work in (lambda: enqueue_run(late), open_queue().dequeue):
                threads.append(threading.Thread(target=work))
                threads[-1].start()
                threads[-1].join(0.3)  # the database lets it in only when the run was moved
        return is_queued(run_id)

    monkeypatch.setattr(queue_module, "_is_queued", look_while_others_work)
    move_run("c", -2)
    for thread in threads:
        thread.join()
    kept = sorted(task.args[0] for task in open_queue().pending())
    assert kept == ["a", "b", "late"], "c went to the front and was taken"


def test_a_queue_that_many_change_at_once_loses_nothing(waiting):
    more = [create_run(LESSON, "data", "Run", run_id=f"more-{number}") for number in range(12)]
    taken = []

    def move():
        for places in (2, -1) * 15:
            move_run("a", places)

    def take():
        taken.extend(open_queue().dequeue().args[0] for _ in range(2))

    threads = [threading.Thread(target=work) for work in (move, move, take)]
    for thread in threads:
        thread.start()
    for run in more:
        enqueue_run(run)
    for thread in threads:
        thread.join()
    held = [task.args[0] for task in open_queue().pending()]
    assert sorted([*held, *taken]) == sorted(run.id for run in [*waiting, *more])


def test_a_full_disk_is_told_and_a_run_that_found_no_place_waits_for_room(waiting):
    open_queue().storage.conn.execute("pragma max_page_count = 1")  # that is, no more than it has
    more = [create_run(LESSON, "data", "Run", run_id=f"more-{number}") for number in range(200)]
    with pytest.raises(PneumoscopeError, match=r"disk is full\. Make room"):
        list(map(enqueue_run, more))
    open_queue().storage.conn.execute("pragma max_page_count = 9999")
    enqueue_forgotten()
    assert len(list_queued()) == 203


def test_a_wish_needs_no_room_and_cancelling_counts_more_than_keeping(waiting):
    folder = waiting[0].folder
    for wish in ("keep", "cancel"):
        ask_to_stop(folder, wish)
        assert waiting[0].read_stop() == wish
    assert {path.stat().st_size for path in folder.glob("stop-*")} == {0}


@pytest.mark.parametrize("act", [cancel_run, stop_and_keep])
def test_a_wish_that_a_full_disk_refuses_is_told(waiting, monkeypatch, act):
    def refuse(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    write_state(waiting[0].folder, RunState(status="running"))
    monkeypatch.setattr(queue_module, "ask_to_stop", refuse)
    with pytest.raises(PneumoscopeError, match=r"No space left on device\. Make room"):
        act("a")


def test_a_cancelled_run_leaves_the_queue(waiting):
    cancel_run("b")
    assert list_queued() == ["a", "c"]
    assert read_run("b").state.status == "cancelled"


def test_runs_that_the_queue_lost_are_put_back(waiting):
    open_queue().flush()
    assert list_queued() == []
    enqueue_forgotten()
    assert list_queued() == ["a", "b", "c"]


def test_a_run_queued_while_the_last_one_ends_is_worked_on(waiting, monkeypatch):
    class Consumer:
        """Takes runs off the queue at once; one more comes while it stops."""

        def start(self):
            self.taken = list_queued()
            open_queue().flush()

        def stop(self, graceful):
            for run_id in self.taken:
                write_state(read_run(run_id).folder, RunState(status="finished"))
            if len(list_runs()) == 3:
                enqueue_run(create_run(LESSON, "data", "Run", run_id="late"))

    monkeypatch.setattr(type(open_queue()), "create_consumer", lambda self, **options: Consumer())
    monkeypatch.setattr(dispatcher.signal, "signal", lambda *asked: None)
    dispatcher.main(claim_dispatching())
    assert {run.id: run.state.status for run in list_runs()} == dict.fromkeys(
        ["a", "b", "c", "late"], "finished"
    )


def test_a_run_queued_after_the_last_look_is_worked_on(started, monkeypatch):
    seen, is_work_left = [], dispatcher._is_work_left

    def look():
        left = is_work_left()
        if not seen and not left:  # somebody who finds the right taken leaves it to us
            assert claim_dispatching() is None
            enqueue_run(create_run(LESSON, "data", "Run", run_id="late"))
        return left

    def work(adopted, judge):
        seen.extend(list_queued())
        for run_id in list_queued():
            write_state(read_run(run_id).folder, RunState(status="finished"))

    monkeypatch.setattr(dispatcher, "_is_work_left", look)
    monkeypatch.setattr(dispatcher, "_work_until_idle", work)
    dispatcher.main(claim_dispatching())
    assert seen == ["late"]
    lock = claim_dispatching()
    assert lock is not None, "the right is free again"
    os.close(lock)


def test_one_dispatcher_is_started_and_has_the_right_from_its_first_moment_on(monkeypatch):
    monkeypatch.setattr(dispatcher_process, "_started", [])
    start_dispatcher()
    assert claim_dispatching() is None
    start_dispatcher()
    (process,) = dispatcher_process._started
    assert process.wait(60) == 0, "nothing is to be done"
    lock = claim_dispatching()
    assert lock is not None
    os.close(lock)


def test_a_run_of_an_earlier_dispatcher_keeps_its_place(monkeypatch):
    ended, taken, looks = threading.Event(), [], []
    adopted = threading.Thread(target=ended.wait)
    adopted.start()

    def is_work_left():
        looks.append(list(taken))
        if len(looks) == 3:
            ended.set()
            adopted.join()
        return len(looks) < 6

    monkeypatch.setattr(dispatcher, "runs_at_once", lambda: 1)
    monkeypatch.setattr(dispatcher, "_COUNT_SECONDS", 0)
    monkeypatch.setattr(dispatcher, "_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(dispatcher, "_is_work_left", is_work_left)
    consumer = SimpleNamespace(stop=lambda graceful: None)
    monkeypatch.setattr(dispatcher, "_consume", lambda places: taken.append(places) or consumer)
    dispatcher._work_until_idle([adopted], SearchJudge())
    assert looks[:3] == [[], [], []]
    assert taken == [1]


@pytest.mark.parametrize(
    ("cores", "memory", "cards", "runs"),
    [
        *((1, 64, (), 1), (2, 24, (), 1), (16, 64, (), 8), (16, 12, (), 3), (16, 2, (), 1)),
        *((16, 64, (24, 9), 2), (16, 64, (140,), 8), (16, 64, (5,), 1), (16, 64, (2,), 8)),
    ],
)
def test_this_machine_carries_as_many_runs_as_its_cores_memory_and_graphics_cards_do(
    monkeypatch, tmp_path, cores, memory, cards, runs
):
    free = SimpleNamespace(available=memory * 2**30)
    tell = "\n".join(f"echo {1024 * card}" for card in cards)
    (tmp_path / "nvidia-smi").write_text(f"#!/bin/sh\n{tell}\n" if cards else "#!/bin/sh\nexit 9")
    (tmp_path / "nvidia-smi").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(capacity.os, "cpu_count", lambda: cores)
    monkeypatch.setattr(capacity.psutil, "virtual_memory", lambda: free)
    assert capacity.runs_at_once() == runs
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert capacity.runs_at_once() == max(1, min(cores // 2, memory // 4))


def test_ctrl_c_cancels_every_fold(waiting, monkeypatch):
    def interrupt(seconds):
        raise KeyboardInterrupt

    monkeypatch.setattr("xray_core.cli.train.time.sleep", interrupt)
    with pytest.raises(typer.Exit):
        _follow(waiting[0], waiting)
    assert {run.state.status for run in list_runs()} == {"cancelled"}


def test_a_run_is_deleted_unless_its_worker_writes(waiting):
    write_state(waiting[0].folder, RunState(status="running"))
    delete_run(waiting[1])
    with pytest.raises(PneumoscopeError, match="Cancel it"):
        delete_run(read_run("a"))
    assert [run.id for run in list_runs()] == ["c", "a"]
    assert list_queued() == ["c"]


def test_resuming_forgets_what_the_earlier_attempt_was_asked(started):
    run = create_run(LESSON, "data", "Resumed")
    ask_to_stop(run.folder, "cancel")
    write_state(run.folder, RunState(status="cancelled"))
    enqueue_run(read_run(run.id))
    assert read_run(run.id).read_stop() is None
    assert list_queued() == [run.id]


def test_a_run_that_is_resumed_waits_behind_the_others(waiting):
    cancel_run("a")
    enqueue_run(read_run("a"))
    assert list_queued() == ["b", "c", "a"]
    assert [task.args[0] for task in open_queue().pending()] == ["b", "c", "a"]


def test_a_run_that_two_resume_at_once_is_carried_out_once(started, monkeypatch):
    run = create_run(LESSON, "data", "Run")
    write_state(run.folder, RunState(status="failed"))
    at_work = RunState(status="running", pid=1, process_started=1.0)
    others, read = [], queue_module.read_run

    def read_while_somebody_else_resumes(run_id):
        found = read(run_id)
        if not others:
            others.append(threading.Thread(target=resume_and_begin))
            others[0].start()
            others[0].join(0.3)  # it is let in only when the first has resumed the run
        return found

    def resume_and_begin():
        enqueue_run(run)
        write_state(run.folder, at_work)  # as the dispatcher does

    monkeypatch.setattr(queue_module, "read_run", read_while_somebody_else_resumes)
    enqueue_run(run)
    others[0].join()
    assert read_run(run.id).state == at_work


def test_a_relative_workspace_is_the_same_wherever_a_process_starts(monkeypatch, tmp_path):
    monkeypatch.setenv("PNEUMOSCOPE_WORKSPACE", "elsewhere/runs")
    before = workspace()
    monkeypatch.chdir(tmp_path)
    assert workspace() == before
    assert before.is_absolute()


def test_nobody_is_started_when_there_is_nothing_to_do(started):
    keep_working()
    write_state(create_run(LESSON, "data", "Done").folder, RunState(status="finished"))
    keep_working()
    assert not started


def test_a_name_is_taken_once():
    create_run(LESSON, "data", "First", run_id="one")
    with pytest.raises(PneumoscopeError, match="one exists"):
        create_run(LESSON, "data", "Second", run_id="one")


def test_the_name_of_a_model_is_no_name_of_a_run():
    with pytest.raises(PneumoscopeError, match="model lungs-only exists"):
        create_run(LESSON, "data", "Mine", run_id="lungs-only")
    assert list_runs() == []


def test_a_run_that_somebody_else_resumed_is_left_alone(started):
    run = create_run(LESSON, "data", "Run")
    write_state(run.folder, RunState(status="failed"))
    seen_in_a_stale_tab = read_run(run.id)
    write_state(run.folder, RunState(status="running", pid=1, process_started=1.0))
    enqueue_run(seen_in_a_stale_tab)
    assert read_run(run.id).state.status == "running"
    with pytest.raises(PneumoscopeError, match="Cancel it"):
        delete_run(seen_in_a_stale_tab)


@pytest.mark.parametrize("name", ["../models/lungs-only", "", "..", "a/b", "Über"])
def test_a_name_that_is_no_folder_is_refused(name):
    with pytest.raises(PneumoscopeError, match="small letters"):
        create_run(LESSON, "data", "Lesson", run_id=name)
    assert list_runs() == []


def test_a_broken_folder_is_listed_with_its_reason_and_the_rest_works():
    run = create_run(LESSON, "data", "Whole")
    broken = run.folder.with_name("broken")
    broken.mkdir()
    (broken / "request.json").write_text("{half of")
    assert [found.id for found in list_runs()] == [run.id]
    (told,) = list_broken_runs()
    assert told.folder == broken
    assert "request.json" in told.reason
    with pytest.raises(UnknownNameError, match=run.id):
        read_run("broken")


def index_classes(folder, patients):
    dataset = add_dataset(write_classes(folder, patients))
    index_layout(find_layout(dataset.root), dataset.folder)
    return dataset


@pytest.fixture
def dataset(tmp_path):
    return index_classes(tmp_path / "pictures", patients=12)


def test_each_fold_is_a_run_of_one_group(started, dataset):
    runs = submit_runs(change_config(LESSON, {"folds": 3}), dataset, "Lesson", "lesson")
    assert [run.config.fold for run in runs] == [0, 1, 2]
    assert len({run.request.group for run in runs}) == 1
    assert list_queued() == ["lesson-1", "lesson-2", "lesson-3"]


def test_of_folds_of_which_one_is_refused_none_is_queued(started, dataset):
    create_run(LESSON, dataset.id, "In the way", run_id="lesson-3")
    with pytest.raises(PneumoscopeError, match="lesson-3 exists"):
        submit_runs(change_config(LESSON, {"folds": 3}), dataset, "Lesson", "lesson")
    assert [run.id for run in list_runs()] == ["lesson-3"]


def test_folds_of_which_a_later_one_lacks_a_class_are_refused(started, tmp_path):
    dataset = index_classes(tmp_path / "few", patients=6)
    with pytest.raises(InvalidConfigError, match="in validation"):
        submit_runs(change_config(LESSON, {"folds": 10}), dataset, "Lesson")
    assert list_runs() == []


def test_the_kept_split_decides_who_validates(started, dataset):
    split = propose_split(dataset.open_index(), share=0.25)
    save_split(split, dataset.folder)
    (run,) = submit_runs(LESSON, dataset, "Lesson")
    assert run.config.validation_patients == split.validation_patients
