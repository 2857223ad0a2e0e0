"""The table of the five projects is made from what is shipped."""

from tools.reproduction import REPRODUCTION_FILE, render_reproduction
from xray_core.training.presets.catalog import PRESETS
from xray_core.training.presets.preset import OWN


def test_the_table_is_up_to_date():
    assert REPRODUCTION_FILE.read_text() == render_reproduction().rstrip() + "\n", (
        "run `python -m tools.reproduction`"
    )


def test_every_run_of_the_projects_is_in_the_table_or_named_as_missing():
    text = REPRODUCTION_FILE.read_text()
    for preset in PRESETS.values():
        if preset.source != OWN:
            assert preset.title in text
