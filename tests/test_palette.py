"""The colours: one for each class wherever it appears, and letters that can be read."""

import re
from pathlib import Path

import pytest

from xray_core import charts, palette

ROOT = Path(__file__).resolve().parents[1]
_SHEETS = ("ui/answer_card.css", "ui/present/look.css")


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colour", palette.CLASS_COLOURS.values())
def test_white_letters_on_a_class_can_be_read(colour):
    assert contrast(colour, "#ffffff") >= 4.5


@pytest.mark.parametrize("colour", palette.CLASS_COLOURS.values())
@pytest.mark.parametrize("ground", ["#ffffff", "#14171b"])
def test_a_class_stands_out_in_both_themes(colour, ground):
    assert f'"{ground}"' in (ROOT / ".streamlit" / "config.toml").read_text()
    assert contrast(colour, ground) >= 3


@pytest.mark.parametrize("sheet", _SHEETS)
def test_style_sheets_have_the_colours_of_the_palette(sheet):
    text = (ROOT / sheet).read_text()
    for name, colour in palette.CLASS_COLOURS.items():
        found = re.findall(rf"\.{name} {{[^}}]*?(#[0-9a-f]{{6}})", text)
        assert found == [colour.lower()]


def test_charts_draw_a_class_in_its_colour_however_it_is_written():
    colours = charts.colour_labels(["PNEUMONIA", "NORMAL", "other"])
    assert colours["NORMAL"] == palette.NORMAL
    assert colours["PNEUMONIA"] == palette.PNEUMONIA
    assert colours["other"] not in palette.CLASS_COLOURS.values()


def test_no_two_models_look_alike_before_the_colours_run_out():
    assert len(set(palette.MODEL_COLOURS)) == len(palette.MODEL_COLOURS)
