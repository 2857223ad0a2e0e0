"""`compare` on the command line."""

import json

import pytest
from typer.testing import CliRunner

from tests.comparison.made_models import disturb, make_drawn_answers, make_model, read_official
from xray_core.cli.app import app
from xray_core.comparison.looks import count_look
from xray_core.model_store import DEFAULT_CLASSIFIER, read_classifier_card

pytestmark = pytest.mark.usefixtures("empty_workspace")


def run(*arguments):
    return CliRunner().invoke(app, ["compare", *map(str, arguments)])


def test_two_models_are_compared_in_words():
    make_model("other", {"test": disturb(read_official(), 1)})
    result = run(DEFAULT_CLASSIFIER, "other")
    assert result.exit_code == 0, result.output
    assert "Evidence in lungs" in result.output
    assert "points more accurate than" in result.output
    assert "PNEUMONIA" in result.output
    assert "[[192  42]\n [  3 387]]" in result.output


def test_looks_at_the_test_figures_are_told():
    make_model("other", {"test": disturb(read_official(), 1)})
    assert "somebody’s choosing" not in run(DEFAULT_CLASSIFIER, "other").output
    pictures = json.loads(run(DEFAULT_CLASSIFIER, "other", "--json").stdout)["test"]
    count_look(["other"], pictures)
    assert run(DEFAULT_CLASSIFIER, "other").output.count("were seen once at a threshold") == 1
    record = json.loads(run(DEFAULT_CLASSIFIER, "other", "--json").stdout)
    assert [model["looks"] for model in record["models"]] == [0, 1]


def test_json_holds_figures_differences_and_settings():
    make_model("other", {"test": disturb(read_official(), 1)}, settings={"epochs": 3})
    record = json.loads(run(DEFAULT_CLASSIFIER, "other", "--json").stdout)
    figures = record["models"][0]["figures"]
    assert {"mcc", "brier", "pr_auc", "evidence_in_lungs", "peak_in_box"} <= set(figures)
    (pair,) = record["pairs"]
    assert [found["figure"] for found in pair["differences"]] == ["accuracy", "AUC"]
    assert any(setting["Setting"] == "Epochs" for setting in record["settings"])


def test_models_of_one_title_are_told_apart_by_their_ids(tmp_path):
    for seed, model_id in enumerate(("one", "two")):
        make_model(model_id, {"test": disturb(read_official(), seed)}, title="Twin")
    path = tmp_path / "report.html"
    result = run("one", "two", "--html", path)
    assert "one: Twin (one); official test" in result.output
    report = path.read_text()
    for title in ("Twin (one)", "Twin (two)"):
        assert f"<td>{title}</td>" in report
        assert f"{title}\\u003cbr\\u003e" in report  # its line in the chart of a score


def test_a_difference_to_a_model_that_was_tuned_on_test_is_flagged_with_the_reason(tmp_path):
    chosen = read_classifier_card(DEFAULT_CLASSIFIER).calibration.model_copy(
        update={"source": "624 test pictures"}
    )
    make_model("other", {"test": disturb(read_official(), 1)}, calibration=chosen)
    path = tmp_path / "report.html"
    said = run(DEFAULT_CLASSIFIER, "other", "--html", path).output.splitlines()
    flag = "Other: tuned on test. Its threshold was chosen on: 624 test pictures."
    place = said.index(flag)
    assert said[place - 1].endswith(
        "Three earlier versions had been judged on these pictures, too."
    )
    assert said[place - 2].startswith("Accuracy is that at each model's own threshold")
    assert f"<p>{flag}</p>" in path.read_text()
    (pair,) = json.loads(run(DEFAULT_CLASSIFIER, "other", "--json").stdout)["pairs"]
    assert pair["sentences"][-1] == flag


def test_models_judged_on_other_pictures_are_refused_with_the_reason():
    make_model("other", {"test": make_drawn_answers()})
    result = run(DEFAULT_CLASSIFIER, "other")
    assert result.exit_code == 0
    assert "are not compared. They were judged on different pictures: 624 and 40" in result.output


def test_the_report_needs_nothing_from_outside(tmp_path):
    make_model("other", {"test": disturb(read_official(), 1)}, title="A <b>bold</b> one")
    path = tmp_path / "report.html"
    assert run(DEFAULT_CLASSIFIER, "other", "--html", path).exit_code == 0
    text = path.read_text()
    assert "A &lt;b&gt;bold&lt;/b&gt; one" in text
    assert "Kermany et al. 2018, Cell" in text
    assert 'src="http' not in text
    assert "<link" not in text
    assert text.count("Plotly.newPlot(") >= 6
    assert "Decision curve" in text
    assert "Of 1,000 X-rays, where as many have pneumonia as among these pictures, 62.5 %" in text
    assert "False alarms in 1,000" in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nobody"], "No model is called 'nobody'"),
        (["lung-outline"], "Expected a model that classifies"),
        ([DEFAULT_CLASSIFIER, "--on", "moon"], "No test is called 'moon'"),
        ([DEFAULT_CLASSIFIER, "--html", "/nowhere/report.html"], "cannot be written"),
    ],
)
def test_what_a_user_can_mend_is_said_in_a_sentence(arguments, words):
    result = run(*arguments)
    assert result.exit_code == 1
    assert words in result.output


def test_another_test_can_be_named():
    result = run(DEFAULT_CLASSIFIER, "--on", "adults of another hospital")
    assert "different data" in result.output
    card = read_classifier_card(DEFAULT_CLASSIFIER)
    accuracy = card.measurements["adults of another hospital"].figures["accuracy"].value
    assert f"{accuracy:.3f}" in result.output
