"""What every test stands on: a workspace, fixed seeds, real X-rays where they are."""

import os
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from tools.chromium import find_chromium

ROOT = Path(__file__).resolve().parent.parent

# The same examples every time, and no deadline: a slow machine is no bug.
settings.register_profile("pneumoscope", derandomize=True, deadline=None)
settings.load_profile("pneumoscope")

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow's notes on the CPU hide ours


@pytest.fixture(scope="session", autouse=True)
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A temporary folder in place of the user's workspace, for this process and its children."""
    folder = tmp_path_factory.mktemp("workspace")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PNEUMOSCOPE_WORKSPACE", str(folder))
        yield folder


@pytest.fixture
def empty_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workspace of the test's own, with nothing in it."""
    monkeypatch.setenv("PNEUMOSCOPE_WORKSPACE", str(tmp_path / "workspace"))


@pytest.fixture(autouse=True)
def _fixed_seed() -> None:
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002 - for the libraries that draw from the global generator


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real X-rays, which are not part of the project."""
    named = os.environ.get("PNEUMOSCOPE_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no real X-rays in {folder}; PNEUMOSCOPE_DATA may name their folder")
    return folder


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """A Chromium that starts, for Playwright's executable_path."""
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium that starts; `make test` installs one")
    return path
