"""What the README says of the models is what was measured."""

import re

import pytest

from tools.data_facts import FACTS_FILE as DATA_FACTS
from xray_core.comparison.predictions import OFFICIAL_TEST, list_test_sets, load_predictions
from xray_core.diagnosis.conformal import DEFAULT_ERROR_RATE, SCORES_FILE, read_scores
from xray_core.model_card import ClassifierCard, Measurement
from xray_core.model_store import (
    DEFAULT_CLASSIFIER,
    list_classifiers,
    read_classifier_card,
    read_model_file,
)
from xray_core.numbers import word_percent
from xray_core.paths import ROOT
from xray_core.story.facts import count_right
from xray_core.training.presets.catalog import PRESETS
from xray_core.training.presets.preset import OWN

WHOLE = "whole-image"
README = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())


def judge_officially(card: ClassifierCard) -> Measurement:
    (name,) = (
        name
        for name in list_test_sets(card)
        if load_predictions(card, name).fingerprint == OFFICIAL_TEST
    )
    return card.measurements[name]


def read_row(beginning: str) -> list[str]:
    row = re.search(rf"\| {re.escape(beginning)}(.*?) \|(?= \||$| Every)", README)
    assert row, f"no row begins with {beginning!r}"
    return [cell.strip() for cell in row[0].strip("| ").split("|")]


@pytest.mark.parametrize(
    ("beginning", "model_id"),
    [
        ("Pneumoscope, lungs only", DEFAULT_CLASSIFIER),
        ("the same network, shown whole pictures", WHOLE),
        ("best of the five student projects", "d2-augmented"),
    ],
)
def test_the_table_has_the_figures_of_the_cards(beginning, model_id):
    figures = judge_officially(read_classifier_card(model_id)).figures
    accuracy, lungs = figures["accuracy"], figures["evidence_in_lungs"]
    told = f"{word_percent(accuracy.value)} % [{100 * accuracy.low:.1f}, {100 * accuracy.high:.1f}]"
    auc, covered = (f"{figures[name].value:.3f}" for name in ("auc", "auc_lungs_covered"))
    assert read_row(beginning)[1:] == [told, auc, f"{lungs.value:.0%}"[:-1] + " %", covered]


def test_what_is_said_of_whole_pictures_was_measured():
    shares, peaks = [], []
    for model_id in (WHOLE, DEFAULT_CLASSIFIER):
        card = read_classifier_card(model_id)
        shares.append(word_percent(count_right(card, judge_officially(card)).value))
        peaks.append(card.measurements["adults of another hospital"].figures)
    assert f"({shares[0]} % against {shares[1]} %)" in README
    boxed, chance = (
        [each[name].value for each in peaks] for name in ("peak_in_box", "random_in_box")
    )
    assert f"marked in {100 * boxed[0]:.0f} % of 61 X-rays" in README
    assert (
        f"{word_percent(boxed[1])} % (a random point of the lungs: {word_percent(chance[1])} %)"
        in README
    )


def test_the_best_student_project_is_the_best():
    accuracies = {
        card.id: judge_officially(card).figures["accuracy"].value
        for card in list_classifiers()
        if card.id in PRESETS and PRESETS[card.id].source != OWN
    }
    assert max(accuracies, key=accuracies.__getitem__) == "d2-augmented"


def test_the_counts_are_those_of_the_official_test():
    card = read_classifier_card(DEFAULT_CLASSIFIER)
    cutoffs = read_scores(read_model_file(card, SCORES_FILE)).choose_cutoffs(DEFAULT_ERROR_RATE)
    table = load_predictions(card, "official test").table
    answers = table["probability"].map(cutoffs.decide)
    ill = table["label"] == 1
    counts = judge_officially(card).confusion
    for told in (
        f"On the {len(table)} official test pictures it calls {sum(ill & (answers == 'normal'))} ",
        f"of {sum(ill)} pneumonias normal, but {sum(~ill & (answers == 'pneumonia'))} of ",
        f"{sum(~ill)} normal X-rays pneumonia, and says “cannot tell” to ",
        f"{sum(answers == 'cannot tell')} (without “cannot tell”, as in the table, ",
        f"{counts['fn']} and {counts['fp']})",
    ):
        assert told in README


def test_the_share_of_drawn_pneumonias_that_is_found_is_the_measured_one():
    found = re.search(r"\| Sensitivity \| (0\.\d+) ", DATA_FACTS.read_text(encoding="utf-8"))
    told = re.search(r"finds ([\d.]+) % of the pneumonias in drawn X-rays", README)
    assert float(told[1]) == pytest.approx(100 * float(found[1]))
