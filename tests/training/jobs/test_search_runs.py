"""A search is a group of ordinary runs; ASHA ends the hopeless, and the best is named."""

import importlib.util
import math

import pytest

from tests.datasets.drawn_folders import write_classes
from tests.training.jobs.small_runs import LESSON
from xray_core.datasets.catalog import add_dataset
from xray_core.datasets.index import index_layout
from xray_core.datasets.layout import find_layout
from xray_core.datasets.resplit import propose_split, save_split
from xray_core.errors import InvalidConfigError, PneumoscopeError
from xray_core.training.config import change_config
from xray_core.training.jobs import search_judge
from xray_core.training.jobs.queue import list_queued
from xray_core.training.jobs.run_files import forget_wishes, read_reason, write_state
from xray_core.training.jobs.run_folder import create_run, delete_run, list_runs, read_run
from xray_core.training.jobs.run_records import RunState
from xray_core.training.jobs.search_judge import SearchJudge, judge_by_asha, require_asha
from xray_core.training.jobs.search_runs import (
    describe_differing_pictures,
    find_best,
    follow_search,
    submit_search,
)

needs_ray = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason="needs the extra ray"
)


@pytest.fixture
def dataset(tmp_path):
    dataset = add_dataset(write_classes(tmp_path / "pictures"))
    index_layout(find_layout(dataset.root), dataset.folder)
    return dataset


def test_each_trial_is_a_run_of_one_group(started, dataset):
    settings = [{"dropout": 0.1}, {"dropout": 0.3}]
    runs = submit_search(LESSON, dataset, "Lesson", settings)
    assert [run.config.dropout for run in runs] == [0.1, 0.3]
    assert [run.request.title for run in runs] == ["Lesson: Dropout 0.1", "Lesson: Dropout 0.3"]
    assert len({run.request.group for run in runs}) == 1
    assert runs[0].request.group
    assert list_queued() == [run.id for run in runs]


def test_all_trials_are_judged_on_the_kept_split(started, dataset):
    split = propose_split(dataset.open_index(), share=0.25)
    save_split(split, dataset.folder)
    runs = submit_search(LESSON, dataset, "Lesson", [{"dropout": 0.1}, {"dropout": 0.3}])
    assert {run.config.validation_patients for run in runs} == {split.validation_patients}


def test_nothing_is_queued_when_one_trial_cannot_work(started, dataset):
    with pytest.raises(InvalidConfigError, match="dropout"):
        submit_search(LESSON, dataset, "Lesson", [{"dropout": 0.1}, {"dropout": 3}])
    assert not list_runs()


def write_epochs(run, aucs, losses=()):
    """Write a history; without losses, an epoch of a higher AUC has a lower one."""
    told = zip(aucs, losses or [1 - auc for auc in aucs], strict=True)
    rows = [f"{epoch},{loss},{auc}" for epoch, (auc, loss) in enumerate(told)]
    (run.folder / "history.csv").write_text("\n".join(["epoch,val_loss,val_auc", *rows]) + "\n")


def finish(title, aucs, losses=(), **changes):
    run = create_run(change_config(LESSON, changes), "data", title)
    write_epochs(run, aucs, losses)
    write_state(run.folder, RunState(status="finished"))
    return read_run(run.id)


def test_the_best_run_is_that_of_the_highest_published_auc():
    runs = [
        # Smoothed labels change the loss, which therefore says nothing beside another run's.
        finish("Best epoch", [0.7, 0.9, 0.95], [5.0, 3.0, 9.0], keep="best", label_smoothing=0.1),
        finish("Last epoch", [0.99, 0.97, 0.98, 0.8], keep="last"),
        finish("Not a number", [0.99], [math.nan]),
        create_run(LESSON, "data", "Waits"),
    ]
    assert find_best(runs) == (runs[0], 0.9)
    assert find_best(runs[2:]) is None
    stopped = finish("Stopped by hand", [0.99, 0.8], keep="last")
    assert find_best([stopped]) == (stopped, 0.99)


