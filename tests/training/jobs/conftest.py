"""A workspace of its own for every test, and no dispatcher unless a test wants one."""

import pytest

from xray_core.training.jobs import queue


@pytest.fixture(autouse=True)
def _own_workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("PNEUMOSCOPE_WORKSPACE", str(tmp_path / "workspace"))


@pytest.fixture
def started(monkeypatch):
    """How often somebody wanted a dispatcher."""
    times = []
    monkeypatch.setattr(queue, "start_dispatcher", lambda: times.append(1))
    return times
