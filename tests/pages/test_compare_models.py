"""The comparison page: no run, one, fifty; without answers, with three classes, broken ones."""

import io
import json
import time

import cv2
import numpy as np
import pandas as pd
import pytest
import streamlit as st
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df
from streamlit.testing.v1 import AppTest

from tests.comparison.made_models import (
    disturb,
    make_drawn_answers,
    make_history,
    make_model,
    read_official,
)
from tests.pages.conftest import APP
from ui.compare.scores import show_scores  # noqa: F401 - imported before the clock of a test runs
from ui.diagnoser import get_diagnoser
from xray_core import model_store
from xray_core.comparison.looks import read_looks
from xray_core.comparison.predictions import OFFICIAL_TEST
from xray_core.datasets.catalog import add_dataset, choose_dataset
from xray_core.datasets.index import index_layout
from xray_core.datasets.layout import find_layout
from xray_core.datasets.synthetic import draw_xray, write_folder
from xray_core.glossary import get_term
from xray_core.model_changes import rename_model
from xray_core.model_store import (
    DEFAULT_CLASSIFIER,
    has_network,
    is_shipped,
    list_classifiers,
    read_card,
    read_classifier_card,
)
from xray_core.paths import workspace
from xray_core.training.jobs.run_files import write_state
from xray_core.training.jobs.run_folder import HISTORY_FILE, create_run
from xray_core.training.jobs.run_records import RunState
from xray_core.training.presets.catalog import get_preset_config

VIEWS = ("Scores", "Curves", "Difference", "Threshold", "Errors", "Settings")

pytestmark = pytest.mark.usefixtures("empty_workspace")


def open_page(view="Scores", models=(), **parameters):
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["compare_view"] = view
    if models:
        app.query_params["models"] = ",".join(models)
    for name, value in parameters.items():
        app.query_params[name] = value
    return check(app.run().switch_page("pages/compare_models.py").run())


def check(app):
    assert not app.exception, app.exception[0].message
    return app


def test_a_link_is_followed_also_after_an_earlier_visit():
    for name in ("one", "two"):
        make_model(name, {"test": disturb(read_official(), 1)}, make_history())
    app = open_page(models=["one"])
    app.query_params["models"] = "two,one"
    assert check(app.run()).multiselect("compare_models").value == ["two", "one"]
    assert check(app.run()).multiselect("compare_models").value == ["two", "one"]


def texts(app):
    shown = [*app.markdown, *app.caption, *app.error, *app.warning, *app.info, *app.success]
    return "\n".join(element.value for element in shown)


def read_lines(app):
    """Return what the chart of the curves draws, each trace with its first heights."""
    (chart,) = app.get("plotly_chart")
    traces = json.loads(chart.proto.spec)["data"]
    return {trace["name"]: str(trace["y"])[:200] for trace in traces}


def looks(models):
    return set(read_looks(models, OFFICIAL_TEST).values())


def table(app, column):
    return next(found.value for found in app.dataframe if column in found.value.columns)


@pytest.fixture(autouse=True)
def _forget():
    """Caches know models by their cards, and the tests make the same ones again and again."""
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def two():
    """A second model, judged on the same pictures as the shipped one."""
    make_model("other", {"test": disturb(read_official(), 1)}, settings={"epochs": 3})
    return DEFAULT_CLASSIFIER, "other"


@pytest.fixture
def offered(monkeypatch):
    """What the page offers as CSV, by the name of the file."""
    tables = {}
    button = st.download_button

    def note(label, data, file_name, *others, **more):
        if file_name.endswith(".csv"):
            tables[file_name] = pd.read_csv(io.StringIO(data()))
        return button(label, data, file_name, *others, **more)

    monkeypatch.setattr(st, "download_button", note)
    return tables


@pytest.mark.parametrize("view", VIEWS)
def test_a_fresh_workspace_tells_the_story_of_the_shipped_models(view):
    app = open_page(view)
    chosen = app.multiselect(key="compare_models").value
    assert chosen[0] == DEFAULT_CLASSIFIER
    assert all(is_shipped(model_id) for model_id in chosen)
    assert {"a3-dense-third", "c3-dense-epochs"} <= set(chosen)
    if view == "Scores":
        scores = table(app, "Accuracy").set_index("Model")
        assert scores["Evidence in lungs"]["Lungs only"].startswith("0.951")
        assert scores["Evidence in lungs"]["C3 More epochs"].startswith("0.345")
        assert "Kermany et al. 2018 (reported)" in scores.index