def test_runs_that_see_other_pictures_are_named_with_a_caution():
    whole = finish("Whole", [0.9], **{"input.outside_lungs": "whole"})
    lungs = finish("Lungs", [0.8])
    assert "no lungs are found" in describe_differing_pictures([whole, lungs])
    assert describe_differing_pictures([whole]) == describe_differing_pictures([lungs]) == ""


def create_trials(curves, epochs=9, asha_epochs=9):
    config = change_config(LESSON, {"epochs": epochs})
    return {
        create_run(config, "data", f"Trial {number}", "search", asha_epochs=asha_epochs).id: curve
        for number, curve in enumerate(curves)
    }


def train_an_epoch(trials, judge):
    """Let all trials train an epoch, obey their wishes, and be judged one after the other."""
    for run_id, curve in trials.items():
        run = read_run(run_id)
        if run.read_stop() == "cancel":
            state = RunState(status="cancelled", message=read_reason(run.folder))
        elif (epochs := len(run.read_history()) + 1) <= len(curve):
            write_epochs(run, curve[:epochs])
            state = RunState(status="running")
        else:
            state = RunState(status="finished")
        write_state(run.folder, state)
        judge.look([read_run(run_id)])


SIX = [[0.9 - 0.1 * place + 0.01 * epoch for epoch in range(9)] for place in range(6)]


@needs_ray
def test_asha_gives_up_the_hopeless_and_says_so(started):
    trials, judge = create_trials(SIX), SearchJudge()
    judge.look(list_runs())
    for _ in range(10):
        train_an_epoch(trials, judge)
    first, *others = map(read_run, trials)
    assert first.state.status == "finished"
    assert {run.state.status for run in others} == {"cancelled"}
    assert {run.state.message for run in others} == {"The search gave it up after 1 of 9 epochs."}
    assert find_best([first, *others])[0].id == first.id


@needs_ray
def test_another_dispatcher_judges_on_and_leaves_what_was_resumed_alone(started):
    trials, before = create_trials(SIX[:3]), SearchJudge()
    before.look(list_runs())
    train_an_epoch(trials, before)
    train_an_epoch(trials, before)  # the two given up are cancelled
    first, given_up, _ = trials
    run = read_run(given_up)
    assert run.state.status == "cancelled"
    forget_wishes(run.folder)
    write_state(run.folder, RunState(status="queued"))
    late = create_trials([[0.1] * 9])
    after = SearchJudge()
    after.look(list_runs())
    for _ in range(9):
        train_an_epoch({first: trials[first], given_up: trials[given_up]} | late, after)
    assert read_run(given_up).state.status == "finished"
    assert read_run(next(iter(late))).state.message == "The search gave it up after 1 of 9 epochs."


@needs_ray
def test_a_search_without_asha_is_not_judged(started):
    trials, judge = create_trials(SIX, asha_epochs=0), SearchJudge()
    judge.look(list_runs())
    for _ in range(10):
        train_an_epoch(trials, judge)
    assert {run.state.status for run in list_runs()} == {"finished"}


@needs_ray
def test_asha_gives_up_what_is_no_number():
    assert judge_by_asha(9)("run", 1, math.nan)


def test_asha_without_the_extra_says_what_to_install(monkeypatch):
    monkeypatch.setattr(search_judge, "has_asha", lambda: False)
    with pytest.raises(PneumoscopeError, match="pip install"):
        require_asha()


def test_a_trial_deleted_meanwhile_does_not_end_the_search(started, dataset):
    runs = submit_search(LESSON, dataset, "Lesson", [{"dropout": 0.1}, {"dropout": 0.3}])
    write_epochs(runs[0], [0.5])
    write_state(runs[0].folder, RunState(status="finished"))
    seen = []

    def look(done, total):
        if not seen:
            delete_run(runs[1])
        seen.append((done, total))

    assert [run.id for run in follow_search(runs, on_progress=look)] == [runs[0].id]
    assert seen == [(4, 8), (8, 8)]
