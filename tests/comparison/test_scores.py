"""The table of scores: own figures with intervals, reported ones with their source."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, roc_auc_score

from tests.comparison.made_models import (
    OFFICIAL,
    disturb,
    make_drawn_answers,
    make_history,
    make_model,
    read_official,
)
from xray_core.comparison.contenders import load_model
from xray_core.comparison.costs import count_parameters, time_network
from xray_core.comparison.predictions import list_test_sets, load_predictions
from xray_core.comparison.references import PUBLISHED, list_projects
from xray_core.comparison.scores import (
    SCORES,
    choose_test,
    list_test_pictures,
    score_contender,
    tabulate_reported,
    tabulate_scores,
)
from xray_core.model_store import (
    DEFAULT_CLASSIFIER,
    is_shipped,
    list_classifiers,
    read_classifier_card,
)

pytestmark = pytest.mark.usefixtures("empty_workspace")


def score(card):
    contender = load_model(card)
    return score_contender(contender, choose_test(contender, ""))


def test_the_shipped_model_has_every_score_with_an_interval_around_it():
    row = score(read_classifier_card(DEFAULT_CLASSIFIER))
    assert set(row.figures) >= set(SCORES)
    for name in SCORES:
        found = row.figures[name]
        assert found.low <= found.value <= found.high
    assert row.parameters > 3e6
    assert row.test == "Official test (624 pictures)"


def test_figures_measured_anew_are_those_on_the_card():
    card = read_classifier_card(DEFAULT_CLASSIFIER)
    kept = card.measurements[OFFICIAL].figures
    row = score(card)
    for name in ("accuracy", "auc", "ece", "evidence_in_lungs"):
        assert row.figures[name].value == pytest.approx(kept[name].value)
        assert row.figures[name].low == pytest.approx(kept[name].low, abs=1e-6)


def test_scores_of_a_model_trained_here_are_read_from_its_card_and_its_curves():
    row = score(make_model("own", {"test": make_drawn_answers()}, make_history(epochs=5)))
    assert row.training_seconds == 20
    assert row.parameters is None
    assert row.figures["evidence_in_lungs"].value == pytest.approx(0.8)
    assert row.badge.standing == "different data"


def test_a_model_without_answers_has_a_row_without_figures():
    row = score(make_model("own", {}))
    assert (row.test, row.figures, row.badge.standing) == ("", {}, "not judged")


def test_the_wanted_pictures_are_taken_where_a_model_was_judged_on_several():
    answers = {"test": make_drawn_answers(), "again": disturb(read_official(), 2)}
    contender = load_model(make_model("own", answers))
    pictures = list_test_pictures([contender])
    official, drawn = pictures
    assert pictures[official] == "Official test (624 pictures)"
    assert choose_test(contender, official).name == "again"
    assert choose_test(contender, drawn).name == "test"
    assert choose_test(contender, "unknown").name == "test"


def test_the_export_has_a_column_for_each_limit_and_reported_rows_have_a_source():
    rows = [score(make_model("own", {"test": make_drawn_answers()}))]
    table = tabulate_scores([*rows, *tabulate_reported([*PUBLISHED, *list_projects()])])
    for name in SCORES:
        assert {name, f"{name}_low", f"{name}_high"} <= set(table.columns)
    reported = table.iloc[1:]
    assert len(reported) == len(PUBLISHED) + 17
    assert (reported["source"].str.len() > 20).all()
    assert reported["accuracy"].between(0.3, 1).all()
    assert reported["accuracy_low"].isna().all()


def test_reported_figures_on_another_test_are_flagged():
    standing = {row.preset: row.badge.standing for row in list_projects()}
    assert standing["c5-cnn"] == standing["c6-cnn-final"] == "re-split"
    assert standing["d5-split"] == "tuned on test"


def test_costs_are_counted_and_timed():
    card = read_classifier_card(DEFAULT_CLASSIFIER)
    assert 0 < time_network(card) < 10_000
    without = make_model("own", {"test": make_drawn_answers()})
    assert time_network(without) is None
    assert count_parameters(without) is None
    noted = without.training.model_copy(update={"parameters": 12})
    assert count_parameters(without.model_copy(update={"training": noted})) == 12


def test_a_file_that_was_altered_is_a_problem_of_its_model_only(tmp_path):
    card = make_model("own", {"test": make_drawn_answers()})
    path = tmp_path / "workspace" / "models" / "own" / "predictions_test.csv"
    path.write_text(path.read_text() + "x")
    contender = load_model(card)
    assert contender.tests == {}
    assert "was altered" in contender.problems[0]
    assert len(contender.history) == 8
    assert np.isfinite(contender.threshold)


@pytest.mark.parametrize(
    ("model_id", "name"),
    [
        (card.id, name)
        for card in list_classifiers()
        if is_shipped(card.id)
        for name in list_test_sets(card)
    ],
)
def test_the_figures_of_every_shipped_model_are_those_of_its_answers(model_id, name):
    card = read_classifier_card(model_id)
    table = load_predictions(card, name).table.dropna(subset=["probability"])
    called = table["probability"] >= card.calibration.threshold
    figures = card.measurements[name].figures
    assert figures["accuracy"].value == pytest.approx(accuracy_score(table["label"], called))
    assert figures["auc"].value == pytest.approx(
        roc_auc_score(table["label"], table["probability"])
    )
    if "evidence_in_lungs" in figures:
        inside = table.loc[called, "evidence_in_lungs"].mean()
        assert figures["evidence_in_lungs"].value == pytest.approx(inside, abs=1e-6)
    if table["probability_lungs_covered"].notna().all():
        covered = roc_auc_score(table["label"], table["probability_lungs_covered"])
        assert figures["auc_lungs_covered"].value == pytest.approx(covered)
