"""The page that trains, through the app, without training: runs are folders written by hand."""

import json
import time

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.datasets.drawn_folders import write_classes
from tests.pages.conftest import APP, list_picture_urls
from ui.train import cost_panel, search, start  # noqa: F401 - imported before the clock of a test runs
from xray_core import model_changes, model_store
from xray_core.datasets.catalog import add_dataset, choose_dataset
from xray_core.datasets.index import index_layout
from xray_core.datasets.layout import find_layout
from xray_core.datasets.resplit import propose_split, save_split
from xray_core.errors import PneumoscopeError
from xray_core.model_store import DEFAULT_CLASSIFIER
from xray_core.training.cost import Cost, Layer
from xray_core.training.jobs import queue
from xray_core.training.jobs.run_files import write_progress, write_state
from xray_core.training.jobs.run_folder import create_run, list_runs, read_run, runs_folder
from xray_core.training.jobs.run_records import RunProgress, RunState
from xray_core.training.presets.catalog import PRESETS, get_preset_config

EPOCHS = get_preset_config("lesson").epochs  # of the preset that the form begins with
COST = Cost(
    layers=(Layer(name="logit", kind="Dense", output=(1,), parameters=65),),
    parameters=46_929,
    trainable=46_609,
    memory_bytes=2**30,
    epoch_seconds=5.0,
    measured_pictures=300,
)


