"""Training from the command line: the same runs as on the page, under stable names."""

import json

import pytest
from typer.testing import CliRunner

from xray_core.cli.app import app
from xray_core.cli.train import parse_setting
from xray_core.datasets.drawn_chest.series import divide_pictures
from xray_core.datasets.synthetic import draw_xray, encode_png, write_folder
from xray_core.training.jobs.run_files import write_state
from xray_core.training.jobs.run_folder import create_run
from xray_core.training.jobs.run_records import RunState
from xray_core.training.presets.catalog import PRESETS, get_preset_config


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def own_workspace(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PNEUMOSCOPE_WORKSPACE", str(tmp_path_factory.mktemp("cli")))
        yield


@pytest.fixture(scope="module")
def trained(own_workspace, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures") / "drawn"
    write_folder(folder, divide_pictures(60), 96, seed=4)
    changes = ("--set", "epochs=1", "--set", "input.size=48", "--set", "augmentation.flip=0")
    result = run(
        "train", "--preset", "lesson", "--data", folder, "--id", "from-cli", *changes, "--json"
    )
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout[result.stdout.index("[") :])[0]


def test_train_publishes_a_model_that_is_judged_and_answers(trained, tmp_path):
    assert trained["status"] == "finished"
    assert trained["settings"]["epochs"] == 1
    assert trained["settings"]["input"]["size"] == 48
    figures = trained["measurements"]["test"]
    assert {"accuracy", "auc", "sensitivity", "specificity", "ece"} <= set(figures)
    assert len(figures["intervals"]["accuracy"]) == 2
    picture = tmp_path / "xray.png"
    picture.write_bytes(encode_png(draw_xray(seed=1, pneumonia=True, size=400)))
    (record,) = json.loads(run("diagnose", picture, "--model", "from-cli", "--json").stdout)
    assert record["model"] == "from-cli"


def test_runs_are_listed_and_shown(trained):
    (record,) = json.loads(run("runs", "list", "--json").stdout)
    assert record == trained
    shown = run("runs", "show", "from-cli").output
    assert "from-cli: finished" in shown
    assert "val_loss" in shown
    (told,) = json.loads(run("runs", "show", "from-cli", "--json").stdout)
    assert told.pop("progress")["phase"] == "publishing"
    (epoch,) = told.pop("epochs")
    assert epoch["epoch"] == 1
    assert epoch["val_loss"] > 0
    assert told == record


def test_a_finished_run_is_not_resumed(trained):
    result = run("runs", "resume", "from-cli")
    assert result.exit_code == 1
    assert "is finished" in result.output


def test_a_run_whose_model_was_deleted_hides_no_other(trained):
    gone = create_run(get_preset_config("lesson"), "none", "Gone")
    write_state(gone.folder, RunState(status="finished"))
    told = {each["id"]: each for each in json.loads(run("runs", "list", "--json").stdout)}
    assert told[gone.id]["measurements"] is None
    assert told["from-cli"]["measurements"]
    refused = run("runs", "cancel", gone.id)
    assert refused.exit_code == 1
    assert f"{gone.id} is finished" in refused.output


def test_presets_are_listed_with_their_sources(own_workspace):
    assert "Project D (Blumer)" in run("presets").output
    records = json.loads(run("presets", "--json").stdout)
    assert set(records) == set(PRESETS)
    assert records["d2-augmented"]["reported"] == "89.90 %, loss .2677"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--preset", "lessons"), "No preset is called 'lessons'"),
        (("--preset", "lesson", "--set", "epochs"), "expected field=value, got 'epochs'"),
        (("--preset", "lesson", "--set", "epoch=3"), "epoch: no such setting"),
        (("--preset", "lesson", "--set", "epochs=0"), "epochs: "),
        (("--preset", "lesson", "--set", "start_from=nothing"), "'nothing'"),
        (
            ("--preset", "lesson", "--set", "start_from=lungs-only"),
            "start_from: expected a model of small-cnn with 2 answers, but lungs-only is",
        ),
    ],
)
def test_what_cannot_be_trained_is_said_before_anything_starts(own_workspace, arguments, sentence):
    result = run("train", *arguments)
    assert result.exit_code == 1
    assert sentence in result.output


def test_without_data_the_way_to_some_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("PNEUMOSCOPE_WORKSPACE", str(tmp_path))
    result = run("train", "--preset", "lesson")
    assert result.exit_code == 1
    assert "data index" in result.output


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("options.units=64,32", ("options.units", [64, 32])),
        ("options.units=[64]", ("options.units", [64])),
        ("options.units=64,", ("options.units", [64])),
        ("balance_classes=false", ("balance_classes", False)),
        ("learning_rate=1e-4", ("learning_rate", 1e-4)),
        ("optimizer=sgd", ("optimizer", "sgd")),
        ("start_from=null", ("start_from", None)),
    ],
)
def test_values_are_understood(setting, value):
    assert parse_setting(setting) == value


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--over", "dropout"], "field=a,b,c"),
        (["--over", "speed=1,2"], "speed: no such setting"),
        (["--over", "learning_rate=1e-4..1e-2"], "learning_rate: a grid needs values"),
        (["--over", "dropout=0..0.5", "--by", "random"], "trials: expected 1 to 1000"),
        (["--over", "dropout=0,2"], "With Dropout 2: dropout"),
    ],
)
def test_search_says_what_is_wrong_and_queues_nothing(own_workspace, arguments, sentence):
    before = run("runs", "list").output
    result = run("search", "--preset", "lesson", *arguments)
    assert result.exit_code == 1
    assert sentence in result.output
    assert run("runs", "list").output == before
