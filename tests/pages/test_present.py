"""The story, drawn X-rays and a model of the test's own: every part, votes, what is missing."""

import re
import shutil
from html import unescape

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.comparison.made_models import (
    disturb,
    make_drawn_answers,
    make_history,
    make_model,
    read_official,
)
from tests.pages.answering_model import AnsweringModel
from tests.pages.conftest import APP
from ui.present import learn, scene
from xray_core.comparison import style
from xray_core.diagnosis.classifier import Answer
from xray_core.diagnosis.conformal import Cutoffs
from xray_core.errors import LungsNotFoundError
from xray_core.images.prepare import InputSpec
from xray_core.model_store import read_classifier_card
from xray_core.story.album import draw_album
from xray_core.story.script import read_script
from xray_core.training.jobs.run_files import write_state
from xray_core.training.jobs.run_folder import create_run, read_run
from xray_core.training.jobs.run_records import RunState
from xray_core.training.presets.catalog import get_preset_config

SCRIPT = read_script()
WHOLE = InputSpec(size=64, outside_lungs="whole")

STAND_IN = "whole-pictures"

pytestmark = pytest.mark.usefixtures("empty_workspace", "model")


class CoveredClassifier:
    """Stands in for a network that is asked again: it believes whatever is covered."""

    def answer(self, square, lungs):
        return Answer(0.25, np.zeros((224, 224), np.float32))


@pytest.fixture(autouse=True)
def _forget(monkeypatch):
    monkeypatch.setattr(scene, "load_classifier", lambda model_id: CoveredClassifier())
    st.cache_resource.clear()
    st.cache_data.clear()


def open_step(name, part=1):
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["step"] = str([step.name for step in SCRIPT].index(name) + 1)
    app.query_params["part"] = str(part)
    return check(app.run().switch_page("pages/present.py").run())


def check(app):
    assert not app.exception, app.exception[0].message
    return app


def read(app):
    """Return everything on the screen without pictures and tags' attributes."""
    return unescape("\n".join(element.value for element in app.html)).replace("\xa0", " ")


@pytest.fixture(autouse=True)
def _stand_in(monkeypatch):
    """The shipped model of whole pictures cannot be shadowed, so one of another name plays it."""
    monkeypatch.setattr(scene, "WHOLE_IMAGE", STAND_IN)
    monkeypatch.setitem(style._KEPT_PLACES, STAND_IN, style._KEPT_PLACES["whole-image"])


def add_whole_image(answers=None):
    answers = disturb(read_official(), 1) if answers is None else answers
    make_model(STAND_IN, {"test": answers}, input=WHOLE)


@pytest.mark.parametrize(
    ("name", "part"),
    [(step.name, part) for step in SCRIPT for part in range(1, step.parts + 1)],
)
def test_every_part_has_its_title_a_sentence_and_a_source(name, part):
    shown = read(open_step(name, part))
    title = next(step.title for step in SCRIPT if step.name == name)
    assert f"<h1>{title}</h1>" in shown
    assert '<p class="sentence"></p>' not in shown
    assert '<p class="source">' in shown


def test_pictures_say_that_they_are_drawn():
    for name in ("signs", "vote", "look", "trap"):
        assert "Drawn by a program: no real X-ray." in read(open_step(name))


def test_labels_and_answers_wait_until_everybody_has_voted():
    assert "The model says" not in read(open_step("vote"))
    assert read(open_step("vote", 2)).count("The model says") == 3


def test_votes_are_counted_and_told():
    app = open_step("vote")
    for _ in range(2):
        app.button("present_vote_0_pneumonia").click().run()
    app.button("present_vote_0_normal").click().run()
    app.button("present_vote_1_pneumonia").click().run()
    assert app.button("present_vote_0_pneumonia").label == "Pneumonia: 2"
    app.query_params["part"] = "2"
    app.run()
    # The stand-in calls everything pneumonia; the middle one is normal.
    told = "Most of you were right on 1 of 2; the model was right on 2 of 3."
    assert told in read(check(app))
    assert re.findall(r"normal \d+, pneumonia \d+", read(app)) == [
        "normal 1, pneumonia 2",
        "normal 0, pneumonia 1",
        "normal 0, pneumonia 0",
    ]
    assert not [button for button in app.button if button.key.startswith("present_vote")]


def test_votes_can_be_counted_anew():
    app = open_step("vote")
    assert "present_vote_0_anew" not in [button.key for button in app.button]
    app.button("present_vote_0_pneumonia").click().run()
    app.button("present_vote_1_normal").click().run()
    app.button("present_vote_0_anew").click().run()
    assert check(app).button("present_vote_0_pneumonia").label == "Pneumonia: 0"
    assert app.button("present_vote_1_normal").label == "Normal: 1"


def test_votes_on_other_pictures_are_forgotten(monkeypatch):
    app = open_step("vote")
    app.button("present_vote_0_pneumonia").click().run()
    app.session_state["present_voted_on"] = ["another.png"]
    assert check(app.run()).button("present_vote_0_pneumonia").label == "Pneumonia: 0"


def test_a_run_that_is_deleted_meanwhile_gives_the_recording_back():
    run = create_run(get_preset_config("lesson"), "drawn", "Lesson of the story")
    app = open_step("learn")
    app.session_state["present_run"] = run.id
    assert "Live" in read(check(app.run()))
    shutil.rmtree(run.folder)
    assert "A recording of a real training" in read(check(app.run()))


def test_the_trap_says_when_the_whole_image_model_is_missing():
    shown = read(open_step("trap"))
    assert scene.NO_WHOLE_IMAGE in shown
    assert shown.count("<figure>") == 1