def test_a_click_sorts_mcc_as_a_number_also_below_zero(two):
    answers = read_official()
    make_model("contrary", {"test": answers.assign(probability=1 - answers["probability"])})
    app = open_page(models=[*two, "contrary"])
    (frame,) = (found for found in app.dataframe if "MCC" in found.value.columns)
    scores = frame.value.set_index("Model")
    assert scores["MCC"]["Contrary"] < 0 < scores["MCC"]["Lungs only"]
    shown = convert_arrow_bytes_to_pandas_df(frame.proto.arrow_data.styler.display_values)
    words = shown.set_index("Model")["MCC"]
    assert words["Contrary"].startswith(f"{scores['MCC']['Contrary']:.3f} [-")
    assert words["Kermany et al. 2018 (reported)"] == "–"


def test_many_models_are_timed_when_asked_for():
    shipped = [card.id for card in list_classifiers() if has_network(card)][:9]
    app = open_page(models=shipped)
    timed = table(app, "Accuracy")["ms an image"]
    assert timed.isna().all()
    check(app.button(key="compare_speed_start").click().run())
    while any(button.label == "Cancel" for button in app.button):
        time.sleep(0.1)
        check(app.run())
    assert table(app, "Accuracy")["ms an image"].notna().sum() == 9
    assert not [button for button in app.button if button.key == "compare_speed_start"]


def test_what_one_model_alone_sees_takes_two():
    app = open_page("Errors", [DEFAULT_CLASSIFIER], compare_mistakes="Only one gets right")
    assert "It takes two models" in texts(app)
    with pytest.raises(StopIteration):
        table(app, "Picture")


def test_one_model_has_no_difference():
    assert "Choose at least two models" in texts(open_page("Difference", [DEFAULT_CLASSIFIER]))


def test_without_any_model_the_page_says_where_to_get_one(monkeypatch, tmp_path):
    monkeypatch.setattr(model_store, "SHIPPED_MODELS", tmp_path / "none")
    assert "There is no model to compare yet" in texts(open_page())


def test_nothing_chosen_asks_for_a_model():
    app = open_page()
    check(app.multiselect(key="compare_models").set_value([]).run())
    assert "Choose at least one model" in texts(app)


@pytest.mark.parametrize("view", VIEWS)
def test_two_models_stand_side_by_side(two, view):
    app = open_page(view, two)
    assert app.multiselect(key="compare_models").value == list(two)
    if view == "Difference":
        assert "Lungs only is" in texts(app)
        assert "points more accurate than Other on 624 pictures" in texts(app)
        for name in ("mcnemar", "delong", "difference_interval", "images_to_tell"):
            assert get_term(name).text in texts(app)
    if view == "Errors":
        assert table(app, "bacterial")["Called right"].tolist() == ["Lungs only", "Other"]
    if view == "Settings":
        assert table(app, "Setting")["Setting"].tolist() == ["Epochs"]


@pytest.mark.parametrize("view", VIEWS)
def test_a_run_without_answers_is_named_and_the_rest_works(two, view):
    make_model("silent", {})
    app = open_page(view, [*two, "silent"])
    if view in ("Threshold", "Errors"):
        assert "left out: Silent" in texts(app)
    if view == "Scores":
        row = table(app, "Accuracy").set_index("Model").loc["Silent"]
        assert (row["Standing"], row["Accuracy"]) == ("not judged", "–")


@pytest.mark.parametrize("view", VIEWS)
def test_a_run_without_answers_alone(view):
    make_model("silent", {})
    app = open_page(view, ["silent"])
    if view in ("Threshold", "Errors"):
        assert "None of the chosen models has answers on test pictures." in texts(app)
    if view == "Scores":
        row = table(app, "Accuracy").set_index("Model").loc["Silent"]
        assert (row["Standing"], row["Accuracy"]) == ("not judged", "–")
    if view == "Curves":
        assert app.get("plotly_chart")
        assert table(app, "Gap at the end")["Model"].tolist() == ["Silent"]
    if view == "Difference":
        assert "Choose at least two models" in texts(app)
    if view == "Settings":
        assert table(app, "Setting").columns.tolist() == ["Setting", "Silent"]


