"""The app as a visitor drives it, without a browser, answered by a model of the test's own."""

import gc
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from tests.diagnosis.drawn_diagnosis import draw_diagnosis
from tests.pages.answering_model import AnsweringModel
from ui.diagnose import kinds
from ui.diagnoser import get_diagnoser
from xray_core.diagnosis import diagnose

APP = Path(__file__).resolve().parents[2] / "app.py"


@pytest.fixture(scope="module", autouse=True)
def _spare_old_garbage() -> Iterator[None]:
    """Hide what was there before from Streamlit, which collects garbage after each run of a page.

    TensorFlow is among it, loaded by other tests of this process: that was most of their time.
    """
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(scope="session", autouse=True)
def _look_for_components_once() -> Iterator[None]:
    """Streamlit reads about every installed package for each AppTest: half of the time it takes."""
    with pytest.MonkeyPatch.context() as patch:
        scan = cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", scan)
        yield


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[AnsweringModel]:
    answering = AnsweringModel(draw_diagnosis())
    monkeypatch.setattr(diagnose, "load_diagnoser", lambda model_id=None: answering)
    monkeypatch.setattr(kinds, "list_classifiers", list)  # no second opinion unless a test asks
    get_diagnoser.clear()
    yield answering
    get_diagnoser.clear()


@pytest.fixture
def app(model: AnsweringModel) -> AppTest:
    """The app on its Diagnose page."""
    return AppTest.from_file(APP, default_timeout=30).switch_page("pages/diagnose.py").run()


def list_picture_urls(app: AppTest) -> list[str]:
    """Return where each picture's pixels lie; Streamlit names them by their hash."""
    return [image.url for element in app.get("image") for image in element.proto.imgs]
