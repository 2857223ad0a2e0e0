"""A search is a group of ordinary runs; ASHA ends the hopeless, and the best is named."""

import importlib.util
import math
import sys

import pytest

from tests.datasets.drawn_folders import write_classes
from tests.training.jobs.small_runs import LESSON
from xray_core.datasets.catalog import add_dataset
from xray_core.datasets.index import index_layout
from xray_core.datasets.layout import find_layout
from xray_core.datasets.resplit import propose_split, save_split
from xray_core.errors import InvalidConfigError, PneumoscopeError
from xray_core.training.config import change_config
from xray_core.training.jobs import search_runs
from xray_core.training.jobs.judge_by_asha import judge_by_asha
from xray_core.training.jobs.queue import list_queued
from xray_core.training.jobs.run_files import write_state
from xray_core.training.jobs.run_folder import create_run, delete_run, list_runs, read_run
from xray_core.training.jobs.run_records import RunState
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
    assert [run.request.title for run in runs] == ["Lesson: dropout 0.1", "Lesson: dropout 0.3"]
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
        finish("Last epoch", [0.99, 0.8], keep="last"),
        finish("Not a number", [0.99], [math.nan]),
        create_run(LESSON, "data", "Waits"),
    ]
    assert find_best(runs) == (runs[0], 0.9)
    assert find_best(runs[2:]) is None


def test_runs_that_see_other_pictures_are_named_with_a_caution():
    whole = finish("Whole", [0.9], **{"input.outside_lungs": "whole"})
    lungs = finish("Lungs", [0.8])
    assert "no lungs are found" in describe_differing_pictures([whole, lungs])
    assert describe_differing_pictures([whole]) == describe_differing_pictures([lungs]) == ""


@pytest.fixture
def train_together(monkeypatch):
    """Let all runs train an epoch whenever the search looks, and obey their wishes."""
    monkeypatch.setattr(search_runs, "_LOOK_SECONDS", 0)

    def use(curves):
        def train():
            for run, curve in curves:
                if run.read_stop() == "cancel":
                    write_state(run.folder, RunState(status="cancelled"))
                elif (epochs := len(run.read_history()) + 1) <= len(curve):
                    write_epochs(run, curve[:epochs])
                    write_state(run.folder, RunState(status="running"))
                else:
                    write_state(run.folder, RunState(status="finished"))

        monkeypatch.setattr(search_runs, "keep_working", train)

    return use


@needs_ray
def test_asha_gives_up_the_hopeless_and_says_so(started, train_together):
    config = change_config(LESSON, {"epochs": 9})
    runs = [create_run(config, "data", f"Trial {number}") for number in range(6)]
    train_together(
        [
            (run, [0.9 - 0.1 * place + 0.01 * epoch for epoch in range(9)])
            for place, run in enumerate(runs)
        ]
    )
    seen = []
    ended = follow_search(runs, judge_by_asha(9), lambda done, total: seen.append((done, total)))
    assert ended[0].state.status == "finished"
    given_up = [run for run in ended if run.state.status == "cancelled"]
    assert len(given_up) == 5
    assert all("The search gave it up after" in run.state.message for run in given_up)
    assert all(run.can_resume for run in given_up)
    assert find_best(ended)[0].id == runs[0].id
    assert seen[-1] == (54, 54)


@needs_ray
def test_asha_gives_up_what_is_no_number():
    assert judge_by_asha(9)("run", 1, math.nan)


def test_a_grid_lets_every_run_end(started, train_together):
    runs = [create_run(LESSON, "data", f"Trial {number}") for number in range(3)]
    train_together([(run, [0.6, 0.7, 0.8, 0.9]) for run in runs])
    assert {run.state.status for run in follow_search(runs)} == {"finished"}


def test_asha_without_the_extra_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray.tune.schedulers", None)
    with pytest.raises(PneumoscopeError, match="pip install"):
        judge_by_asha(9)


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
