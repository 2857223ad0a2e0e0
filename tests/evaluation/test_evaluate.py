"""Answers on a folder become figures; what could not be answered is counted, never guessed."""

import io
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from tests.diagnosis.drawn_diagnosis import draw_diagnosis
from xray_core.datasets.folder import LabelledImage
from xray_core.datasets.synthetic import draw_xray, encode_png
from xray_core.diagnosis.diagnose import load_diagnoser
from xray_core.errors import DatasetError
from xray_core.evaluation.evaluate import measure
from xray_core.evaluation.predict import (
    Reference,
    predict_images,
    read_boxes,
    write_predictions,
)


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    folder = tmp_path_factory.mktemp("images")
    made = []
    for seed in range(4):
        path = folder / f"xray{seed}.png"
        path.write_bytes(encode_png(draw_xray(seed=seed, pneumonia=seed % 2 == 1, size=256)))
        made.append(LabelledImage(path, seed % 2, f"patient{seed}"))
    (folder / "broken.png").write_bytes(b"no picture")
    return [*made, LabelledImage(folder / "broken.png", 1, "patient9")]


def test_each_picture_gets_a_row_and_a_broken_one_says_why(images):
    seen = []
    everywhere = {image.path.stem: np.ones((224, 224), bool) for image in images}
    boxes = {"xray1.png": np.ones((224, 224), bool)}
    table = predict_images(
        images,
        load_diagnoser(),
        Reference(everywhere, boxes),
        lambda done, total: seen.append((done, total)),
    )
    assert table["file"].tolist()[-1] == "broken.png"
    assert table["probability"].isna().tolist() == [False] * 4 + [True]
    assert table["error"].tolist()[:4] == [""] * 4
    assert "Expected" in table["error"].iloc[4]
    np.testing.assert_allclose(table["energy_in_mask"].dropna(), 1)
    assert table["energy_in_box"].notna().sum() <= 1
    assert seen[-1] == (5, 5)
    rest = table["probability_rest_covered"]
    np.testing.assert_allclose(rest[:4], table["probability"][:4], atol=0.1, err_msg="lungs only")
    assert rest.isna().tolist() == table["probability_lungs_covered"].isna().tolist()
    written = pd.read_csv(io.StringIO(write_predictions(table)))
    np.testing.assert_allclose(written["probability"], table["probability"], rtol=1e-8)


def answers(**columns):
    table = {
        "file": ["a", "b", "c", "d"],
        "patient": ["p", "q", "r", "s"],
        "label": [0, 0, 1, 1],
        "probability": [0.1, 0.7, 0.8, 0.9],
        "called": [0, 1, 1, 1],
        "error": [""] * 4,
    }
    return pd.DataFrame(table | columns)


def test_figures_and_confusion_match_the_answers():
    result = measure(answers(), threshold=0.5, data="four")
    assert result.n == 4
    assert result.confusion == {"tn": 1, "fp": 1, "fn": 0, "tp": 2}
    assert result.figures["accuracy"].value == 0.75
    assert result.figures["auc"].value == 1.0
    assert result.figures["accuracy"].low <= 0.75 <= result.figures["accuracy"].high


def test_evidence_in_lungs_is_averaged_over_pictures_called_pneumonia():
    table = answers(peak_in_mask=[False, False, True, True], energy_in_mask=[0.0, 0.1, 0.8, 0.6])
    figures = measure(table, threshold=0.5, data="four").figures
    assert figures["peak_in_mask"].value == pytest.approx(2 / 3)
    assert figures["energy_in_mask"].value == pytest.approx(0.5)


def test_where_a_model_looks_is_not_said_when_hardly_any_answer_has_evidence():
    shares = [None, None, None, 0.3]
    figures = measure(answers(evidence_in_lungs=shares), threshold=0.5, data="four").figures
    assert "evidence_in_lungs" not in figures


