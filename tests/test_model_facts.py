"""The documented figures are those on the cards."""

from tools.model_facts import FACTS_FILE, render_facts, render_label
from xray_core.comparison.words import word_figure, word_share
from xray_core.model_store import (
    DEFAULT_CLASSIFIER,
    DEFAULT_LUNGS,
    read_card,
    read_classifier_card,
)


def test_model_facts_are_up_to_date():
    assert FACTS_FILE.read_text() == render_facts().rstrip() + "\n", (
        "run `python -m tools.model_facts`"
    )


def test_the_label_of_the_default_model_says_what_one_has_to_know_on_a_page():
    card = read_classifier_card(DEFAULT_CLASSIFIER)
    label = render_label(card)
    assert FACTS_FILE.read_text().startswith(label)
    assert len(label.splitlines()) < 40
    for told in (card.intended_use, card.trained_on, card.calibration.source, *card.limits):
        assert told in label
    for name, found in card.measurements.items():
        assert f"{name}: {found.n} X-rays" in label
        for shown in ("accuracy", "sensitivity", "specificity", "evidence_in_lungs"):
            assert word_share(found.figures[shown]) in label
        assert word_figure(found.figures["auc"]) in label


def test_model_facts_show_the_official_test_figures():
    text = FACTS_FILE.read_text()
    assert "624 pictures" in text
    assert "| AUC |" in text


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
