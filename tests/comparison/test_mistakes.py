"""Which pictures go wrong, what scikit-learn prints, what differs in the settings."""

import numpy as np
import pytest
from sklearn.metrics import classification_report, confusion_matrix

from tests.comparison.made_models import make_drawn_answers
from xray_core.comparison.contenders import Contender
from xray_core.comparison.looks import count_look, describe_looks, read_looks
from xray_core.comparison.mistakes import (
    ALL_WRONG,
    CONFIDENT,
    ONE_RIGHT,
    count_by_kind,
    select_mistakes,
    tabulate_answers,
)
from xray_core.comparison.predictions import read_predictions
from xray_core.comparison.printed import print_confusion, print_report
from xray_core.comparison.settings_diff import tabulate_settings
from xray_core.comparison.style import assign_places, make_styles

HALF = {"a": 0.5, "b": 0.5}


@pytest.fixture
def answers():
    table = make_drawn_answers(6)
    table["file"] = [
        "NORMAL2-IM-0001-0001.jpeg",
        "person1_bacteria_1.jpeg",
        "NORMAL2-IM-0002-0001.jpeg",
        "person2_virus_1.jpeg",
        "IM-0003-0001.jpeg",
        "person3_virus_9.jpeg",
    ]
    said = {"a": [0.9, 0.2, 0.1, 0.9, 0.1, 0.3], "b": [0.7, 0.9, 0.1, 0.8, 0.2, 0.1]}
    tests = {
        key: read_predictions(table.assign(probability=values).to_csv().encode(), "test")
        for key, values in said.items()
    }
    return tabulate_answers(tests, HALF)


def test_pictures_are_sorted_into_kinds_of_mistakes(answers):
    wrong = select_mistakes(answers, ALL_WRONG)
    assert wrong["file"].tolist() == ["NORMAL2-IM-0001-0001.jpeg", "person3_virus_9.jpeg"]
    assert select_mistakes(answers, ONE_RIGHT)["file"].tolist() == ["person1_bacteria_1.jpeg"]
    sure = select_mistakes(answers, CONFIDENT)
    assert sure["surest"].tolist() == pytest.approx([0.9, 0.9, 0.8])


def test_bacterial_and_viral_are_counted_apart(answers):
    counts = count_by_kind(answers, ["a", "b"], HALF).set_index(["id", "kind"])
    assert counts.loc[("a", "bacterial"), "share"] == 0
    assert counts.loc[("b", "bacterial"), "share"] == 1
    assert counts.loc[("a", "viral")].tolist()[:3] == [1, 2, 0.5]
    assert counts.loc[("b", "normal")].tolist()[:3] == [2, 3, 2 / 3]


def test_the_printed_report_is_that_of_scikit_learn():
    rng = np.random.default_rng(0)
    labels, called = rng.integers(2, size=(2, 90))
    names = ["NORMAL", "PNEUMONIA"]
    assert print_report(labels, called) == classification_report(labels, called, target_names=names)
    assert print_confusion(labels, called) == str(confusion_matrix(labels, called))


def test_looks_at_the_test_are_counted_and_said(empty_workspace, tmp_path):
    pictures = "f" * 64
    assert read_looks(["mine"], pictures) == {"mine": 0}
    for _ in range(3):
        count_look(["mine"], pictures)
    assert read_looks(["mine"], pictures) == {"mine": 3}
    assert "3 times" in describe_looks(3)
    assert describe_looks(0) == ""
    (tmp_path / "workspace" / "comparison" / "test_looks.json").write_text("[")
    assert read_looks(["mine"], pictures) == {"mine": 0}


def test_only_settings_that_differ_are_listed():
    runs = [
        Contender(key, key, None, {"architecture": "cnn", "input": {"size": size}}, None, {})
        for key, size in (("a", 64), ("b", 128))
    ]
    names = {"a": "A", "b": "B"}
    assert tabulate_settings(runs, names).to_dict("records") == [
        {"Setting": "Size (pixels)", "A": "64", "B": "128"}
    ]
    assert len(tabulate_settings(runs, names, only_different=False)) == 2
    assert len(tabulate_settings(runs[:1], names)) == 2


def test_a_shipped_model_has_one_colour_whoever_is_beside_it():
    crowd = assign_places(["a", "b", "whole-image"], {"a": 0, "b": 1})
    alone = assign_places(["whole-image"], {})
    assert crowd["whole-image"] == alone["whole-image"]
    assert len(set(crowd.values())) == 3


def test_a_model_keeps_its_colour_when_the_choice_changes():
    before = assign_places(["a", "b", "c"], {})
    after = assign_places(["c", "d", "b"], before)
    assert (after["b"], after["c"]) == (before["b"], before["c"])
    assert after["d"] == before["a"]
    styles = make_styles(assign_places([str(number) for number in range(36)], {}))
    assert len(set(styles.values())) == 36