def test_the_trap_shows_both_models_before_and_after():
    add_whole_image()
    before = read(open_step("trap"))
    assert scene.NO_WHOLE_IMAGE not in before
    assert before.count("<figure>") == 2
    assert "“Whole pictures” calls" in before
    assert "test X-rays right, from 50 % on." in before
    assert "“Whole pictures”: 97 % for pneumonia" in before
    words = {2: "all but its lungs covered", 3: "The lungs are covered"}
    bars = {2: "normal test X-rays below 50 % for both: above it now", 3: "AUC on 624 test X-rays"}
    for part in (2, 3):
        after = read(open_step("trap", part))
        assert words[part] in after
        told = "for pneumonia before, 25 % now"
        assert f"“Whole pictures”: 97 % {told}; “Lungs only”: 97 % {told}." in after
        assert "It shows: normal." in after
        assert bars[part] in after


def test_the_trap_has_no_bars_where_a_model_was_not_judged_covered():
    covered = ["probability_lungs_covered", "probability_rest_covered"]
    add_whole_image(disturb(read_official(), 1).drop(columns=covered))
    for part in (2, 3):
        assert 'class="bar"' not in read(open_step("trap", part))


def test_the_fix_shows_two_models_only_where_they_judged_the_same_pictures():
    add_whole_image()
    assert read(open_step("fix")).count('class="measured"') == 2
    add_whole_image(make_drawn_answers())
    shown = read(open_step("fix"))
    assert shown.count('class="measured"') == 1
    assert "not judged on the same pictures" in shown


def test_little_figures_stand_for_measured_counts():
    shown = read(open_step("figures"))
    assert shown.count('class="person right"') == 99 + 82
    assert shown.count('class="person wrong"') == 1 + 18
    assert "measured: 387 of 390" in shown
    assert "Adults of another hospital: of 100" in read(open_step("figures", 2))


def test_mistakes_among_drawn_pictures_are_counted():
    judged = draw_album().judged
    ill = sum(picture.label == "pneumonia" for picture in judged)
    shown = read(open_step("figures", 3))
    told = f"Of {len(judged)} drawn X-rays it gets {ill} right and {len(judged) - ill} wrong"
    assert f"{told}, and cannot tell none." in shown
    assert shown.count("<figure>") == len(judged), "those it gets right are shown, too"
    assert shown.count("called ") == len(judged)


def test_no_answer_is_no_mistake(model: AnsweringModel):
    model.answer = model.answer.decide_anew(Cutoffs(0.0, 1.0, 0.05))
    assert model.answer.verdict == "cannot tell"
    shown = read(open_step("figures", 3))
    told = f"Of {len(draw_album().judged)} drawn X-rays it gets none right and none wrong"
    assert f"{told}, and cannot tell {len(draw_album().judged)}." in shown
    assert shown.count("no answer (") == len(draw_album().judged)


def test_without_an_answer_the_step_says_why(model: AnsweringModel):
    model.answer = LungsNotFoundError("Expected both lungs, found one: look again.")
    app = open_step("look")
    assert "Expected both lungs" in app.error[0].value


def test_the_last_step_has_the_words_of_the_card():
    shown = read(open_step("purpose"))
    card = scene.read_cards()[0]
    for limit in card.limits:
        assert limit in shown
    for measured in card.measurements.values():
        assert f"{measured.n} X-rays" in shown
        found = measured.confusion["tp"] / (measured.confusion["tp"] + measured.confusion["fn"])
        assert f"{100 * found:.1f} % [" in shown


def test_an_address_beyond_the_last_step_shows_the_last():
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["step"] = "99"
    app.run().switch_page("pages/present.py").run()
    assert SCRIPT[-1].title in read(check(app))


def test_the_recording_says_that_it_is_one():
    app = open_step("learn")
    assert "A recording of a real training on drawn X-rays" in read(app)
    assert app.button("present_train").label == "Train it now, live"


def test_a_live_training_is_found_after_a_reload_left_and_cancelled():
    run = create_run(get_preset_config("lesson"), "drawn", "Lesson of the story")
    app = open_step("learn")
    assert "Waiting for its turn" in read(app)
    app.button("present_recording").click().run()
    assert "A recording of a real training" in read(check(app))
    assert "present_train" not in [button.key for button in app.button], "one is under way"
    app.button("present_live").click().run()
    app.button("present_cancel").click().run()
    assert "Cancelled." in read(check(app))
    assert read_run(run.id).state.status == "cancelled"


def test_live_training_is_followed_to_its_end(monkeypatch):
    def begin(on_progress, should_stop):
        return create_run(get_preset_config("lesson"), "drawn", "Lesson of the story")

    monkeypatch.setattr(learn, "start_lesson", begin)
    app = open_step("learn")
    app.button("present_train").click().run()
    while "present_run" not in app.session_state:
        app.run()
    run = read_run(app.session_state["present_run"])
    assert "Live: a real training" in read(check(app.run()))
    assert "Waiting for its turn" in read(app)

    write_state(run.folder, RunState(status="finished", started=100, ended=131.6))
    app.run()
    assert "Finished." in read(check(app))  # no model: it was deleted again
    answers, history = make_drawn_answers(40), make_history(14)
    make_model(run.id, {"test": answers}, history)
    history.to_csv(run.folder / "history.csv", index=False)
    told = read(check(app.run()))
    first, last = (f"{100 * history['val_accuracy'].iloc[place]:.0f} %" for place in (0, -1))
    assert f"14 times, and went from {first} to {last} right" in told
    card = read_classifier_card(run.id)
    right = (answers["probability"] >= card.calibration.threshold) == (answers["label"] == 1)
    assert "Trained just now on drawn X-rays, on this computer, in 32 s." in told
    assert f"it called {right.sum()} of 40 new drawn X-rays right" in told
    app.button("present_recording").click().run()
    assert "A recording" in read(check(app))
