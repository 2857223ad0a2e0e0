"""How far to trust an answer: the error rate, and what it means for patients like this one."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from tests.diagnosis.drawn_diagnosis import draw_diagnosis
from tests.pages.answering_model import AnsweringModel
from tests.pages.test_questions import drop
from ui.diagnose import certainty
from xray_core.comparison.predictions import list_test_sets
from xray_core.diagnosis.conformal import Cutoffs
from xray_core.diagnosis.gate import Concern
from xray_core.model_store import DEFAULT_CLASSIFIER, read_classifier_card

CUTOFFS = Cutoffs(low=0.3, high=0.7, error_rate=0.05)


def read_text(app: AppTest) -> str:
    assert not app.exception
    return " ".join(text.value for text in app.markdown)


@pytest.fixture
def judged(app: AppTest, model: AnsweringModel) -> AppTest:
    """The page with a model that was judged on children and on adults."""
    model.card = read_classifier_card(DEFAULT_CLASSIFIER)
    model.answer = draw_diagnosis().decide_anew(CUTOFFS)
    return app


def test_a_childs_answer_is_weighed_by_children(judged: AppTest):
    told = read_text(drop(judged))
    assert "Of 100 children with the answer “pneumonia”" in told
    assert "“official test”" in told


def test_an_adults_answer_is_weighed_by_adults(judged: AppTest, model: AnsweringModel):
    concern = Concern("adult", "It looks like an adult's.")
    model.answer = replace(model.answer, concerns=(concern,))
    drop(judged).button("diagnose_go_on").click().run()
    told = read_text(judged)
    assert "of 100 adults with the answer “pneumonia”" in told
    assert "“adults of another hospital”" in told
    assert "children with the answer" not in told


def test_the_reliability_that_is_taken_away_has_every_test_that_is_drawn(
    judged: AppTest, model: AnsweringModel, monkeypatch
):
    taken = {}
    monkeypatch.setattr(certainty, "show_chart", lambda *shown: taken.update({shown[2]: shown[1]}))
    drop(judged).toggle("diagnose_show_record").set_value(True).run()
    assert not judged.exception
    found = taken["answers"]["test"].value_counts()
    assert found["official test"] == 624
    assert set(found.index) == set(list_test_sets(model.card))
    assert len(found) > 1


def test_a_model_without_scores_says_that_it_is_never_in_doubt(app: AppTest):
    told = read_text(drop(app))
    assert "This model never says “cannot tell”" in told
    assert "diagnose_error_percent" not in [slider.key for slider in app.slider]
