"""The front door: three ways in, how things stand, and addresses that stay."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import APP
from xray_core.paths import workspace
from xray_core.training.jobs.run_files import write_state
from xray_core.training.jobs.run_folder import create_run
from xray_core.training.jobs.run_records import RunState
from xray_core.training.presets.catalog import get_preset_config

pytestmark = pytest.mark.usefixtures("empty_workspace")


@pytest.fixture
def start():
    app = AppTest.from_file(APP, default_timeout=60).run()
    assert not app.exception
    return app


def test_three_doors_each_with_a_first_thing_to_try(start):
    assert len(start.subheader) == 3
    assert sum("Try first" in text.value for text in start.markdown) == 3
    led = {link.proto.page for link in start.get("page_link")}
    assert led == {"diagnose", "explore_dataset", "train_model", "compare_models", "present"}


def test_one_line_says_how_the_system_stands(start):
    assert (
        start.text[0].value
        == "Default model: Lungs only · Data set: none chosen yet · Runs: none yet"
    )
    for title, status in (("a", "queued"), ("b", "finished"), ("c", "finished")):
        run = create_run(get_preset_config("lesson"), "drawn", title)
        write_state(run.folder, RunState(status=status))
    assert start.run().text[0].value.endswith("Runs: 1 queued, 2 finished")


def test_a_broken_workspace_leaves_the_door_open():
    (workspace() / "datasets").mkdir(parents=True)
    (workspace() / "datasets" / "chosen").write_text("gone")
    (workspace() / "runs" / "broken").mkdir(parents=True)
    app = AppTest.from_file(APP, default_timeout=60).run()
    assert not app.exception
    assert "none chosen yet" in app.text[0].value
    assert app.text[0].value.endswith("Runs: none yet, 1 unreadable")


def test_a_workspace_that_is_a_file_is_said(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("PNEUMOSCOPE_WORKSPACE", str(tmp_path / "file"))
    app = AppTest.from_file(APP, default_timeout=60).run()
    assert not app.exception
    assert "to be a folder, found a file" in app.error[0].value
