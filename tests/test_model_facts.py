"""The documented figures are those on the cards."""

from tools.model_facts import FACTS_FILE, render_facts
from xray_core.model_store import DEFAULT_LUNGS, list_models, read_card


def test_model_facts_are_up_to_date():
    assert FACTS_FILE.read_text() == render_facts().rstrip() + "\n", (
        "run `python -m tools.model_facts`"
    )


def test_model_facts_show_the_official_test_figures():
    text = FACTS_FILE.read_text()
    assert "624 pictures" in text
    assert "| AUC |" in text


def test_no_figure_stands_under_its_name_in_the_code():
    rows = [line.split("|")[1] for line in FACTS_FILE.read_text().splitlines() if line[:2] == "| "]
    raw = {
        name
        for card in list_models()
        for each in card.measurements.values()
        for name in each.figures
    }
    assert raw
    assert not raw & {row.strip() for row in rows}


def read_figures(measurement: str) -> dict[str, float | None]:
    found = read_card(DEFAULT_LUNGS).measurements[measurement]
    return {name: figure.value for name, figure in found.figures.items()}


def test_the_lung_outline_is_as_good_as_it_has_to_be():
    assert read_figures("official test")["dice"] >= 0.955
    assert read_figures("JSRT, adults, never seen")["dice"] >= 0.92


def test_the_gate_lets_chest_xrays_pass_and_nothing_else():
    assert read_figures("other body parts, gate")["refused"] >= 0.99
    assert read_figures("photographs, gate")["refused"] >= 0.99
    gate = read_figures("official test, gate")
    assert gate["refused"] <= 0.01
    for wrong in ("mirrored", "upside_down", "negative"):
        assert gate[f"recognised_{wrong}"] >= 0.95
