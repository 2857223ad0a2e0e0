"""The app as a visitor drives it, without a browser, answered by a model of the test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.diagnosis.drawn_diagnosis import draw_diagnosis
from tests.pages.answering_model import AnsweringModel
from ui.diagnoser import get_diagnoser
from xray_core.diagnosis import diagnose

APP = Path(__file__).resolve().parents[2] / "app.py"


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[AnsweringModel]:
    answering = AnsweringModel(draw_diagnosis())
    monkeypatch.setattr(diagnose, "load_diagnoser", lambda model_id=None: answering)
    get_diagnoser.clear()
    yield answering
    get_diagnoser.clear()


@pytest.fixture
def app(model: AnsweringModel) -> AppTest:
    """The app on its Diagnose page."""
    return AppTest.from_file(APP, default_timeout=30).switch_page("pages/diagnose.py").run()
