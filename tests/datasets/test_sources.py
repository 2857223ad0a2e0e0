"""Data sets that the dashboard draws or fetches itself appear whole or not at all."""

import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.datasets.fetched_set import FetchedSet
from xray_core.datasets import sources
from xray_core.datasets.catalog import pictures_folder
from xray_core.datasets.drawn_chest import series
from xray_core.errors import DatasetError, StoppedError

pytestmark = pytest.mark.usefixtures("empty_workspace")


@pytest.fixture(autouse=True)
def _few_small_pictures(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sources, "_DRAWN_PICTURES", 8)
    monkeypatch.setattr(sources, "_DRAWN_SIZE", 48)


def list_pictures() -> list[Path]:
    return list((pictures_folder() / "synthetic" / "train").rglob("*.jpeg"))


def test_two_that_draw_at_once_leave_one_whole_set():
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: sources.draw_dataset(), range(2))
    assert first.id == second.id
    assert len(list_pictures()) == 6
    assert [path.name for path in pictures_folder().iterdir()] == ["synthetic"]


def test_a_stopped_drawing_leaves_nothing():
    with pytest.raises(StoppedError):
        sources.draw_dataset(should_stop=lambda: True)
    assert not list(pictures_folder().iterdir())


def test_a_full_disk_is_no_data_set(monkeypatch: pytest.MonkeyPatch):
    def fail(*about: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(series, "_write", fail)
    with pytest.raises(OSError, match="No space"):
        sources.draw_dataset()
    assert not list(pictures_folder().iterdir())


@pytest.fixture
def fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FetchedSet:
    return FetchedSet(tmp_path, monkeypatch)


def test_what_was_fetched_is_a_data_set(tmp_path: Path, fetched):
    picture = tmp_path / "fetched" / "train" / "NORMAL" / "1.png"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"x")
    fetched.answer_with(f"return {str(tmp_path / 'fetched')!r}")
    assert sources.download_dataset().root == tmp_path / "fetched"


def test_a_download_can_be_stopped(fetched):
    fetched.answer_with("import time; time.sleep(600)")
    with pytest.raises(StoppedError):
        sources.download_dataset(should_stop=lambda: True)
    assert not multiprocessing.active_children()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("raise ValueError('Unsupported archive type.')", "it failed: Unsupported archive type"),
        ("import os; os._exit(1)", "the download broke off"),
    ],
)
def test_a_download_that_fails_says_why(fetched, body, words):
    fetched.answer_with(body)
    with pytest.raises(DatasetError, match=words):
        sources.download_dataset()
