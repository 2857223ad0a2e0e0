"""What can be asked about an answer: trust, covers, comparisons, and reading first."""

import gc
import json
import time
import weakref
from dataclasses import replace
from html import unescape

import cv2
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.diagnosis.drawn_diagnosis import draw_diagnosis, draw_xray
from tests.diagnosis.test_ask_back import CountsBrightness
from tests.diagnosis.test_verdict import make_examination
from tests.pages.answering_model import AnsweringModel
from ui.diagnose import compare, kinds, trust
from xray_core.diagnosis.conformal import ConformalScores
from xray_core.diagnosis.gate import Concern
from xray_core.errors import PneumoscopeError, StoppedError
from xray_core.images.prepare import InputSpec
from xray_core.model_card import Figure, Measurement
from xray_core.model_store import DEFAULT_CLASSIFIER, read_classifier_card

QUESTION = "diagnose_question"
TRUST, ASK_BACK, COMPARE = "Can I trust the overlay?", "Ask back", "Compare"


@pytest.fixture
def answered(app: AppTest, model: AnsweringModel) -> AppTest:
    spec = InputSpec(size=112, outside_lungs="lung_pool", spread_exposure=False)
    model.classifier, model.segmenter = CountsBrightness(spec), None
    return drop(app)


def test_nothing_is_computed_before_it_is_asked_for(answered: AppTest, model: AnsweringModel):
    assert answered.segmented_control(QUESTION).value is None
    assert model.asked == 1
    assert answered.session_state["diagnose_reading"][1].panels == {}


def test_an_overlay_that_fails_gets_a_warning_across_it(answered: AppTest, monkeypatch):
    failing = make_examination(randomised=0.99)
    monkeypatch.setattr(trust, "examine_overlay", lambda *about, **more: failing)
    check(answered)

    assert answered.error[0].value.startswith("Do not rely on this overlay")
    warning = answered.error[0].value
    assert read_view(answered)["warning"] == warning
    assert answered.session_state["diagnose_reading"][1].overlay_warning == warning
    assert sum(":red[" in text.value for text in answered.markdown) == 1


def test_an_overlay_that_withstands_all_checks_has_no_warning(answered: AppTest, monkeypatch):
    monkeypatch.setattr(trust, "examine_overlay", lambda *about, **more: make_examination())
    check(answered)

    assert "withstood all 4 checks" in answered.success[0].value
    assert read_view(answered)["warning"] == ""


def test_what_the_network_draws_after_it_forgot_stands_beside_the_overlay(
    answered: AppTest, monkeypatch
):
    monkeypatch.setattr(trust, "examine_overlay", lambda *about, **more: make_examination())
    check(answered)

    shown = [image.proto.imgs[0].url for image in answered.get("image")]
    overlay, last, everything = shown[:3]
    assert overlay != last == everything  # drawn by the test: a patch, and its negative twice
    told = " ".join(text.value for text in answered.markdown)
    assert "The last layer forgot: likeness **0.60**" in told
    assert "All layers forgot: likeness **0.10**" in told


def test_a_model_without_weights_is_checked_as_far_as_its_answers_tell(
    answered: AppTest, model: AnsweringModel, monkeypatch
):
    model.card = replace(model.card, files={})
    served = {"randomised": {}, "forgotten": {}, "maps": {}, "agreement": {}}
    found = replace(make_examination(), **served)
    monkeypatch.setattr(trust, "examine_overlay", lambda *about, **more: found)
    answered.segmented_control(QUESTION).set_value(TRUST).run()
    assert "What needs them is left out" in answered.info[0].value
    check(answered)

    assert not answered.exception
    assert "withstood the 2 of 4 checks" in answered.info[0].value
    assert not answered.success
    told = " ".join(text.value for text in answered.markdown)
    assert told.count("Not checked") == 2
    assert "forgot what it had learnt" not in told
    assert read_view(answered)["warning"] == ""


def test_an_error_of_the_checks_is_told_and_they_can_be_started_again(
    answered: AppTest, monkeypatch
):
    def fail(*about, **more):
        raise PneumoscopeError("too little memory")

    monkeypatch.setattr(trust, "examine_overlay", fail)
    check(answered)

    assert "too little memory" in answered.error[0].value
    assert answered.button("diagnose_check")


def test_checks_end_when_their_xray_goes(answered: AppTest, monkeypatch):
    stopped = []

    def wait(*about):
        should_stop = about[-1]
        while not should_stop():
            time.sleep(0.01)
        stopped.append(True)
        raise StoppedError("stopped")

    monkeypatch.setattr(trust, "examine_overlay", wait)
    answered.segmented_control(QUESTION).set_value(TRUST).run()
    answered.button("diagnose_check").click().run()
    answered.run()
    assert not stopped, "another run of the page ended the checks"
    reading = weakref.ref(answered.session_state["diagnose_reading"][1])

    drop(answered, shade=0.5)
    gc.collect()

    assert reading() is None
    deadline = time.monotonic() + 10
    while not stopped and time.monotonic() < deadline:
        time.sleep(0.01)
    assert stopped == [True]


