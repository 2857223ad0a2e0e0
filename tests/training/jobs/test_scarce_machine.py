"""Real workers on a machine that is short of memory or disk, and two at once."""

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.training.jobs.small_runs import LESSON, use_worker
from xray_core.datasets.catalog import Dataset, add_dataset
from xray_core.datasets.drawn_chest.series import divide_pictures
from xray_core.datasets.index import index_layout
from xray_core.datasets.layout import find_layout
from xray_core.datasets.synthetic import write_folder
from xray_core.model_store import list_classifiers
from xray_core.training.config import change_config
from xray_core.training.jobs import dispatcher
from xray_core.training.jobs.queue import enqueue_run, stop_and_keep
from xray_core.training.jobs.run_folder import create_run, list_runs, read_run, runs_folder
from xray_core.training.jobs.supervise import supervise

pytestmark = pytest.mark.slow
SMALL_DISK = 8_000_000  # bytes; a run of the lesson needs 3 with the room that it asks for
# Its address space may grow by 300 MB from the moment on at which TensorFlow has been loaded.
SHORT_OF_MEMORY = """
import resource, sys
from pathlib import Path
from xray_core.training import run, worker
held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (held + 300_000_000,) * 2)
sys.exit(worker.main(sys.argv[1]))
"""


@pytest.fixture
def dataset(tmp_path) -> Dataset:
    write_folder(tmp_path / "pictures", divide_pictures(60), 96, seed=0)
    dataset = add_dataset(tmp_path / "pictures", "Drawn")
    index_layout(find_layout(dataset.root), dataset.folder)
    return dataset


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """The folder of all runs on a disk of its own."""
    runs_folder().mkdir(parents=True)
    words = ("mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK}", "small", str(runs_folder()))
    try:
        subprocess.run(words, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("needs the right to mount a small disk")
    yield runs_folder()
    subprocess.run(["umount", "--lazy", str(runs_folder())], check=True)


def wait_until(condition, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited in vain: {list_runs()}"
        time.sleep(0.05)


def fill(path):
    """Write into a file until its disk takes no byte more."""
    block = bytes(4096)
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(block):
            pass


def test_a_disk_that_is_full_ends_the_run_which_goes_on_once_there_is_room(
    dataset, small_disk, started
):
    run = create_run(change_config(LESSON, {"epochs": 60}), dataset.id, "Fills up")
    thread = threading.Thread(target=supervise, args=(run.id,))
    thread.start()
    wait_until(lambda: len(run.read_history()) >= 2)
    ballast = small_disk / "ballast"
    fill(ballast)
    thread.join(60)
    ended = read_run(run.id)
    assert ended.state.status == "failed"
    assert ended.state.message == "The disk is full. Make room, then resume the run."
    done = len(run.read_history())
    assert 2 <= done < 60
    assert run.id not in {card.id for card in list_classifiers()}

    ballast.unlink()
    enqueue_run(ended)
    thread = threading.Thread(target=supervise, args=(run.id,))
    thread.start()
    wait_until(lambda: len(run.read_history()) > done)
    stop_and_keep(run.id)
    thread.join(120)
    assert read_run(run.id).state.status == "finished"
    assert run.id in {card.id for card in list_classifiers()}


def test_a_worker_that_gets_no_more_memory_says_so(dataset, monkeypatch):
    use_worker(monkeypatch, SHORT_OF_MEMORY)
    run = create_run(LESSON, dataset.id, "Large")
    supervise(run.id)
    state = read_run(run.id).state
    assert state.status == "failed"
    assert "memory" in state.message.lower()
    assert "resume it" in state.message
    assert read_run(run.id).read_log()


def test_two_real_workers_train_at_once_where_the_machine_carries_two(
    dataset, monkeypatch, started
):
    monkeypatch.setattr(dispatcher, "runs_at_once", lambda: 2)
    short = change_config(LESSON, {"epochs": 2})
    runs = [create_run(short, dataset.id, name) for name in ("One", "Two", "Three")]
    for run in runs:
        enqueue_run(run)
    most: list[int] = []
    over = threading.Event()

    def count():
        while not over.wait(0.05):
            most.append(sum(run.is_alive for run in list_runs()))

    watch = threading.Thread(target=count)
    watch.start()
    dispatcher._dispatch()
    over.set()
    watch.join()
    assert max(most) == 2
    assert {run.state.status for run in list_runs()} == {"finished"}
    assert {run.id for run in runs} <= {card.id for card in list_classifiers()}