def test_evidence_in_boxes_counts_every_boxed_picture_and_a_silent_one_as_a_miss():
    table = answers(
        called=[0, 0, 0, 1],
        random_in_box=[None, 0.2, 0.4, 0.3],
        peak_in_box=[None, None, True, True],
        energy_in_box=[None, None, 0.6, 0.3],
    )
    figures = measure(table, threshold=0.5, data="four").figures
    assert figures["peak_in_box"].value == pytest.approx(2 / 3)
    assert figures["energy_in_box"].value == pytest.approx(0.3)
    assert figures["random_in_box"].value == pytest.approx(0.3)


def test_kinds_are_judged_on_pneumonias_of_known_kind_whatever_the_verdict():
    table = answers(
        label=[0, 1, 1, 1],
        kind=["", "bacterial", "viral", ""],
        kind_called=["viral", "bacterial", "bacterial", "viral"],
    )
    assert measure(table, threshold=0.5, data="four").figures["kind_right"].value == 0.5
    assert "kind_right" not in measure(answers(), threshold=0.5, data="four").figures


def test_the_row_of_a_model_of_three_classes_names_the_more_probable_kind(images):
    shares = {"normal": 0.6, "bacterial": 0.1, "viral": 0.3}
    drawn = replace(draw_diagnosis(), classes=shares)
    told = [replace(images[0], label=1, subtype="bacteria")]
    saying = SimpleNamespace(probability=0.4, heatmap=drawn.heatmap, classes=None)
    diagnoser = SimpleNamespace(
        diagnose=lambda xray: drawn, classifier=SimpleNamespace(answer=lambda *asked: saying)
    )
    row = predict_images(told, diagnoser).iloc[0]
    assert (row["kind"], row["kind_called"]) == ("bacterial", "viral")


def test_covered_pictures_are_ranked_and_those_of_older_models_are_not():
    table = answers(
        probability_lungs_covered=[0.9, 0.9, 0.95, 0.8],
        probability_rest_covered=[0.6, 0.7, 0.8, 0.9],
    )
    figures = measure(table, threshold=0.5, data="four").figures
    assert figures["auc_lungs_covered"].value == 0.5
    assert figures["auc_rest_covered"].value == 1.0
    assert "auc_lungs_covered" not in measure(answers(), threshold=0.5, data="four").figures


def test_what_nobody_hits_has_an_interval_all_the_same():
    table = answers(
        random_in_box=[None, 0.2, 0.4, 0.3],
        peak_in_box=[None, False, False, False],
        energy_in_box=[None, 0.1, 0.2, 0.3],
    )
    peak = measure(table, threshold=0.5, data="four").figures["peak_in_box"]
    assert (peak.value, peak.low) == (0, 0)
    assert peak.high == pytest.approx(0.56, abs=0.01), "Wilson's, of three patients"


def test_unanswered_pictures_are_counted():
    table = answers(probability=[0.1, 0.7, 0.8, np.nan], error=["", "", "", "no lungs"])
    result = measure(table, threshold=0.5, data="four")
    assert result.n == 3
    assert "left out: 1." in result.note


def test_nothing_answered_is_an_error_with_the_reason():
    table = answers(probability=[np.nan] * 4, error=["no lungs"] * 4)
    with pytest.raises(DatasetError, match="no lungs"):
        measure(table, threshold=0.5, data="four")


def test_boxes_with_other_columns_are_refused(tmp_path):
    path = tmp_path / "boxes.csv"
    path.write_text("file,x,y\na,1,2\n")
    with pytest.raises(DatasetError, match="Expected the columns"):
        read_boxes(path)


def test_boxes_of_one_picture_are_united(tmp_path):
    path = tmp_path / "boxes.csv"
    path.write_text("filename,x,y,width,height\na,0,0,512,512\na,512,512,512,512\nb,,,,\n")
    boxes = read_boxes(path)
    assert set(boxes) == {"a"}
    assert boxes["a"][10, 10]
    assert boxes["a"][200, 200]
    assert not boxes["a"][10, 200]
