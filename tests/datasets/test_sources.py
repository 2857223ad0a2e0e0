"""Data sets that the dashboard draws itself appear whole or not at all."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from xray_core.datasets import sources
from xray_core.datasets.catalog import pictures_folder
from xray_core.datasets.drawn_chest import series
from xray_core.errors import StoppedError

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
