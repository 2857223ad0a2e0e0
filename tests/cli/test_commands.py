"""The command line: names that scripts rely on, sentences for people, exit codes for both."""

import json
import shutil

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from tests.datasets.drawn_folders import write_classes
from tests.datasets.fetched_set import FetchedSet
from xray_core.cli.app import app
from xray_core.datasets.catalog import get_chosen_dataset
from xray_core.datasets.synthetic import draw_xray, encode_png, write_folder
from xray_core.diagnosis.conformal import Cutoffs
from xray_core.images import decode
from xray_core.lungs.zones import ZONE_NAMES
from xray_core.model_store import DEFAULT_CLASSIFIER, DEFAULT_LUNGS


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def xray_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("xray") / "xray.png"
    path.write_bytes(encode_png(draw_xray(seed=1, pneumonia=True, size=400)))
    return path


def test_what_cannot_be_written_or_is_too_large_costs_one_answer(xray_file, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    result = run("diagnose", xray_file, "--overlay", tmp_path / "file", "--json")
    assert result.exit_code == 1
    (record,) = json.loads(result.stdout)
    assert "Expected a file that can be written" in record["error"]
    large = tmp_path / "large.png"
    large.write_bytes(bytes(2000))
    monkeypatch.setattr(decode, "MAX_FILE_BYTES", 1999)
    result = run("diagnose", large, tmp_path / "missing.png", "--json")
    too_large, missing = json.loads(result.stdout)
    assert "Expected at most" in too_large["error"]
    assert "Expected a file that can be read" in missing["error"]


def test_diagnose_answers_under_stable_names(xray_file):
    result = run("diagnose", xray_file, "--json")
    assert result.exit_code == 0, result.output
    (record,) = json.loads(result.stdout)
    assert record["file"] == str(xray_file)
    assert record["model"] == DEFAULT_CLASSIFIER
    assert 0 <= record["probability"] <= 1
    assert 0 < record["threshold"] < 1
    cutoffs = Cutoffs(record["normal_below"], record["pneumonia_from"], record["error_rate"])
    assert record["verdict"] == cutoffs.decide(record["probability"])
    assert record["error_rate"] == 0.05
    if record["zones"] is not None:
        assert set(record["zones"]) == set(ZONE_NAMES)
        assert record["evidence_in_lungs"] == pytest.approx(sum(record["zones"].values()), abs=1e-4)


def test_one_bad_file_fails_alone(xray_file, tmp_path):
    bad = tmp_path / "notes.dcm"
    bad.write_text("<html>not an X-ray</html>")
    result = run("diagnose", bad, xray_file, tmp_path / "missing.png", "--json")
    assert result.exit_code == 1
    first, second, third = json.loads(result.stdout)
    assert "error" in first
    assert "verdict" in second
    assert "missing.png" in third["error"]


def test_heatmap_has_the_original_pictures_pixels(xray_file, tmp_path):
    result = run("diagnose", xray_file, "--heatmap", tmp_path / "h", "--overlay", tmp_path / "o")
    assert result.exit_code == 0, result.output
    picture = cv2.imread(str(xray_file), cv2.IMREAD_GRAYSCALE)
    heat = np.load(tmp_path / "h" / "xray.npy")
    assert heat.dtype == np.float32
    assert heat.shape == picture.shape
    assert cv2.imread(str(tmp_path / "o" / "xray.png")).shape[:2] == picture.shape


def test_same_file_names_do_not_overwrite_each_others_heatmap(xray_file, tmp_path):
    other = tmp_path / "xray.png"
    other.write_bytes(encode_png(draw_xray(seed=2, pneumonia=False, size=300)))
    result = run("diagnose", xray_file, other, "--heatmap", tmp_path / "h")
    assert result.exit_code == 0, result.output
    shapes = {np.load(path).shape for path in (tmp_path / "h").iterdir()}
    assert shapes == {(400, 400), (300, 300)}


def test_lungs_writes_a_mask_of_the_pictures_size(xray_file, tmp_path):
    result = run("lungs", xray_file, "--mask", tmp_path / "mask.png")
    assert result.exit_code == 0, result.output
    mask = cv2.imread(str(tmp_path / "mask.png"), cv2.IMREAD_GRAYSCALE)
    assert mask.shape == cv2.imread(str(xray_file), cv2.IMREAD_GRAYSCALE).shape
    assert set(np.unique(mask)) == {0, 255}


def test_lungs_of_an_empty_picture_are_refused(tmp_path):
    cv2.imwrite(str(tmp_path / "grey.png"), np.full((300, 300), 90, np.uint8))
    result = run("lungs", tmp_path / "grey.png", "--mask", tmp_path / "mask.png")
    assert result.exit_code == 1
    assert "Expected a frontal chest X-ray" in result.output
    assert not (tmp_path / "mask.png").exists()


def test_models_lists_what_is_shipped():
    cards = json.loads(run("models", "--json").stdout)
    assert {DEFAULT_CLASSIFIER, DEFAULT_LUNGS} <= {card["id"] for card in cards}
    assert "(default)" in run("models").stdout


def test_unknown_model_is_a_sentence(xray_file):
    result = run("diagnose", xray_file, "--model", "nobody")
    assert result.exit_code == 1
    assert DEFAULT_CLASSIFIER in result.output
    assert "Traceback" not in result.output


def test_evaluate_gives_figures_with_intervals(tmp_path):
    write_folder(tmp_path, {"test": (6, 6)}, size=256, seed=3)
    result = run("evaluate", "--data", tmp_path, "--json")
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)
    names = {"accuracy", "sensitivity", "specificity", "precision", "f1", "auc", "ece"}
    assert names <= set(figures)
    assert names <= set(figures["intervals"])
    assert figures["n"] == sum(figures["confusion"].values()) == 12