def test_what_an_older_training_did_not_note_is_said_and_has_no_empty_panel():
    make_model("older", {}, make_history()[["epoch", "loss", "val_loss", "auc", "val_auc"]])
    app = open_page("Curves", ["older"])
    assert "Not noted for Older: Accuracy, Precision, Recall." in texts(app)
    (chart,) = app.get("plotly_chart")
    drawn = json.loads(chart.proto.spec)["layout"]
    titles = [drawn[axis]["title"]["text"] for axis in drawn if axis.startswith("yaxis")]
    assert titles == ["Loss", "AUC"]
    app = open_page("Curves", ["older"], compare_axis="time")
    assert not app.get("plotly_chart")
    assert "The times of the epochs were not noted for Older." in texts(app)
    app = open_page("Curves", ["older"], compare_metrics="Recall")
    assert not app.get("plotly_chart")
    assert "Nothing to draw. Not noted for Older: Recall." in texts(app)


def test_what_a_training_noted_of_validation_only_is_said():
    make_model("older", {}, make_history().drop(columns=["recall", "auc", "val_auc"]))
    app = open_page("Curves", ["older"])
    assert "Not noted for Older: AUC, training’s Recall." in texts(app)
    app = open_page("Curves", ["older"], compare_parts="validation")
    assert "Not noted for Older: AUC." in texts(app)


def test_beside_runs_that_noted_more_an_older_one_is_named():
    make_model("older", {}, make_history()[["epoch", "loss", "val_loss"]])
    make_model("newer", {})
    app = open_page("Curves", ["older", "newer"])
    assert "Not noted for Older: Accuracy, Precision, Recall, AUC." in texts(app)
    assert app.get("plotly_chart")


@pytest.mark.parametrize("view", VIEWS)
def test_three_classes_are_judged_as_pneumonia_against_normal(two, view):
    make_model(
        "three-classes",
        {"test": disturb(read_official(), 2)},
        settings={"task": "subtypes"},
        classes=("normal", "bacterial", "viral"),
    )
    app = open_page(view, [*two, "three-classes"])
    if view == "Scores":
        assert "Three classes" in table(app, "Accuracy")["Model"].tolist()


def test_broken_folders_are_listed_with_their_reason_and_the_rest_works(two):
    for name, card in (("broken", "{"), ("empty", None), ("no-text", "\udcff")):
        folder = workspace() / "models" / name
        folder.mkdir(parents=True)
        if card is not None:
            (folder / "card.json").write_text(card, errors="surrogateescape")
    app = open_page(models=two)
    assert [expander.label for expander in app.expander] == ["Folders that cannot be read: 3"]
    listed = [text.value for text in app.markdown]
    assert {"`broken`", "`empty`", "`no-text`"} <= set(listed)
    reasons = [text.value for text in app.text]
    assert sum("card.json cannot be read" in reason for reason in reasons) == 2
    assert sum("empty/card.json, found none" in reason for reason in reasons) == 1
    assert len(table(app, "Accuracy")) == 5


def test_altered_answers_are_a_warning_and_the_rest_works(two):
    path = workspace() / "models" / "other" / "predictions_test.csv"
    path.write_text("file\n")
    assert "was altered" in texts(open_page(models=two))


def test_models_judged_on_other_pictures_are_flagged_and_not_compared(two):
    make_model("drawn", {"test": make_drawn_answers()})
    app = open_page(models=[*two, "drawn"])
    assert "Judged on other pictures than the rest" in texts(app)
    assert table(app, "Accuracy")["Model"].iloc[-1] == "Drawn"
    app = open_page("Difference", [DEFAULT_CLASSIFIER, "drawn"])
    assert "are not compared. They were judged on different pictures" in texts(app)


