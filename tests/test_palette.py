"""The colours: one for each class wherever it appears, and letters that can be read."""

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from xray_core import charts, palette

ROOT = Path(__file__).resolve().parents[1]
_SHEETS = ("ui/answer_card.css", "ui/present/look.css")

# How linear RGB looks; the colour-blind from Machado et al. 2009, "A physiologically-based model
# for simulation of color vision deficiency", severity 1.
_EYES = {
    "normal": np.eye(3),
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
}
_TO_XYZ = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
# In CIELAB, where 2.3 is the least difference that side by side is noticed: lines lie apart.
_TOLD_APART = 10


def to_linear(colour: str) -> np.ndarray:
    """Return RGB in proportion to light, each 0 to 1."""
    shares = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)


def to_lab(linear: np.ndarray) -> np.ndarray:
    """Return CIELAB under daylight (D65)."""
    xyz = np.array(_TO_XYZ) @ np.clip(linear, 0, 1) / np.sum(_TO_XYZ, axis=1)
    x, y, z = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def see_distance(first: str, second: str, eyes: str) -> float:
    """Return how far apart two colours look to some eyes, in CIELAB."""
    one, other = (to_lab(np.array(_EYES[eyes]) @ to_linear(colour)) for colour in (first, second))
    return float(np.linalg.norm(one - other))


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2."""
    return float(np.array([0.2126, 0.7152, 0.0722]) @ to_linear(colour))


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


def test_labels_of_other_data_sets_have_no_colour_of_a_class_or_a_model():
    taken = {*palette.CLASS_COLOURS.values(), *palette.MODEL_COLOURS}
    assert taken.isdisjoint(palette.OTHER_COLOURS)


@pytest.mark.parametrize("eyes", _EYES)
def test_no_two_colours_of_different_meaning_look_alike(eyes):
    meant = [*palette.CLASS_COLOURS.values(), *palette.MODEL_COLOURS, *palette.OTHER_COLOURS]
    alike = [pair for pair in combinations(meant, 2) if see_distance(*pair, eyes) < _TOLD_APART]
    assert alike == []


@pytest.mark.parametrize("colour", [*palette.MODEL_COLOURS, *palette.OTHER_COLOURS])
@pytest.mark.parametrize("ground", ["#ffffff", "#14171b"])
def test_a_line_can_be_seen_in_both_themes(colour, ground):
    # Okabe and Ito's light blue and orange have 2.2 on white; marks and words tell them too.
    assert contrast(colour, ground) >= (2.2 if colour in ("#56B4E9", "#E69F00") else 3)


def test_no_other_module_spells_a_colour_of_the_palette():
    meant = {*palette.CLASS_COLOURS.values(), *palette.MODEL_COLOURS, *palette.OTHER_COLOURS}
    spelt = [
        f"{path.relative_to(ROOT)}: {colour}"
        for folder in ("xray_core", "ui", "pages")
        for path in (ROOT / folder).rglob("*.py")
        if path.name != "palette.py"
        for line in path.read_text().splitlines()
        for colour in re.findall(r'"(#[0-9a-fA-F]{6})"', line.partition(">>>")[0])
        if colour.upper() in {known.upper() for known in meant}
    ]
    assert spelt == []
