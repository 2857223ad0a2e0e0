"""What stands side by side before anybody chose."""

from xray_core.comparison import first_choice
from xray_core.comparison.first_choice import choose_first
from xray_core.model_card import Figure, Measurement
from xray_core.model_store import (
    DEFAULT_CLASSIFIER,
    is_shipped,
    list_classifiers,
    read_classifier_card,
)
from xray_core.training.presets.catalog import PRESETS


def make_card(model_id, preset, accuracy):
    card = read_classifier_card(DEFAULT_CLASSIFIER)
    training = card.training.model_copy(update={"preset": preset})
    found = Measurement(data="drawn", n=10, figures={"accuracy": Figure(value=accuracy)})
    changes = {"id": model_id, "training": training, "measurements": {"test": found}}
    return card.model_copy(update=changes)


def test_the_default_and_its_twin_stand_beside_an_own_model_and_the_best_of_each_project(
    monkeypatch,
):
    cards = [
        make_card("a3", "a3-dense-third", 0.8),
        make_card("a5", "a5-cnn-deeper", 0.9),
        make_card("e1", "e1-simple-cnn", 0.7),
        make_card("mine", "lesson", 0.1),
        make_card(DEFAULT_CLASSIFIER, "lungs-only", 0.5),
        make_card("whole-image", "whole-image", 0.6),
        make_card("another of ours", "subtypes", 0.95),
    ]
    monkeypatch.setattr(first_choice, "is_shipped", lambda model_id: model_id != "mine")
    assert choose_first(cards) == [
        *(DEFAULT_CLASSIFIER, "whole-image", "mine", "a5", "e1"),
    ]


def test_of_own_models_one_that_was_judged_comes_first():
    judged = make_card("judged", "a3-dense-third", 0.2)
    unjudged = make_card("new", "a3-dense-third", 0.9).model_copy(update={"measurements": {}})
    assert choose_first([unjudged, judged]) == ["judged"]


def test_every_project_is_among_the_first_of_the_shipped_models():
    shipped = [card for card in list_classifiers() if is_shipped(card.id)]
    mine = [make_card(f"mine-{number}", "lesson", 1.0) for number in range(4)]
    for cards, count in ((shipped, 7), ([*shipped, *mine], 8)):
        presets = [find_preset(cards, model_id) for model_id in choose_first(cards)]
        sources = {PRESETS[preset].source for preset in presets}
        assert sources == {preset.source for preset in PRESETS.values()}
        assert len(presets) == count


def find_preset(cards, model_id):
    return next(card.training.preset for card in cards if card.id == model_id)
