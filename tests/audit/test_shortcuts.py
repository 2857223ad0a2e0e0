"""Planted shortcuts are found and said; clean data is called clean."""

import numpy as np
import pytest

from tests.audit.small_index import make_table, read_index, write_two_children
from xray_core.audit.cover_lungs import CoveredPictures
from xray_core.audit.cross_validate import CrossValidated
from xray_core.audit.figure_shortcuts import FIGURES, measure_figures
from xray_core.audit.measure_shortcuts import measure_shortcuts
from xray_core.audit.picture_shortcuts import WAYS, measure_pictures
from xray_core.audit.shortcut_report import say_figure
from xray_core.errors import StoppedError
from xray_core.numbers import word_estimate

LABELS = ["NORMAL", "PNEUMONIA"] * 100


def word_auc(entry):
    return f"AUC {word_estimate(entry.auc, entry.low, entry.high)}"


def test_a_planted_file_size_is_found_and_the_rest_is_clean(tmp_path):
    rng = np.random.default_rng(0)
    sizes = rng.normal(10_000, 300, 200) + 1_000 * (np.array(LABELS) == "NORMAL")
    heights = np.where(rng.random(200) < 0.5, 300, 310)
    index = make_table(
        LABELS, tmp_path, file_bytes=sizes.astype(int), height=heights, border=rng.random(200)
    )
    told = []
    found = {entry.name: entry for entry in measure_figures(index.readable, lambda: told.append(1))}
    assert len(told) == len(FIGURES)
    assert next(iter(found)) == "file_bytes"
    assert found["file_bytes"].auc > 0.9
    assert found["file_bytes"].strength == "very strong"
    assert f"{word_auc(found['file_bytes'])}:" in found["file_bytes"].sentence
    assert found["border"].auc < 0.62
    assert (
        found["mean"].sentence == "Mean brightness is the same in every picture and tells nothing."
    )


def test_patients_who_share_a_file_count_as_one(tmp_path):
    labels = ["NORMAL"] * 60 + ["PNEUMONIA"] * 6
    index = make_table(labels, tmp_path, content_hash=[f"{n}" for n in range(60)] + ["same"] * 6)
    report = measure_shortcuts(index)
    assert report.classes == ("NORMAL",)
    assert "fewer than 5 patients: PNEUMONIA" in report.note


def test_sentences_claim_no_more_than_the_figure():
    assert "without looking at a lung" in say_figure("File size", CrossValidated(0.83, 0.8, 0.86))
    assert say_figure("Picture height", CrossValidated(0.53, 0.45, 0.61)) == (
        "Picture height alone hardly tells the classes apart: AUC 0.530 [0.450, 0.610]."
    )


@pytest.mark.parametrize("where", ["lungs", "corner", "outline"])
def test_the_planted_place_is_found(where, tmp_path):
    rng = np.random.default_rng(0)
    sick = np.array(LABELS) == "PNEUMONIA"
    pictures = rng.normal(0.5, 0.05, (200, 24, 24)) + np.linspace(-0.3, 0.3, 24)[:, np.newaxis]
    lungs = np.zeros((200, 24, 24), bool)
    lungs[:, 6:18, 5:10] = lungs[:, 6:18, 14:19] = True
    if where == "lungs":
        pictures[sick, 8:12, 6:9] += 0.2
    elif where == "corner":
        pictures[sick, :3, :3] += 0.3
    else:
        lungs[sick, 14:18] = False
    paint = np.array([np.roll(mask, 1, 0) | mask | np.roll(mask, -1, 0) for mask in lungs])
    covered = CoveredPictures(pictures.astype(np.float32), lungs, paint, np.ones(200, bool))
    rows = make_table(LABELS, tmp_path).readable
    found = {entry.name: entry for entry in measure_pictures(covered, rows, lambda: None)}
    high = {name for name, entry in found.items() if entry.auc > 0.9}
    assert (
        high
        == {
            "lungs": {"whole_picture", "lungs_only"},
            "corner": {"whole_picture", "lungs_covered", "patch_covered"},
            "outline": {"lungs_covered", "lung_outline", "lungs_only"},
        }[where]
    )
    assert word_auc(found["lung_outline"]).removeprefix("AUC ") in found["lungs_covered"].sentence


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Two drawn children with lungs, and each of them many times, differently exposed."""
    return read_index(write_two_children(tmp_path_factory.mktemp("drawn") / "data", 20))


def test_the_whole_measurement_runs_on_files(drawn):
    told = []
    report = measure_shortcuts(drawn, lambda done, total: told.append((done, total)))
    assert len(report.shortcuts) == len(FIGURES) + len(WAYS)
    assert report.classes == ("NORMAL", "PNEUMONIA")
    assert (report.pictures, report.covered_pictures) == (20, 20)
    assert report.shortcuts[0].auc > 0.95  # the quality of the JPEG files, by their size
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == told[-1][1]


def test_it_can_be_stopped(drawn):
    with pytest.raises(StoppedError):
        measure_shortcuts(drawn, should_stop=lambda: True)


def test_one_class_is_said_and_not_measured(tmp_path):
    report = measure_shortcuts(make_table(["NORMAL"] * 20 + ["RARE"] * 2, tmp_path))
    assert report.shortcuts == ()
    assert "Two classes" in report.note
    assert "RARE" in report.note
