"""The dial of the drawn set, as the shortcut audit reads it: off it finds nothing, on the sign."""

import pytest

from tests.audit.small_index import read_index
from xray_core.audit.figure_shortcuts import FIGURES, measure_figures
from xray_core.audit.measure_shortcuts import measure_shortcuts
from xray_core.datasets.synthetic import parse_shortcut, write_folder


def draw(folder, of_each_class, dial=None):
    counts = {"train": (of_each_class, of_each_class)}
    shortcut = parse_shortcut(dial) if dial else None
    write_folder(folder / "data", counts, 160, 0, shortcut=shortcut, workers=1)
    return read_index(folder / "data")


def test_without_a_shortcut_nothing_outside_the_lungs_tells_the_classes_apart(tmp_path):
    report = measure_shortcuts(draw(tmp_path, 20))
    found = {entry.name: entry for entry in report.shortcuts}
    # Where signs would lie; other intervals of so many may miss a half by chance.
    for name in ("border", "patch_covered", "lungs_covered"):
        assert found[name].low < 0.5 < found[name].high, name
    assert {found[name].strength for name in FIGURES} <= {"hardly any", "weak"}
    assert "without looking at a lung" not in " ".join(entry.sentence for entry in found.values())


@pytest.mark.slow
def test_a_marker_that_tells_the_label_is_seen_beside_the_lungs(tmp_path):
    report = measure_shortcuts(draw(tmp_path, 30, "marker:1.0"))
    found = {entry.name: entry for entry in report.shortcuts}
    assert found["patch_covered"].auc > 0.85
    assert found["patch_covered"].low > 0.7
    assert "a small model still tells the classes apart" in found["patch_covered"].sentence
    assert found["patch_covered"].auc > found["lungs_only"].auc + 0.1
    assert found["border"].low < 0.5 < found["border"].high  # the marker lies further inside


def test_a_border_that_tells_the_label_is_the_figure_on_top(tmp_path):
    first, *_ = measure_figures(draw(tmp_path, 16, "border:1.0").readable, lambda: None)
    assert first.name == "border"
    assert first.auc > 0.95
    assert first.sentence.startswith("Brightness of the border alone tells the classes apart")
