"""Pairs of models: the right pictures, the right test, a plain sentence."""

import numpy as np
import pytest
from scipy.stats import binomtest

from tests.comparison.made_models import disturb, make_drawn_answers
from xray_core.comparison.contenders import load_model
from xray_core.comparison.field import Field
from xray_core.comparison.pairs import compare_all, compare_pair
from xray_core.comparison.predictions import OFFICIAL_TEST, read_predictions
from xray_core.comparison.words import word_difference
from xray_core.evaluation.paired_tests import Difference
from xray_core.model_store import read_classifier_card

NAMES = {"a": "Model A", "b": "Model B", "c": "Model C"}
THRESHOLDS = {"a": 0.5, "b": 0.4, "c": 0.5}


def read(table):
    return read_predictions(table.to_csv(index=False).encode(), "test")


def test_each_model_calls_at_its_own_threshold_whatever_the_order_of_its_file():
    answers = make_drawn_answers(200)
    other = disturb(answers, 1, noise=2.0)
    shuffled = other.sample(frac=1, random_state=0)
    pair = compare_pair("a", "b", {"a": read(answers), "b": read(shuffled)}, THRESHOLDS)
    right = [
        (table["probability"] >= THRESHOLDS[key]) == (table["label"] == 1)
        for key, table in (("a", answers), ("b", other))
    ]
    alone = int((right[0] & ~right[1]).sum()), int((right[1] & ~right[0]).sum())
    assert pair.right[1:3] == alone
    assert sum(pair.right) == 200
    accuracy, auc = pair.differences
    assert accuracy.p == pytest.approx(binomtest(alone[0], sum(alone)).pvalue)
    assert accuracy.value == pytest.approx(right[0].mean() - right[1].mean())
    assert auc.figure == "AUC"


@pytest.fixture(scope="module")
def shipped_pair():
    cards = [read_classifier_card(model_id) for model_id in ("lungs-only", "whole-image")]
    return Field([load_model(card) for card in cards], OFFICIAL_TEST, {}), {
        card.id: card.calibration.threshold for card in cards
    }


def test_where_the_thresholds_decide_which_is_better_the_sentence_says_so(shipped_pair):
    field, own = shipped_pair
    pair = compare_pair("lungs-only", "whole-image", field.tests, own)
    assert (pair.differences[0].value > 0, pair.at_half.value < 0) == (True, True)
    said = [
        table["probability"].to_numpy() >= 0.5
        for table in (field.tests[model_id].table for model_id in own)
    ]
    right = [calls == field.tests["lungs-only"].labels for calls in said]
    assert pair.at_half.value == pytest.approx(right[0].mean() - right[1].mean())
    first, *others = field.flag(pair)
    assert "With 0.5 for both: Whole image is" in first
    assert any("Three earlier versions" in other for other in others)
    half = dict.fromkeys(own, 0.5)
    assert not compare_pair(*own, field.tests, half).warn_of_thresholds(field.names)


def test_pictures_that_one_did_not_answer_are_left_out_and_counted():
    answers = make_drawn_answers(40)
    holes = answers.assign(probability=answers["probability"].mask(np.arange(40) < 6))
    pair = compare_pair("a", "b", {"a": read(answers), "b": read(holes)}, THRESHOLDS)
    assert pair.left_out == 6
    assert pair.differences[0].n == 34


def test_other_pictures_are_refused_with_the_reason():
    tests = {"a": read(make_drawn_answers(40)), "b": read(make_drawn_answers(30)), "c": None}
    pairs = compare_all(["a", "b", "c"], tests, THRESHOLDS)
    assert [bool(pair.refusal) for pair in pairs] == [True] * 3
    assert pairs[0].say(NAMES) == [
        "Model A and Model B are not compared. They were judged on different pictures: 40 and 30, "
        "of which 30 are the same. To compare them, judge both on one folder by the command "
        "evaluate --data FOLDER --model ID --record NAME."
    ]
    assert "no answers" in pairs[1].refusal


@pytest.mark.parametrize(("wrong", "said"), [(2, "is 1 point more"), (4, "is 2 points more")])
def test_one_point_is_not_many(wrong, said):
    answers = make_drawn_answers(200).assign(probability=lambda table: table["label"])
    turned = answers.assign(
        probability=answers["label"].where(answers.index >= wrong, 1 - answers["label"])
    )
    pair = compare_pair("a", "b", {"a": read(answers), "b": read(turned)}, THRESHOLDS)
    assert said in pair.say(NAMES)[0]


def test_a_chance_difference_is_said_to_be_one_with_the_number_needed():
    answers = make_drawn_answers(200)
    tests = {"a": read(answers), "b": read(disturb(answers, 1, noise=0.3))}
    accuracy, auc, _ = compare_pair("a", "b", tests, THRESHOLDS).say(NAMES)
    chance = "This could be chance: p = {}; you would need about {} test images to tell."
    assert accuracy.endswith(chance.format(".69", "2,400"))
    assert auc.endswith(chance.format(".62", "12,000"))


def test_a_large_difference_is_no_chance():
    answers = make_drawn_answers(300)
    guesses = answers.assign(probability=np.random.default_rng(0).random(300))
    tests = {"a": read(answers), "b": read(guesses)}
    said = compare_pair("a", "b", tests, THRESHOLDS).say(NAMES)
    assert said[0].startswith("Model A is ")
    *differences, own = said
    assert len(differences) == 2
    assert all("Chance alone would hardly do this: p < .001" in told for told in differences)
    assert own == "Accuracy is that at each model's own threshold (0.5 and 0.4)."
    *turned, _ = compare_pair("b", "a", tests, THRESHOLDS).say(NAMES)
    assert turned == differences


def test_one_class_alone_has_no_auc_to_compare():
    only = make_drawn_answers(40).query("label == 1")
    pair = compare_pair("a", "b", {"a": read(only), "b": read(only)}, THRESHOLDS)
    assert [found.figure for found in pair.differences] == ["accuracy"]
    assert pair.say(NAMES) == [
        "Model A and Model B have the same accuracy here. There is nothing to tell apart: p = 1.",
        "Accuracy is that at each model's own threshold (0.5 and 0.4).",
    ]


@pytest.mark.parametrize(
    ("low", "high", "p", "needed", "said"),
    [
        (0.01, 0.05, 0.004, 300, "Chance alone would hardly do this: p = .004."),
        (-0.01, 0.07, 0.31, 2381, "This could be chance: p = .31; you would need about 2,400"),
        (
            0.001,
            0.06,
            0.08,
            900,
            "it lies at the edge of chance; you would need about 900 test",
        ),
        (0.001, 0.06, 0.08, 500, "disagree (p = .080): it lies at the edge of chance."),
        (-0.01, 0.07, 0.001, None, "The test sees no chance in it, the interval does: p = .001."),
    ],
)
def test_test_and_interval_are_told_where_they_agree_and_where_not(low, high, p, needed, said):
    found = Difference("accuracy", 624, 0.03, low, high, p, needed)
    assert said in word_difference(found, "A", "B")


def test_a_gap_of_auc_that_nobody_would_write_down_is_no_row_of_digits():
    found = Difference("AUC", 624, 0.000016, -0.00003, 0.0021, 0.9, None)
    told = word_difference(found, "A", "B")
    assert "A is less than 0.001 higher in AUC than B on 624 pictures" in told
    assert "(95 % interval 0 to 0.0021)" in told