def test_a_difference_is_flagged_where_a_model_is_not_on_equal_terms(two, offered):
    tuned = read_classifier_card(DEFAULT_CLASSIFIER).calibration.model_copy(
        update={"source": "624 test pictures"}
    )
    make_model("tuned", {"test": disturb(read_official(), 2)}, calibration=tuned)
    flag = "Tuned: tuned on test. Its threshold was chosen on: 624 test pictures."
    app = open_page("Difference", [DEFAULT_CLASSIFIER, "tuned"])
    note = "Lungs only: Three earlier versions had been judged on these pictures, too."
    assert [warning.value for warning in app.warning] == [note, flag]
    app = open_page("Difference", [*two, "tuned"], compare_all_pairs="true")
    assert [warning.value for warning in app.warning] == [note]
    assert f":material/balance: {flag}" in [caption.value for caption in app.caption]
    told = offered["differences.csv"].fillna("")
    cautions = {"Lungs only": note, "Tuned": flag}
    pairs = zip(told["First"], told["Second"], strict=True)
    assert told["Caution"].tolist() == [
        " ".join(cautions[one] for one in pair if one in cautions) for pair in pairs
    ]


def test_the_test_pictures_can_be_chosen(two):
    app = open_page("Threshold", two)
    chosen = app.selectbox(key="compare_pictures")
    assert chosen.options[0] == "Official test (624 pictures)"
    check(chosen.select_index(1).run())
    assert "left out: Other" in texts(app)


def test_a_link_restores_the_view(two):
    app = open_page(
        "Threshold", ["other"], compare_move="true", compare_threshold="0.7", compare_cost="20"
    )
    assert app.multiselect(key="compare_models").value == ["other"]
    assert app.slider(key="compare_threshold").value == 0.7
    assert app.number_input(key="compare_cost").value == 20
    assert table(app, "PPV")["Threshold"].tolist() == ["0.700"]
    assert app.query_params["models"] == "other"


def pick(app, row):
    (key,) = (found.key for found in app.dataframe if "Picture" in found.value.columns)
    app.session_state[key] = {"selection": {"rows": row, "columns": [], "cells": []}}
    return check(app.run())


def test_a_link_restores_the_picture_that_was_picked(two):
    app = open_page("Errors", two, compare_mistakes="Most confident mistakes")
    names = table(app, "Picture")["Picture"].tolist()
    assert "compare_picture" not in app.query_params
    pick(app, [2])
    assert app.query_params["compare_picture"] == names[2]
    assert names[2] in [heading.value for heading in app.subheader]
    linked = open_page(
        "Errors", two, compare_mistakes="Most confident mistakes", compare_picture=names[2]
    )
    assert names[2] in [heading.value for heading in linked.subheader]
    check(linked.run())
    assert linked.query_params["compare_picture"] == names[2]
    pick(linked, [])
    assert "compare_picture" not in linked.query_params


def test_a_picked_picture_is_not_taken_for_another_one_in_its_row(two):
    app = open_page("Errors", two, compare_mistakes="Most confident mistakes")
    sure = table(app, "Picture")["Picture"].tolist()
    pick(app, [0])
    check(app.segmented_control(key="compare_mistakes").set_value("All get wrong").run())
    others = set(table(app, "Picture")["Picture"]) - {sure[0]}
    assert others
    assert not others & {heading.value for heading in app.subheader}


def test_without_the_pictures_the_page_says_which_and_where_to_choose_them(two, tmp_path):
    app = open_page("Errors", two)
    assert "Kermany et al. 2018, which that page can fetch. No data set is chosen." in texts(app)
    (link,) = app.get("page_link")
    assert link.proto.page == "explore_dataset"
    write_folder(tmp_path / "other", {"test": (2, 2)}, size=32, seed=0, workers=0)
    dataset = add_dataset(tmp_path / "other")
    choose_dataset(dataset.id)
    assert f"{dataset.title}, which is chosen, is not read yet." in texts(check(app.run()))
    index_layout(find_layout(dataset.root), dataset.folder, workers=0)
    assert f"{dataset.title}, which is chosen, does not hold them." in texts(check(app.run()))


