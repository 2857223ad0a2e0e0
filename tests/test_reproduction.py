"""The table of the five projects is made from what is shipped."""

import pytest

from tools.reproduction import REPRODUCTION_FILE, render_reproduction
from xray_core.model_store import DEFAULT_CLASSIFIER, read_classifier_card
from xray_core.training.presets.catalog import PRESETS
from xray_core.training.presets.preset import OWN


@pytest.mark.slow
def test_the_table_is_up_to_date():
    assert REPRODUCTION_FILE.read_text() == render_reproduction().rstrip() + "\n", (
        "run `python -m tools.reproduction`"
    )


def test_every_run_of_the_projects_is_in_the_table_or_named_as_missing():
    text = REPRODUCTION_FILE.read_text()
    for preset in PRESETS.values():
        if preset.source != OWN:
            assert preset.title in text


def test_the_default_model_stands_beside_the_projects_whatever_its_test_is_called():
    rows = [line for line in REPRODUCTION_FILE.read_text().splitlines() if line.startswith("| ")]
    (own,) = (row for row in rows if "(`lungs-only`)" in row)
    figures = read_classifier_card(DEFAULT_CLASSIFIER).measurements["official test"].figures
    assert f"{100 * figures['accuracy'].value:.1f} %" in own
    assert any("(`whole-image`)" in row for row in rows)