def test_an_overlay_that_shows_nothing_is_not_checked(answered: AppTest, model: AnsweringModel):
    model.answer = draw_diagnosis("normal", 0.01, heatmap=np.full((224, 224), -1, np.float32))
    drop(answered, shade=0.5)
    answered.segmented_control(QUESTION).set_value(TRUST).run()

    assert "nothing to check" in answered.info[0].value


def test_covering_a_zone_tells_the_probability_after_and_before(answered: AppTest):
    answered.segmented_control(QUESTION).set_value(ASK_BACK).run()
    assert any("Draw a box" in text.value for text in answered.caption)

    answered.selectbox("diagnose_cover").set_value("left lower zone").run()

    assert not answered.exception
    assert answered.metric[0].label == "Probability of pneumonia"
    assert any("Before: 97 %; threshold" in text.value for text in answered.caption)
    assert any("of the lungs" in text.value for text in answered.caption)


def test_moving_the_exposure_asks_again(answered: AppTest, model: AnsweringModel):
    answered.segmented_control(QUESTION).set_value(ASK_BACK).run()
    assert model.asked == 1
    model.answer = draw_diagnosis("normal", 0.2)
    answered.slider("diagnose_brightness").set_value(0.1).run()

    assert model.asked == 2
    assert answered.metric[0].value == "20.0 %"
    assert "**normal** instead of pneumonia" in answered.warning[0].value


def test_a_follow_up_stands_beside_the_first(answered: AppTest, model: AnsweringModel):
    answered.segmented_control(QUESTION).set_value(COMPARE).run()
    model.answer = draw_diagnosis("normal", 0.2)
    model.answer = replace(model.answer, concerns=(Concern("mirrored", "It may be mirrored."),))
    answered.file_uploader[-1].set_value(("second.png", png(0.5), "image/png")).run()

    assert answered.warning[0].value == "Second X-ray: It may be mirrored."
    assert not answered.dataframe, "the second answer is shown before anybody went past the warning"
    answered.button("diagnose_go_on Second X-ray").click().run()
    assert answered.warning[0].value == "Second X-ray: It may be mirrored."
    table = answered.dataframe[0].value
    assert table["First X-ray"].tolist()[:3] == ["pneumonia", "97 %", "threshold 60 %"]
    assert table["Second X-ray"].tolist()[:3] == ["normal", "20 %", "threshold 60 %"]
    assert [pane["view"] for pane in read_data(answered, -1)["panes"]] == [0, 1]

    drop(answered, shade=0.8)
    assert not answered.dataframe, "the follow-up of one patient stands beside the next"


def test_only_models_that_can_answer_are_offered_for_comparison(answered: AppTest):
    answered.segmented_control(QUESTION).set_value(COMPARE).run()
    answered.radio("diagnose_compare_with").set_value("Another model").run()

    offered = answered.selectbox("diagnose_other_model").options
    assert offered
    assert not any("(a1-dense-baseline)" in title for title in offered)


def test_without_another_model_the_page_says_where_to_get_one(answered: AppTest, monkeypatch):
    monkeypatch.setattr(compare, "list_classifiers", list)
    answered.segmented_control(QUESTION).set_value(COMPARE).run()
    answered.radio("diagnose_compare_with").set_value("Another model").run()

    assert "There is no other model yet: train one" in answered.info[0].value
    assert "diagnose_other_model" not in [box.key for box in answered.selectbox]


@pytest.mark.parametrize(
    ("kinds_model", "asked", "title"),
    [("of-kinds", 2, "**Second opinion, by kind:**"), (None, 1, "**By kind:**")],
    ids=["another", "the same"],
)
def test_a_model_of_kinds_names_them_how_often_they_are_right_and_its_limits(
    app: AppTest, model: AnsweringModel, monkeypatch, kinds_model, asked, title
):
    kinds_model = kinds_model or model.answer.model_id
    figures = {"kind_right": Figure(value=0.8, low=0.75, high=0.85)}
    card = read_classifier_card(DEFAULT_CLASSIFIER).model_copy(
        update={
            "id": kinds_model,
            "classes": ("normal", "bacterial", "viral"),
            "limits": ("Only frontal ones.",),
            "measurements": {"test": Measurement(data="drawn", n=9, figures=figures)},
        }
    )
    monkeypatch.setattr(kinds, "list_classifiers", lambda: [card])
    shares = {"normal": 0.1, "bacterial": 0.7, "viral": 0.2}
    model.answer = replace(model.answer, classes=shares)
    drop(app)
    app.run()

    assert not app.exception
    assert model.asked == asked, "a second opinion is asked for once"
    told = next(text.value for text in app.markdown if "viral **20" in text.value)
    assert told.startswith(title)
    assert told.endswith("normal **10 %** · bacterial **70 %** · viral **20 %**")
    caption = next(text.value for text in app.caption if "90.7 %" in text.value)
    assert "80.0 %" in caption
    assert "Only frontal ones." in caption