def test_on_the_picked_picture_each_model_shows_where_it_looked(tmp_path):
    models = DEFAULT_CLASSIFIER, "whole-image"
    answer = table(open_page("Errors", models), "Picture").iloc[0]
    label = "NORMAL" if answer["Shows"] == "normal" else "PNEUMONIA"
    path = tmp_path / "pictures" / "test" / label / answer["Picture"]
    path.parent.mkdir(parents=True)
    drawn = draw_xray(seed=1, pneumonia=True, size=224).pixels
    cv2.imwrite(str(path), np.rint(drawn * 255).astype(np.uint8))
    dataset = add_dataset(tmp_path / "pictures")
    index_layout(find_layout(dataset.root), dataset.folder)
    choose_dataset(dataset.id)
    app = open_page("Errors", models, compare_picture=answer["Picture"])
    told = [image.caption for found in app.get("image") for image in found.proto.imgs]
    assert "The X-ray" in told
    for name in ("Lungs only", "Whole image"):
        (caption,) = (words for words in told if words.startswith(f"{name}:"))
        assert "% of the evidence in the lungs" in caption


def test_moving_the_threshold_is_counted_once_for_each_place(two):
    app = open_page("Threshold", two)
    assert looks(two) == {0}
    check(app.toggle(key="compare_move").set_value(True).run())
    check(app.number_input(key="compare_cost").set_value(8.0).run())
    assert looks(two) == {1}
    check(app.slider(key="compare_threshold").set_value(0.3).run())
    assert looks(two) == {2}
    assert "Lungs only 2 ×, Other 2 ×" in texts(app)
    assert "seen 2 times" in " ".join(
        table.value["Why"].iloc[2] for table in open_page(models=two).table
    )


def test_a_look_that_cannot_be_noted_leaves_the_thresholds_locked(two):
    workspace().mkdir(parents=True, exist_ok=True)
    (workspace() / "comparison").write_text("a file where a folder should be")
    app = open_page("Threshold", two, compare_move="true")
    assert "can be noted" in texts(app)
    assert "tuned on test" not in texts(app)


@pytest.mark.parametrize("damage", [b"\xff\xfe\n\xff\n", b"epoch,loss\n0,low\n1,0.5\n"])
def test_a_damaged_history_leaves_every_view_standing(two, damage):
    run = create_run(get_preset_config("lesson"), "none", "Damaged")
    (run.folder / HISTORY_FILE).write_bytes(damage)
    write_state(run.folder, RunState(status="cancelled"))
    for view in ("Curves", "Settings"):
        assert "Damaged" in " ".join(open_page(view, [*two, run.id]).multiselect[0].options)


def test_every_table_can_be_taken_away_as_numbers(two, offered):
    for view in VIEWS:
        open_page(view, two)
    assert set(offered) == {
        *("scores.csv", "accuracy.csv", "evidence_in_lungs.csv"),
        *("standing.csv", "curves.csv", "overfitting.csv", "both_right.csv"),
        *("confusion.csv", "threshold.csv", "by_kind.csv", "mistakes.csv", "settings.csv"),
        *("roc.csv", "precision_recall.csv", "reliability.csv", "decision_curve.csv"),
    }
    first = offered["confusion.csv"].iloc[0]
    assert first[["tn", "fp", "fn", "tp"]].tolist() == [192, 42, 3, 387]
    history = make_history()
    own = offered["overfitting.csv"].set_index("id").loc["other"]
    assert own["gap"] == pytest.approx((history["val_loss"] - history["loss"]).iloc[-1])
    assert offered["both_right.csv"].iloc[:, 1:].to_numpy().sum() == 624
    assert offered["standing.csv"]["Standing"].iloc[0] == "official test"


def test_the_report_names_the_models_of_which_no_pair_was_tested(two, monkeypatch):
    make_model("third", {"test": disturb(read_official(), 2)})
    monkeypatch.setattr("ui.compare.scores._MOST_IN_REPORT", 2)
    written, button = {}, st.download_button

    def note(label, data, file_name, *others, **more):
        written[file_name] = data
        return button(label, data, file_name, *others, **more)

    monkeypatch.setattr(st, "download_button", note)
    open_page(models=[*two, "third"])
    report = written["comparison.html"]()
    assert "not tested: Third." in report
    assert "Not noted for Lungs only: Precision, Recall." in report