@pytest.fixture(autouse=True)
def no_process(tmp_path, monkeypatch):
    """A workspace of its own, and neither a worker nor a measurement in a process of its own."""
    monkeypatch.setenv("PNEUMOSCOPE_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setattr(queue, "start_dispatcher", lambda: None)
    monkeypatch.setattr(cost_panel, "measure_cost", lambda *asked: COST)
    st.cache_resource.clear()  # measurements of another test


@pytest.fixture
def index(tmp_path):
    folder = write_classes(tmp_path / "data", 30, ("train", "val", "test"))
    dataset = add_dataset(folder)
    choose_dataset(dataset.id)
    return index_layout(find_layout(folder), dataset.folder, workers=1)


def open_page(view=None):
    app = AppTest.from_file(APP, default_timeout=60).run()
    app.switch_page("pages/train_model.py").run()
    if view:
        app.segmented_control(key="train_view").set_value(view).run()
    end = time.monotonic() + 30
    while any("Measuring on this machine" in text.value for text in app.markdown):
        assert time.monotonic() < end
        app.run()
    assert not app.exception, app.exception[0].message
    return app


def choose_preset(app, name):
    app.selectbox(key="train_preset").set_value(name).run()
    assert not app.exception, app.exception[0].message
    return app


def change(app, **values):
    """Set fields of the form by the end of their key."""
    for name, value in values.items():
        kinds = (
            app.number_input,
            app.selectbox,
            app.segmented_control,
            app.slider,
            app.text_input,
            app.toggle,
        )
        widget = next(
            widget for kind in kinds for widget in kind if widget.key == f"train_set_{name}"
        )
        widget.set_value(value).run()
    assert not app.exception, app.exception[0].message
    return app


def texts(app):
    shown = [*app.markdown, *app.caption, *app.error, *app.warning, *app.info, *app.success]
    return "\n".join(element.value.replace("\\", "") for element in shown)


def labels(app):
    return [button.label for button in app.button]


def write_run(title="Lesson", epochs=6, dataset_id="drawn", **state):
    config = get_preset_config("lesson").model_copy(update={"epochs": epochs})
    run = create_run(config, dataset_id, title)
    write_state(run.folder, RunState(**{"status": "queued", **state}))
    return read_run(run.id)


def write_history(run, epochs):
    curves = ("loss", "accuracy", "precision", "recall", "auc")
    rows = [
        {"epoch": epoch}
        | {f"{before}{name}": 0.5 - epoch / 100 for name in curves for before in ("", "val_")}
        | {"learning_rate": 1e-3, "seconds": epoch}
        for epoch in range(epochs)
    ]
    pd.DataFrame(rows).to_csv(run.folder / "history.csv", index=False)


def test_without_a_data_set_the_page_offers_sources():
    app = open_page()
    assert "Training needs pictures" in texts(app)
    assert "Draw them" in labels(app)


def test_an_epoch_of_hours_is_told_in_few_letters(index, monkeypatch):
    slow = COST.model_copy(update={"epoch_seconds": 5400.0})
    monkeypatch.setattr(cost_panel, "measure_cost", lambda *asked: slow)
    told = {metric.label: metric.value for metric in open_page().metric}
    assert told["An epoch"] == "1.5 h"


def test_the_form_begins_with_the_lesson_and_says_what_it_costs(index):
    app = open_page()
    assert app.selectbox(key="train_preset").value == "lesson"
    assert {metric.label: metric.value for metric in app.metric} == {
        "Layers": "1",
        "Parameters": "46.9 k",
        "An epoch": "5 s",
        "Memory": "1.0 GB",
    }
    assert f"All {EPOCHS} epochs: about **" in texts(app)
    assert "pictures train" in texts(app)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_fills_the_form_and_can_be_started_or_says_why_not(index, name):
    app = choose_preset(open_page(), name)
    assert "All settings are as the preset has them." in texts(app)
    assert app.button(key="train_start").disabled == bool(app.error)
    if app.error:
        assert PRESETS[name].config.task == "subtypes"  # the drawn folders tell no kinds
        assert "Data and split → Tell apart" in app.error[0].value


def test_another_preset_resets_the_form(index):
    app = change(open_page(), epochs=2, optimizer="sgd")
    assert f"**Epochs** 2 (was {EPOCHS})" in texts(app)
    assert "**Optimizer** SGD (was AdamW)" in texts(app)
    app = choose_preset(app, "d5-split")
    assert app.number_input(key="train_set_epochs").value == 10
    assert app.number_input(key="train_set_input_size").value == 150
    app = choose_preset(app, "lesson")
    assert "All settings are as the preset has them." in texts(app)


def test_what_a_choice_costs_in_sharpness_or_in_learning_is_said_beside_it(index):
    app = choose_preset(open_page(), "b2-vgg19")
    assert "it will hardly learn" not in texts(app)
    assert "it will hardly learn" in texts(change(app, initial_weights="random"))
    assert "it will hardly learn" not in texts(change(app, options_frozen=False))
    assert "enlarged from that" not in texts(app)
    assert "enlarged from that" in texts(change(app, input_size=256))


def test_changes_are_taken_back_with_one_button(index):
    app = change(open_page(), epochs=2)
    app.button(key="train_reset").click().run()
    assert app.number_input(key="train_set_epochs").value == EPOCHS


def test_the_form_survives_leaving_the_page_and_a_link_hands_it_on(index):
    app = change(open_page(), epochs=2)
    app.switch_page("pages/diagnose.py").run()
    app.switch_page("pages/train_model.py").run()
    assert app.number_input(key="train_set_epochs").value == 2
    linked = AppTest.from_file(APP, default_timeout=60)
    linked.switch_page("pages/train_model.py")
    linked.query_params["preset"] = "a1-dense-baseline"
    linked.query_params["set"] = (
        '{"options.units": "8, 4", "epochs": 3, "seed": "x", "no": 1, "dropout": 5.0, '
        '"optimizer": "none of ours"}'
    )
    linked.run()
    assert linked.text_input(key="train_set_options_units").value == "8, 4"
    assert linked.number_input(key="train_set_epochs").value == 3
    assert linked.number_input(key="train_set_seed").value == 123


@pytest.mark.parametrize("broken", ["{", "3", '{"epochs": null}'])
def test_a_broken_link_opens_the_preset(index, broken):
    app = AppTest.from_file(APP, default_timeout=60)
    app.switch_page("pages/train_model.py")
    app.query_params["preset"], app.query_params["set"] = "nothing", broken
    app.run()
    assert not app.exception
    assert app.selectbox(key="train_preset").value == "lesson"


@pytest.mark.parametrize(
    ("preset", "values", "words"),
    [
        ("lungs-only", {"input_size": 100}, "Picture → Size (pixels)**: expected a multiple of 16"),
        ("e1-simple-cnn", {"input_outside_lungs": "lung_pool"}, "Picture → What it sees"),
        ("d5-split", {"folds": 5}, "Validation → Folds**: cross-validation is by patient"),
        ("d5-split", {"options_units": "8, x"}, "Network → Dense layers**: expected whole numbers"),
    ],
)
def test_an_impossible_combination_is_refused_by_name(index, preset, values, words):
    app = change(choose_preset(open_page(), preset), **values)
    assert words in app.error[0].value
    assert app.button(key="train_start").disabled
    assert not list_runs()


def test_a_data_set_without_val_folder_is_said_before_the_start(tmp_path):
    folder = write_classes(tmp_path / "data", 30)
    dataset = add_dataset(folder)
    choose_dataset(dataset.id)
    index_layout(find_layout(folder), dataset.folder, workers=1)
    app = choose_preset(open_page(), "e1-simple-cnn")
    assert "this data set has no val folder" in texts(app)
    assert app.button(key="train_start").disabled


def test_only_what_matters_is_shown(index):
    app = choose_preset(open_page(), "e1-simple-cnn")
    shown = {widget.key for kind in (app.slider, app.number_input, app.toggle) for widget in kind}
    assert "train_set_options_l2" in shown
    assert not {"train_set_mask_jitter", "train_set_options_stages"} & shown


def test_the_kept_split_is_used_and_said(index):
    save_split(kept := propose_split(index, 0.25), index.folder)
    app = open_page()
    patients = len(kept.validation_patients)
    assert f"The split you kept on the Data page ({patients} patients) is used." in texts(app)
    app.button(key="train_start").click().run()
    assert list_runs()[0].config.validation_patients == kept.validation_patients


def test_weights_to_be_downloaded_are_told_beforehand(index):
    app = choose_preset(open_page(), "densenet121")
    assert "fetched from the internet once" in texts(app)
    app = change(app, initial_weights="random")
    assert "fetched from the internet once" not in texts(app)


def test_without_internet_the_start_is_refused_and_a_random_one_offered(
    index, monkeypatch, tmp_path
):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")  # where nobody listens
    app = choose_preset(open_page(), "densenet121")
    app.button(key="train_start").click().run()
    assert "Network → First weights**: the ImageNet weights of densenet121" in app.error[0].value
    assert not list_runs()
    app.button(key="train_random_start").click().run()
    assert not app.error
    app.button(key="train_start").click().run()
    assert [run.config.initial_weights for run in list_runs()] == ["random"]


def test_a_network_that_cannot_be_measured_says_so(index, monkeypatch):
    def refuse(*asked):
        raise PneumoscopeError("The network could not be measured: no room.")

    monkeypatch.setattr(cost_panel, "measure_cost", refuse)
    app = open_page()
    assert "could not be measured" in texts(app)
    assert not app.button(key="train_start").disabled


def test_start_queues_a_run_and_shows_it(index):
    app = change(open_page(), epochs=2)
    app.text_input(key="train_title").set_value("My first").run()
    app.button(key="train_start").click().run()
    (run,) = list_runs()
    assert (run.request.title, run.config.epochs, run.state.status) == ("My first", 2, "queued")
    assert app.segmented_control(key="train_view").value == "Runs"
    assert app.selectbox(key="train_run").value == run.id
    assert "Waiting for its turn. It is next." in texts(app)


def test_two_visitors_at_once_queue_their_own_runs_and_see_both(index):
    first, second = open_page(), open_page()
    first.text_input(key="train_title").set_value("First").run()
    change(second, epochs=3)
    second.text_input(key="train_title").set_value("Second").run()
    for visitor in (first, second):
        visitor.button(key="train_start").click().run()
        assert not visitor.exception
    runs = {run.request.title: run for run in list_runs()}
    assert set(runs) == {"First", "Second"}
    assert (runs["First"].config.epochs, runs["Second"].config.epochs) == (EPOCHS, 3)
    assert queue.list_queued() == [runs["First"].id, runs["Second"].id]
    options = first.run().selectbox(key="train_run").options
    assert {option.split(" · ")[0] for option in options} == {"First", "Second"}


def test_a_data_set_that_somebody_else_chose_meanwhile_is_not_trained_on(index, tmp_path):
    first = open_page()
    other = add_dataset(write_classes(tmp_path / "other", 20, ("train", "val", "test")))
    index_layout(find_layout(other.root), other.folder, workers=1)
    choose_dataset(other.id)
    first.button(key="train_start").click().run()
    assert "“other” was chosen" in texts(first)
    assert not list_runs()
    first.button(key="train_start").click().run()
    assert [run.request.dataset_id for run in list_runs()] == [other.id]


def test_cross_validation_queues_a_run_for_each_fold(index):
    app = change(open_page(), folds=3)
    assert "Starts 3 runs" in texts(app)
    app.button(key="train_start").click().run()
    assert [run.request.title[-11:] for run in list_runs()] == [
        f"fold {fold} of 3" for fold in (3, 2, 1)
    ]


def test_finished_folds_are_told_by_their_mean_and_how_far_they_differ(index):
    app = change(open_page(), folds=3)
    app.button(key="train_start").click().run()
    runs = list_runs()
    for run, epochs in zip(runs, (1, 3, 2), strict=True):
        write_history(run, epochs)
    for run in runs[:2]:
        write_state(run.folder, RunState(status="finished"))
    # Of the first two .5 and .48; the third goes on.
    assert "Mean of the finished folds 0.490, standard deviation 0.014." in texts(app.run())


def test_without_runs_the_view_says_how_to_start_one():
    assert "No run yet." in texts(open_page("Runs"))


def test_a_running_run_shows_progress_curves_and_what_can_be_done():
    run = write_run(status="running")
    write_history(run, 2)
    told = {"cpu_percent": 150, "memory_bytes": 2**30, "seconds_left": 95}
    write_progress(run.folder, RunProgress(phase="training", epoch=2, done=4, total=10, **told))
    (run.folder / "log.txt").write_text("Epoch 3/6\n")
    app = open_page("Runs")
    for expected in ("Training: epoch 3 of 6.", "about 2 min", "1.0 of"):
        assert expected in texts(app)
    assert app.get("progress")[0].proto.value == 40
    assert not app.get("plotly_chart"), "it would blink at each epoch"
    drawn = [json.loads(chart.proto.spec)["title"]["text"] for chart in app.get("vega_lite_chart")]
    assert sorted(drawn) == sorted(
        ["Loss", "Accuracy", "Precision", "Recall", "AUC", "Learning rate"]
    )
    assert {"Cancel", "Stop and keep the best epoch"} <= set(labels(app))
    assert "Resume" not in labels(app)
    assert app.code[0].value == "Epoch 3/6"
    app.button(key="train_stop_run").click().run()
    assert read_run(run.id).read_stop() == "keep"
    assert "the best epoch so far will be published" in texts(app)
    assert app.button(key="train_stop_run").disabled
    app.button(key="train_cancel_run").click().run()
    assert read_run(run.id).read_stop() == "cancel"
    assert app.button(key="train_cancel_run").disabled


def test_a_run_of_a_cluster_is_not_measured_by_this_machine():
    run = write_run(status="running", ray_address="http://head:8265", ray_job="job")
    told = {"cpu_percent": 350, "memory_bytes": 2**30}
    write_progress(run.folder, RunProgress(phase="training", epoch=1, done=4, total=10, **told))
    shown = texts(open_page("Runs"))
    assert "Processor: **3.5 cores** · Memory: **1.0 GB**" in shown


def test_a_run_whose_last_epoch_ended_is_past_stopping_early():
    run = write_run(status="running")
    write_history(run, run.config.epochs)
    app = open_page("Runs")
    assert app.button(key="train_stop_run").disabled
    assert not app.button(key="train_cancel_run").disabled


def test_a_failed_run_says_why_and_is_resumed():
    run = write_run(status="failed", message="The disk is full. Make room, then resume the run.")
    write_history(run, 3)
    app = open_page("Runs")
    for expected in ("Failed. The disk is full.", "3 of 6 epochs", "Resume goes on from there."):
        assert expected in texts(app)
    app.button(key="train_resume_run").click().run()
    assert read_run(run.id).state.status == "queued"


def test_a_waiting_run_is_cancelled_and_deleted():
    run = write_run()
    app = open_page("Runs")
    app.button(key="train_cancel_run").click().run()
    assert read_run(run.id).state.status == "cancelled"
    app.button(key="train_delete_run").click().run()
    assert not list_runs()
    assert "No run yet." in texts(app)


def test_the_order_of_the_queue_is_changed():
    runs = [write_run(title) for title in ("First", "Second", "Third")]
    for run in runs:
        queue.enqueue_run(run)
    app = open_page("Runs")
    assert app.button(key=f"train_earlier_{runs[0].id}").disabled
    app.button(key=f"train_later_{runs[0].id}").click().run()
    assert queue.list_queued() == [runs[1].id, runs[0].id, runs[2].id]
    assert "1. Second" in texts(app)
    app.button(key=f"train_earlier_{runs[2].id}").click().run()
    assert queue.list_queued() == [runs[1].id, runs[2].id, runs[0].id]


def test_what_a_full_disk_refuses_is_told_until_the_next_press(monkeypatch):
    runs = [write_run(title) for title in ("First", "Second")]
    for run in runs:
        queue.enqueue_run(run)
    app = open_page("Runs")
    title = app.title[0].value
    database = queue.open_queue().storage.conn
    database.execute("pragma query_only = on")
    app.button(key=f"train_later_{runs[0].id}").click().run()
    assert "cannot be changed" in app.error[0].value
    assert app.title[0].value == title
    assert "cannot be changed" in app.run().error[0].value
    database.execute("pragma query_only = off")
    app.button(key=f"train_later_{runs[0].id}").click().run()
    assert not app.error
    assert queue.list_queued() == [runs[1].id, runs[0].id]


def test_a_broken_folder_is_listed_with_its_reason_and_deleted():
    folder = runs_folder() / "broken"
    folder.mkdir(parents=True)
    (folder / "request.json").write_text("{")
    app = open_page("Runs")
    assert "missing or was altered" in texts(app)
    app.button(key="train_delete_broken").click().run()
    assert not folder.exists()


def publish_copy(run):
    """Publish the shipped default model once more, under the id of a run."""
    card = model_store.read_classifier_card("lungs-only")
    files = {name: model_store.read_model_file(card, name) for name in ("serving.tflite",)}
    copy = card.model_copy(update={"id": run.id, "title": run.request.title})
    model_changes.publish_model(copy, files, runs_folder().parent / "models")


def test_a_finished_run_shows_its_figures_and_leads_to_diagnosis():
    run = write_run("My model", status="finished")
    write_history(run, 6)
    publish_copy(run)
    app = open_page("Runs")
    assert "Finished. 6 of 6 epochs" in texts(app)
    figures = app.table[0].value["Value [95 % interval]"]
    assert "[" in figures["Accuracy"]
    assert "Evidence in lungs" in figures
    diagnose, compare = app.get("page_link")
    assert diagnose.proto.query_string == f"model={run.id}"
    assert compare.proto.query_string == f"models={run.id}%2C{DEFAULT_CLASSIFIER}"


def test_the_model_of_a_deleted_run_stays_unless_asked():
    for with_model in (False, True):
        run = write_run(f"Model {with_model}", status="finished")
        publish_copy(run)
        app = open_page("Runs")
        app.toggle(key="train_delete_model").set_value(with_model).run()
        app.button(key="train_delete_run").click().run()
        assert not app.exception
        known = {card.id for card in model_store.list_classifiers()}
        assert (run.id in known) != with_model


def test_a_finished_model_can_be_chosen_to_diagnose(model):
    run = write_run("My model", status="finished")
    publish_copy(run)
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["model"] = run.id
    app.switch_page("pages/diagnose.py").run()
    assert app.selectbox(key="diagnose_model").value == run.id
    unasked = AppTest.from_file(APP, default_timeout=60).switch_page("pages/diagnose.py").run()
    assert unasked.selectbox(key="diagnose_model").value == "lungs-only"


def test_a_broken_model_leaves_the_diagnosis_alone(model):
    folder = runs_folder().parent / "models" / "broken"
    folder.mkdir(parents=True)
    (folder / "card.json").write_text("{")
    app = AppTest.from_file(APP, default_timeout=60).switch_page("pages/diagnose.py").run()
    assert not app.exception
    assert all("broken" not in str(box.options).lower() for box in app.selectbox)


def open_search(app, **values):
    app.session_state["train_search"] = True
    app.run()
    app.multiselect(key="train_search_settings").set_value(list(values)).run()
    for name, value in values.items():
        kinds = (app.multiselect, app.text_input)
        key = f"train_search_{name.replace('.', '_')}"
        widget = next(w for kind in kinds for w in kind if w.key == key)
        widget.set_value(value).run()
    assert not app.exception, app.exception[0].message
    return app


def test_a_search_queues_a_run_for_each_combination(index):
    app = open_search(open_page(), dropout="0.1, 0.3", optimizer=["adam", "sgd"])
    app.button(key="train_search_start").click().run()
    runs = list_runs()
    assert len({run.request.group for run in runs}) == 1
    tried = {(run.config.dropout, run.config.optimizer) for run in runs}
    assert tried == {(0.1, "adam"), (0.1, "sgd"), (0.3, "adam"), (0.3, "sgd")}
    assert "One of 4 runs of a search, 0 ended" in [part.label for part in app.expander]


def test_networks_are_searched_over_and_whole_pictures_beside_lungs_are_cautioned(index):
    app = open_search(
        open_page(),
        architecture=["small-cnn", "efficientnet-lite0"],
        **{"input.outside_lungs": ["whole", "lung_pool"]},
    )
    app.button(key="train_search_start").click().run()
    runs = list_runs()
    assert len({(run.config.architecture, run.config.input.outside_lungs) for run in runs}) == 4
    write_history(runs[0], 2)
    write_state(runs[0].folder, RunState(status="finished"))
    assert "a small difference between these" in texts(app.run())


def test_a_range_is_searched_at_random(index):
    app = open_search(open_page(), learning_rate="1e-4..1e-2")
    assert "a grid needs values" in texts(app)
    app.segmented_control(key="train_search_by").set_value("random").run()
    app.number_input(key="train_search_trials").set_value(3).run()
    app.button(key="train_search_start").click().run()
    rates = [run.config.learning_rate for run in list_runs()]
    assert len(set(rates)) == 3
    assert all(1e-4 <= rate <= 1e-2 for rate in rates)


def test_with_asha_the_runs_say_that_they_are_to_be_judged(index, monkeypatch):
    monkeypatch.setattr(search, "has_asha", lambda: True)
    app = open_search(open_page(), learning_rate="1e-4..1e-2")
    app.segmented_control(key="train_search_by").set_value("asha").run()
    app.number_input(key="train_search_trials").set_value(3).run()
    app.button(key="train_search_start").click().run()
    assert [run.request.asha_epochs for run in list_runs()] == [EPOCHS] * 3


def test_a_reload_keeps_the_name_and_the_run_in_view(index):
    def reload(**address):
        app = AppTest.from_file(APP, default_timeout=60).run()
        for name, value in address.items():
            app.query_params[name] = value
        return app.switch_page("pages/train_model.py").run()

    assert reload(train_title="My own").text_input(key="train_title").value == "My own"
    older, newer = (create_run(get_preset_config("lesson"), "data", "Run") for _ in range(2))
    assert reload(train_view="Runs").query_params["train_run"] == newer.id
    for asked, shown in ((older.id, older.id), ("no such run", newer.id)):
        app = reload(train_view="Runs", train_run=asked)
        assert app.selectbox(key="train_run").value == shown


def test_without_ray_asha_is_not_offered(index, monkeypatch):
    monkeypatch.setattr(search, "has_asha", lambda: False)
    app = open_search(open_page(), learning_rate="1e-4..1e-2")
    options = app.segmented_control(key="train_search_by").options
    assert options == ["Every one", "At random"]


def test_a_search_that_cannot_work_names_the_setting_and_offers_no_start(index):
    app = open_search(open_page(), dropout="0.1, 7")
    assert "dropout" in texts(app).lower()
    assert "train_search_start" not in [button.key for button in app.button]


def test_the_best_of_a_search_is_named(index):
    app = open_search(open_page(), dropout="0.1, 0.3")
    app.button(key="train_search_start").click().run()
    for epochs, run in enumerate(list_runs(), start=2):
        write_history(run, epochs)
        write_state(run.folder, RunState(status="finished"))
    app.run()
    # Each epoch of these histories has a lower loss and a lower AUC than the one before.
    shortest = min(list_runs(), key=lambda run: len(run.read_history()))
    assert f"Highest so far: **0.490**, {shortest.request.title}" in texts(app)


def test_the_preview_draws_a_picture_as_the_form_would_change_it(index):
    app = choose_preset(open_page(), "d5-split")
    assert not list_picture_urls(app)
    app.session_state["train_part_shuffle"] = True
    before = list_picture_urls(app.run())
    after = list_picture_urls(change(app, augmentation_rotation_degrees=45.0))
    assert len(before) == len(after) == 8
    assert after[0] == before[0], "the picture as it is"
    assert not set(after[1:]) & set(before[1:])