def test_without_a_model_of_kinds_there_is_no_second_opinion(answered: AppTest):
    assert not any("Second opinion" in text.value for text in answered.markdown)


def test_read_first_hides_the_answer_until_a_reading_is_committed(app: AppTest):
    read_first(app)

    assert not app.html
    assert [pane["evidence"] for pane in read_data(app)["panes"]] == [False]
    assert read_view(app)["heat"] == ""

    commit(app, "normal")

    assert "PNEUMONIA" in unescape(app.html[0].value)
    assert any("You read **normal**" in text.value for text in app.markdown)


def test_a_commitment_needs_a_reading(app: AppTest):
    read_first(app)
    commit(app, None)

    assert "Choose one" in app.error[0].value
    assert not app.html


def test_the_log_keeps_what_was_said_first_and_what_was_made_of_the_answer(app: AppTest):
    read_first(app)
    commit(app, "pneumonia")
    app.segmented_control("diagnose_judgement_0").set_value("agree").run()
    app.text_input("diagnose_note_0").set_value("as expected").run()

    row = app.dataframe[-1].value.iloc[0]
    assert (row["reading"], row["verdict"], row["agreement"]) == ("pneumonia", "pneumonia", "yes")
    assert (row["judgement"], row["note"]) == ("agree", "as expected")
    assert len(row["image_sha256"]) == 64
    assert "chest.png" not in row.to_string()


def test_the_log_keeps_the_verdict_that_was_given_when_the_error_rate_moves(
    app: AppTest, model: AnsweringModel
):
    model.scores = ConformalScores(np.linspace(0.01, 0.99, 99), np.linspace(0.02, 1, 99))
    model.answer = draw_diagnosis(probability=0.97)
    read_first(app)
    commit(app, "normal")
    app.slider("diagnose_error_percent").set_value(1).run()
    app.segmented_control("diagnose_judgement_0").set_value("reject").run()

    assert "CANNOT TELL" in unescape(app.html[0].value)
    row = app.dataframe[-1].value.iloc[0]
    assert (row["verdict"], row["agreement"], row["judgement"]) == ("pneumonia", "no", "reject")
    (told,) = [text.value for text in app.markdown if "You read **normal**" in text.value]
    assert "the answer was **pneumonia**" in told
    assert "now **cannot tell**" in told


def test_an_answer_that_was_seen_cannot_be_read_first(answered: AppTest):
    answered.toggle("diagnose_read_first").set_value(True).run()

    assert "You have seen the answer" in answered.info[0].value
    assert answered.html


def test_an_answer_that_was_seen_beside_another_cannot_be_read_first(answered: AppTest):
    answered.segmented_control(QUESTION).set_value(COMPARE).run()
    answered.file_uploader[-1].set_value(("second.png", png(0.5), "image/png")).run()
    assert len(answered.dataframe[0].value.columns) == 3

    answered.toggle("diagnose_read_first").set_value(True).run()
    drop(answered, 0.5)
    assert "You have seen the answer" in answered.info[0].value


def drop(app: AppTest, shade: float = 1.0) -> AppTest:
    return app.file_uploader[0].set_value(("chest.png", png(shade), "image/png")).run()


def png(shade: float = 1.0) -> bytes:
    return cv2.imencode(".png", draw_xray().pixels * 255 * shade)[1].tobytes()


def check(app: AppTest) -> None:
    """Open the panel, start the checks, and wait until they ended."""
    app.segmented_control(QUESTION).set_value(TRUST).run()
    app.button("diagnose_check").click().run()
    job = app.session_state["diagnose_reading"][1].panels.get("trust_job")
    if job is not None:
        job._thread.join(10)
        app.run()


def read_first(app: AppTest) -> None:
    app.toggle("diagnose_read_first").set_value(True).run()
    drop(app)


def commit(app: AppTest, impression: str | None) -> None:
    if impression is not None:
        app.radio[0].set_value(impression)
    [button] = [button for button in app.button if button.label.startswith("Commit")]
    button.click().run()


def read_data(app: AppTest, place: int = 0) -> dict:
    """Return what a viewer was sent."""
    told = [found.proto.json for found in app.get("bidi_component") if found.proto.json]
    return json.loads(told[place])


def read_view(app: AppTest) -> dict:
    return read_data(app)["views"][0]