def test_each_chart_of_the_thresholds_gives_the_points_that_it_draws(two, offered):
    open_page("Threshold", two)
    roc = offered["roc.csv"].set_index("name")
    marks = roc[roc["drawn"] == "point"]
    assert marks["Pneumonias found (sensitivity)"]["Lungs only"] == pytest.approx(387 / 390)
    assert marks["False alarms (1 − specificity)"]["Lungs only"] == pytest.approx(42 / 234)
    found = offered["precision_recall.csv"].query("name == 'Lungs only' and drawn == 'point'")
    assert found["Calls that are right (precision)"].tolist() == [pytest.approx(387 / 429)]
    stated = offered["reliability.csv"].query("name == 'Other'").groupby("drawn")["Pictures"].sum()
    assert stated.to_dict() == {"line": 624, "bar": 624}
    benefits = offered["decision_curve.csv"]
    assert benefits["name"].unique().tolist() == [
        "act on all",
        "act on none",
        "Lungs only",
        "Other",
    ]
    assert (benefits.query("name == 'act on none'")["Net benefit"] == 0).all()


def test_what_scikit_learn_prints_is_shown(two):
    printed = [code.value for code in open_page("Threshold", two).code]
    assert printed[1] == "[[192  42]\n [  3 387]]"
    assert "weighted avg       0.93      0.93      0.93       624" in printed[0]


def test_own_models_are_renamed_and_deleted_and_shipped_ones_are_not(two):
    app = open_page("Settings", two)
    names = [field.key for field in app.text_input]
    assert names == ["compare_title_other"]
    app.text_input(key="compare_title_other").set_value("Better one")
    check(app.button(key="compare_rename_other").click().run())
    assert read_card("other").title == "Better one"
    check(app.button(key="compare_delete_other").click().run())
    assert "other" not in [card.id for card in list_classifiers()]
    assert app.multiselect(key="compare_models").value == [DEFAULT_CLASSIFIER]


def test_a_renamed_model_answers_under_its_new_name():
    make_model("own", {"test": make_drawn_answers()}, with_network=True)
    assert get_diagnoser("own").card.title == "Own"
    assert get_diagnoser("own") is get_diagnoser("own")
    rename_model("own", "Better one")
    assert get_diagnoser("own").card.title == "Better one"


def test_fifty_runs_of_two_hundred_epochs_work_in_every_view():
    answers = make_drawn_answers()
    ids = [f"run-{number:02d}" for number in range(50)]
    for seed, model_id in enumerate(ids):
        make_model(
            model_id, {"test": answers}, make_history(200, seed), settings={"epochs": seed + 1}
        )
    titles = [model_id.replace("-", " ").capitalize() for model_id in ids]
    app = open_page("Scores", ids)
    assert set(titles) <= set(table(app, "Accuracy")["Model"])
    app = open_page("Curves", ids)
    assert table(app, "Gap at the end")["Model"].tolist() == titles
    drawn = read_lines(app)
    check(app.slider(key="compare_smoothing").set_value(0.4).run())
    assert set(read_lines(app)) == set(drawn)
    assert read_lines(app) != drawn
    assert "at most 8 models to see all pairs" in texts(open_page("Difference", ids))
    app = open_page("Threshold", ids)
    assert table(app, "PPV")["Model"].tolist() == titles
    assert app.multiselect(key="compare_drawn").value == titles[:8]
    check(app.multiselect(key="compare_drawn").set_value(titles[-2:]).run())
    confusions = "".join(shown.proto.body for shown in app.get("html"))
    assert [title for title in titles if title in confusions] == titles[-2:]
    link = open_page("Threshold", ids, compare_drawn=titles[9])
    assert link.multiselect(key="compare_drawn").value == [titles[9]]
    app.query_params["models"] = ",".join(ids[:9])  # without the two that were chosen
    assert check(app.run()).multiselect(key="compare_drawn").value == titles[:8]
    assert table(open_page("Errors", ids), "normal")["Called right"].tolist() == titles
    app = open_page("Settings", ids)
    epochs = table(app, "Setting").set_index("Setting").loc["Epochs"]
    assert epochs.tolist() == [str(number + 1) for number in range(50)]