def test_evaluate_says_what_is_missing(tmp_path):
    result = run("evaluate", "--data", tmp_path)
    assert result.exit_code == 1
    assert "NORMAL" in result.output


@pytest.fixture(scope="module")
def drawn_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("drawn") / "data"
    result = run("data", "synthesize", folder, "--n", 40, "--size", 96, "--shortcut", "marker:1")
    assert result.exit_code == 0, result.output
    return folder


@pytest.mark.usefixtures("empty_workspace")
def test_data_index_counts_and_chooses(drawn_folder):
    result = run("data", "index", drawn_folder, "--json")
    assert result.exit_code == 0, result.output
    record = json.loads(result.stdout)
    assert record["pictures"] == sum(row["count"] for row in record["counts"]) == 40
    assert record["unreadable"] == []
    assert get_chosen_dataset().id == record["id"]


@pytest.mark.usefixtures("empty_workspace")
def test_data_audit_finds_what_was_planted(drawn_folder, tmp_path):
    folder = tmp_path / "data"
    shutil.copytree(drawn_folder, folder)
    copied = next((folder / "train" / "NORMAL").iterdir())
    shutil.copy(copied, folder / "test" / "NORMAL" / "IM-9999-0001.jpeg")
    result = run("data", "audit", folder, "--json")
    assert result.exit_code == 0, result.output
    found = {entry["kind"]: entry for entry in json.loads(result.stdout)["findings"]}
    across = [kind for kind in found if "duplicates" in kind and found[kind]["count"]]
    assert across
    assert any("IM-9999" in row["path"] for kind in across for row in found[kind]["evidence"])


@pytest.mark.parametrize("shortcut", ["marker", "hat:1", "marker:2"])
def test_data_synthesize_names_the_shortcuts_there_are(tmp_path, shortcut):
    result = run("data", "synthesize", tmp_path / "new", "--shortcut", shortcut)
    assert result.exit_code == 1
    assert "marker" in result.output
    assert not (tmp_path / "new").exists()


def test_data_synthesize_overwrites_nothing(drawn_folder):
    result = run("data", "synthesize", drawn_folder, "--n", 4)
    assert result.exit_code == 1
    assert "empty folder" in result.output


@pytest.mark.parametrize("command", ["index", "audit"])
def test_data_commands_say_what_is_missing(tmp_path, command):
    result = run("data", command, tmp_path)
    assert result.exit_code == 1
    assert "Expected pictures" in result.output


@pytest.mark.usefixtures("empty_workspace")
def test_data_download_chooses_what_was_fetched(tmp_path, monkeypatch):
    folder = write_classes(tmp_path / "fetched", patients=1)
    FetchedSet(tmp_path, monkeypatch).answer_with(f"return {str(folder)!r}")
    result = run("data", "download")
    assert result.exit_code == 0, result.output
    assert result.stdout == f"Chest X-rays (Kermany): {folder}\n"
    assert get_chosen_dataset().root == folder


@pytest.mark.usefixtures("empty_workspace")
def test_data_download_without_internet_is_a_sentence(tmp_path, monkeypatch):
    FetchedSet(tmp_path, monkeypatch).cut_the_line()
    result = run("data", "download")
    assert result.exit_code == 1
    assert result.stderr == (
        "Expected to reach www.kaggle.com, got: Connection refused. Connect this computer to the "
        "internet and try again, or choose a folder of X-rays that is already here.\n"
    )
    assert get_chosen_dataset() is None
