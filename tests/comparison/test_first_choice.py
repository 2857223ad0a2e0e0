"""What stands side by side before anybody chose."""

from xray_core.comparison import first_choice
from xray_core.comparison.first_choice import choose_first
from xray_core.model_card import Figure, Measurement
from xray_core.model_store import DEFAULT_CLASSIFIER, read_classifier_card


def make_card(model_id, preset, accuracy):
    card = read_classifier_card(DEFAULT_CLASSIFIER)
    training = card.training.model_copy(update={"preset": preset})
    found = Measurement(data="drawn", n=10, figures={"accuracy": Figure(value=accuracy)})
    changes = {"id": model_id, "training": training, "measurements": {"test": found}}
    return card.model_copy(update=changes)


def test_the_default_stands_beside_own_models_and_the_best_of_each_project(monkeypatch):
    cards = [
        make_card("a3", "a3-dense-third", 0.8),
        make_card("a5", "a5-cnn-deeper", 0.9),
        make_card("e1", "e1-simple-cnn", 0.7),
        make_card("mine", "lesson", 0.1),
        make_card(DEFAULT_CLASSIFIER, "lungs-only", 0.5),
        make_card("whole", "whole-image", 0.95),
    ]
    monkeypatch.setattr(first_choice, "is_shipped", lambda model_id: model_id != "mine")
    assert choose_first(cards) == [DEFAULT_CLASSIFIER, "mine", "whole", "a5", "e1"]


def test_a_model_that_was_never_judged_comes_last():
    judged = make_card("judged", "a3-dense-third", 0.2)
    unjudged = make_card("new", "a3-dense-third", 0.9).model_copy(update={"measurements": {}})
    assert choose_first([unjudged, judged]) == ["judged", "new"]
