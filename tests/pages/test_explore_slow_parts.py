"""What takes minutes on the data page: begun by a button, watched, cancelled, kept."""

import re
import threading
import time

import pytest
from streamlit.testing.v1 import AppTest
from threadpoolctl import threadpool_limits

from tests.audit.small_index import draw_texture, write_picture, write_two_children
from tests.pages.conftest import APP
from ui.explore import audit, shortcuts
from ui.jobs import get_job
from xray_core.audit.reports import load_model_audit, load_shortcuts
from xray_core.datasets.catalog import add_dataset, choose_dataset
from xray_core.datasets.index import index_layout
from xray_core.datasets.layout import find_layout

pytestmark = pytest.mark.usefixtures("empty_workspace")

MEASURE = "Measure the shortcuts"
ASK = "Ask the models about 13 pictures"


@pytest.fixture(autouse=True, scope="module")
def _one_thread():
    """Small matrices: beside other work, two threads wait for each other."""
    import scipy.linalg  # noqa: F401 - libraries loaded later would not be limited

    with threadpool_limits(limits=1):
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two drawn children six times each, in files that their class makes small; and blobs."""
    root = write_two_children(tmp_path_factory.mktemp("slow") / "data", 12)
    write_picture(root / "PNEUMONIA" / "person99_virus_99.jpeg", draw_texture(1))
    return root


@pytest.fixture
def index(folder):
    dataset = add_dataset(folder)
    choose_dataset(dataset.id)
    return index_layout(find_layout(folder), dataset.folder, workers=1)


class Held:
    """Work that waits after its third step until it may go on or is told to stop."""

    def __init__(self, work):
        self.work, self.go_on, self.calls, self.waits = work, threading.Event(), 0, False

    def __call__(self, index, on_progress, should_stop):
        self.calls += 1

        def tell(done, total):
            on_progress(done, total)
            self.waits = done == 3
            while self.waits and not self.go_on.is_set() and not should_stop():
                time.sleep(0.01)

        return self.work(index, tell, should_stop)


def hold(monkeypatch, module, name):
    held = Held(getattr(module, name))
    monkeypatch.setattr(module, name, held)
    return held


def open_view(view):
    app = AppTest.from_file(APP, default_timeout=60).run()
    app.switch_page("pages/explore_dataset.py").run()
    return run_until(app.segmented_control(key="explore_view").set_value(view).run(), is_over)


def run_until(app, holds, seconds=60):
    end = time.monotonic() + seconds
    while not holds(app):
        assert time.monotonic() < end, "the job takes too long"
        time.sleep(0.05)
        app.run()
    assert not app.exception, app.exception[0].message
    return app


def labels(app):
    return [button.label for button in app.button]


def is_over(app):
    return not {"Cancel", "Stopping…"} & set(labels(app))


def find_button(app, label):
    (button,) = [button for button in app.button if button.label == label]
    return button


def read_progress(app):
    (bar,) = app.get("progress")
    return bar.proto.text


def texts(app):
    return "\n".join(element.value for element in (*app.markdown, *app.caption, *app.error))


def watch_and_cancel(app, held, label, job, told, steps):
    """Begin what waits after its third step, see how far it is, and cancel it."""
    assert not held.calls
    find_button(app, label).click().run()
    run_until(app, lambda app: held.waits)
    # Say that three steps took half a minute; the others will take as long each.
    get_job(job).started = time.monotonic() - 30
    left = round((steps - 3) * 10 / 60)
    assert read_progress(app.run()) == f"{told}: 3 of {steps}, about {left} min left"
    assert label not in labels(app)
    find_button(app, "Cancel").click().run()
    run_until(app, is_over)
    assert not app.error


def begin_again(app, held, label):
    held.go_on.set()
    find_button(app, label).click().run()
    run_until(app, is_over)
    assert held.calls == 2


def test_shortcuts_are_measured_after_a_cancel_and_kept(index, monkeypatch):
    held = hold(monkeypatch, shortcuts, "measure_shortcuts")
    app = open_view("Shortcuts")
    # Every picture is a step, and so are nine figures and five ways to show the pictures.
    watch_and_cancel(app, held, MEASURE, f"shortcuts_{index.fingerprint}", "Measuring", 13 + 9 + 5)
    assert load_shortcuts(index) is None
    begin_again(app, held, MEASURE)
    report = load_shortcuts(index)
    assert len(report.shortcuts) == 9 + 5
    assert (report.pictures, report.covered_pictures) == (13, 12)
    first = report.shortcuts[0]
    assert (first.name, first.auc) == ("file_bytes", 1)
    assert first.sentence.startswith("File size alone tells the classes apart with AUC 1")
    for shown in (app, open_view("Shortcuts")):
        assert all(entry.sentence in texts(shown) for entry in report.shortcuts)
        assert report.note in texts(shown)
        assert len(shown.get("plotly_chart")) == 2
        assert MEASURE not in labels(shown)
    assert held.calls == 2


def test_the_models_are_asked_after_a_cancel_and_their_answer_is_kept(index, monkeypatch):
    held = hold(monkeypatch, audit, "run_model_audit")
    app = open_view("Findings")
    watch_and_cancel(app, held, ASK, f"model_audit_{index.fingerprint}", "Looking at pictures", 13)
    assert load_model_audit(index) is None
    begin_again(app, held, ASK)
    assert len(load_model_audit(index)) == 3
    for shown in (app, open_view("Findings")):
        assert "No verdict is given on 1 of 13 pictures" in texts(shown)
        tables = [table.value for table in shown.dataframe if "reason" in table.value]
        assert [list(table["path"]) for table in tables] == [["PNEUMONIA/person99_virus_99.jpeg"]]
        assert ASK not in labels(shown)
    assert held.calls == 2


@pytest.mark.parametrize(
    ("view", "module", "name", "label"),
    [
        ("Shortcuts", shortcuts, "measure_shortcuts", MEASURE),
        ("Findings", audit, "run_model_audit", ASK),
    ],
    ids=["shortcuts", "models"],
)
def test_what_fails_says_why_and_can_be_begun_again(index, monkeypatch, view, module, name, label):
    def fail(*about):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, name, fail)
    app = open_view(view)
    run_until(find_button(app, label).click().run(), is_over)
    assert re.search("ended early.*No space left on device", app.error[0].value)
    assert label in labels(app)
