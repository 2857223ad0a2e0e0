"""What a worker tells of itself while it works."""

import os
import time

import psutil
import pytest

from tests.training.jobs.small_runs import LESSON
from xray_core.errors import StoppedError
from xray_core.training.config import change_config
from xray_core.training.jobs import reporter as reporter_module
from xray_core.training.jobs.reporter import Reporter
from xray_core.training.jobs.run_files import ask_to_stop
from xray_core.training.jobs.run_folder import create_run


@pytest.fixture
def run():
    return create_run(change_config(LESSON, {"epochs": 4}), "data", "Told of")


def test_the_time_left_follows_from_the_steps_that_were_done(run, monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(reporter_module.time, "monotonic", lambda: clock[0])
    reporter = Reporter(run)
    for epoch, step in ((1, 3), (1, 8), (2, 5)):  # of ten; the run was resumed in its second epoch
        clock[0] += 10.0
        assert not reporter.tell_step(epoch, step, 10)
    told = run.read_progress()
    assert (told.phase, told.epoch, told.done, told.total) == ("training", 2, 5, 10)
    # 12 steps took 20 seconds, and 15 are left.
    assert told.seconds_left == pytest.approx(25.0)


def test_processor_and_memory_are_those_of_this_process(run):
    tell = Reporter(run).phase("reading")
    busy_until = time.monotonic() + 0.6
    while time.monotonic() < busy_until:
        sum(range(100_000))
    tell(1, 2)
    told = run.read_progress()
    here = psutil.Process(os.getpid()).memory_info().rss
    assert told.phase == "reading"
    assert here / 2 < told.memory_bytes < here * 2
    assert 10 < told.cpu_percent < 100 * ((os.cpu_count() or 1) + 1)


def test_a_wish_is_heard_at_the_next_step(run, monkeypatch):
    monkeypatch.setattr(reporter_module, "_TELL_SECONDS", 0)
    reporter = Reporter(run)
    assert not reporter.tell_step(0, 1, 10)
    ask_to_stop(run.folder, "keep")
    assert reporter.tell_step(0, 2, 10)
    ask_to_stop(run.folder, "cancel", "The search gave it up.")
    with pytest.raises(StoppedError, match="The search gave it up"):
        reporter.tell_step(0, 3, 10)
