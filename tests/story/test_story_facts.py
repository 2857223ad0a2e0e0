"""What the story says of models and of its recorded lesson."""

import pytest

from tests.comparison.made_models import disturb, make_drawn_answers, make_model, read_official
from xray_core.model_store import DEFAULT_CLASSIFIER, read_classifier_card
from xray_core.story.draw_lesson import draw_lesson
from xray_core.story.facts import count_turned, describe_fix, find_shared, first_measurement
from xray_core.story.recording import read_recording
from xray_core.story.script import read_script
from xray_core.training.presets.catalog import get_preset

pytestmark = pytest.mark.usefixtures("empty_workspace")


def test_figures_are_shared_only_on_the_same_pictures():
    card = read_classifier_card(DEFAULT_CLASSIFIER)
    same = make_model("whole-pictures", {"test": disturb(read_official(), 1)})
    ours, theirs = find_shared(card, same)
    assert ours == card.measurements["official test"]
    assert theirs == same.measurements["test"]
    other = make_model("elsewhere", {"official test": make_drawn_answers()})
    assert find_shared(card, other) is None


def test_normal_xrays_that_a_cover_turns_into_pneumonia_are_counted():
    card = read_classifier_card(DEFAULT_CLASSIFIER)
    answers = read_official()
    limit = 0.5
    well = (answers["label"] == 0) & (answers["probability"] < limit)
    turned = answers.index[well][:7]
    theirs = answers.assign(probability_rest_covered=0.0, probability_lungs_covered=0.9)
    theirs.loc[turned, "probability_rest_covered"] = limit
    found = count_turned(card, make_model("turns", {"test": theirs}))
    assert (found.both, found.second) == (well.sum(), 7)
    assert found.first == (well & (answers["probability_rest_covered"] >= limit)).sum()
    unasked = answers.drop(columns=["probability_rest_covered", "probability_lungs_covered"])
    assert count_turned(card, make_model("unasked", {"test": unasked})) is None
    other = make_model("elsewhere", {"official test": make_drawn_answers()})
    assert count_turned(card, other) is None


def test_the_shipped_models_show_the_trap():
    card, whole = (read_classifier_card(name) for name in (DEFAULT_CLASSIFIER, "whole-image"))
    found = count_turned(card, whole)
    assert found.both > 100
    assert found.first < 0.02 * found.both
    assert found.second > 0.8 * found.both
    ours, theirs = find_shared(card, whole)
    assert ours.figures["auc_lungs_covered"].low < 0.55
    assert theirs.figures["auc_lungs_covered"].low > 0.8


def test_the_fix_is_told_in_measured_figures():
    card = read_classifier_card(DEFAULT_CLASSIFIER)
    name, ours = first_measurement(card)
    assert name == "official test"
    alone = describe_fix(card, ours, None, None)
    answers = read_official().dropna(subset=["probability"])
    accuracy = 100 * ((answers["probability"] >= 0.5) == answers["label"]).mean()
    evidence = 100 * ours.figures["evidence_in_lungs"].value
    assert f"{accuracy:.1f} % right" in alone
    assert f"{evidence:.1f} % of the evidence in the lungs" in alone
    beside = describe_fix(card, ours, card.model_copy(update={"title": "Whole"}), ours)
    assert beside.count(f"{accuracy:.1f} %") == 2
    assert "“Whole”" in beside


def test_the_recording_is_of_the_lesson_as_it_is_now():
    recording = read_recording()
    lesson = get_preset("lesson").config
    assert recording.epochs == len(recording.table) == lesson.epochs
    assert recording.table["val_accuracy"].between(0, 1).all()
    assert recording.seconds < 60
    assert 0 < recording.test_right <= recording.test_images


def test_the_curve_ends_where_the_recording_ends():
    recording = read_recording()
    drawn = {trace.name: trace for trace in draw_lesson(recording.table, 14).data}
    line = drawn["pictures it did not learn from"]
    assert line.y[-1] == 100 * recording.table["val_accuracy"].iloc[-1]
    assert list(line.x) == list(range(1, recording.epochs + 1))


def test_a_curve_without_an_epoch_is_empty():
    drawn = draw_lesson(read_recording().table[:0], 14).data
    assert all(len(trace.x) == 0 for trace in drawn)


def test_the_script_has_eight_steps_with_notes():
    script = read_script()
    assert len(script) == len({step.name for step in script}) == 8
    assert all(len(step.notes.split()) > 20 for step in script)
