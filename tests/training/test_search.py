"""What a search tries: every combination once, or drawn by a seed; errors name the field."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xray_core.errors import InvalidConfigError
from xray_core.training.config import change_config
from xray_core.training.presets.catalog import get_preset_config
from xray_core.training.search import (
    Choices,
    Range,
    draw_settings,
    make_trials,
    parse_space,
)

LESSON = get_preset_config("lesson")


@pytest.mark.parametrize(
    ("text", "field", "expected"),
    [
        ("optimizer=adam,sgd", "optimizer", Choices(("adam", "sgd"))),
        ("learning_rate=1e-4, 3e-4", "learning_rate", Choices((1e-4, 3e-4))),
        ("balance_classes=true,false", "balance_classes", Choices((True, False))),
        ("options.units=[64,32],[128]", "options.units", Choices(([64, 32], [128]))),
        ("epochs=3", "epochs", Choices((3,))),
        ("dropout=0..0.5", "dropout", Range(0, 0.5)),
        ("input.size=64..96", "input.size", Range(64, 96)),
        ("learning_rate=1e-4..1e-2", "learning_rate", Range(1e-4, 1e-2)),
    ],
)
def test_values_and_ranges_are_read_as_a_person_writes_them(text, field, expected):
    assert parse_space([text]) == {field: expected}


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        (["dropout"], "field=a,b,c"),
        (["=1,2"], "field=a,b,c"),
        (["dropout="], "field=a,b,c"),
        ([], "at least one field"),
        (["dropout=0.5..0.1"], "dropout: expected a range"),
        (["optimizer=adam..sgd"], "optimizer: expected a range"),
        (["dropout=0..Infinity"], "dropout: expected a range"),
        (["dropout=0.1,0.2", "dropout=0.3"], "dropout: expected once"),
        (
            ["validation=patients,pictures"],
            "validation: expected a setting that leaves",
        ),
    ],
)
def test_what_is_neither_is_refused_by_name(texts, sentence):
    with pytest.raises(InvalidConfigError, match=sentence):
        parse_space(texts)


def test_a_grid_has_every_combination_once():
    settings = draw_settings(parse_space(["optimizer=adam,sgd", "dropout=0,0.2,0.4"]), "grid")
    assert len({tuple(changes.items()) for changes in settings}) == len(settings) == 6


@pytest.mark.parametrize(
    ("texts", "trials", "sentence"),
    [
        (["learning_rate=1e-4..1e-2"], None, "learning_rate: a grid needs values"),
        (["dropout=0,0.2,0.4"], 2, "trials: the grid has 3 combinations, 2 are allowed"),
        (["seed=" + ",".join(map(str, range(1001)))], None, "trials: the grid has 1001"),
    ],
)
def test_a_grid_that_cannot_be_is_refused(texts, trials, sentence):
    with pytest.raises(InvalidConfigError, match=sentence):
        draw_settings(parse_space(texts), "grid", trials)


@given(seed=st.integers(0, 2**32), low=st.floats(1e-9, 1e3), factor=st.floats(1.01, 1e6))
def test_what_is_drawn_lies_within_its_range(seed, low, factor):
    space = {"x": Range(low, low * factor)}
    for changes in draw_settings(space, "random", 2, seed):
        assert low <= changes["x"] <= low * factor


@given(seed=st.integers(0, 2**32), low=st.integers(0, 50), more=st.integers(1, 5000))
def test_a_range_of_whole_numbers_gives_whole_numbers(seed, low, more):
    ((_, drawn),) = draw_settings({"x": Range(low, low + more)}, "random", 1, seed)[0].items()
    assert isinstance(drawn, int)
    assert low <= drawn <= low + more


def test_a_wide_range_is_drawn_by_its_logarithm():
    drawn = draw_settings(parse_space(["learning_rate=1e-5..1e-1"]), "random", 200)
    small = sum(changes["learning_rate"] < math.sqrt(1e-5 * 1e-1) for changes in drawn)
    assert 80 <= small <= 120


def test_the_seed_decides_what_is_drawn():
    space = parse_space(["learning_rate=1e-4..1e-2", "optimizer=adam,sgd"])
    first, same, other = (draw_settings(space, "random", 5, seed) for seed in (1, 1, 2))
    assert first == same != other


def test_no_two_trials_are_alike():
    space = parse_space(["optimizer=adam,sgd", "balance_classes=true,false"])
    drawn = draw_settings(space, "random", 4)
    assert sorted(map(str, drawn)) == sorted(map(str, draw_settings(space, "grid")))
    with pytest.raises(InvalidConfigError, match="trials: expected no more than"):
        draw_settings(space, "asha", 5)


@pytest.mark.parametrize("trials", [None, 0, 1001])
def test_a_random_search_needs_a_number_of_trials(trials):
    with pytest.raises(InvalidConfigError, match="trials: expected 1 to 1000"):
        draw_settings(parse_space(["dropout=0..0.5"]), "random", trials)


def test_each_trial_is_the_preset_with_its_changes():
    settings = [{"dropout": 0.1}, {"dropout": 0.2, "augmentation.flip": 0.0}]
    trials = make_trials(LESSON, settings)
    assert trials == [change_config(LESSON, changes) for changes in settings]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"speed": 3}, "With speed 3: speed: no such setting. Choose one of: .*learning_rate"),
        ({"dropout": 2}, "With Dropout 2: dropout: "),
        ({"optimizer": "sgd", "weight_decay": 0.1}, "Optimizer SGD; Weight decay 0.1: weight_d"),
    ],
)
def test_a_trial_that_cannot_work_is_named(changes, sentence):
    with pytest.raises(InvalidConfigError, match=sentence):
        make_trials(LESSON, [{"dropout": 0.1}, changes])


def test_folds_cannot_be_searched_over():
    with pytest.raises(InvalidConfigError, match="folds: expected 1"):
        make_trials(change_config(LESSON, {"folds": 3}), [{"dropout": 0.1}])
