"""The documented figures are those on the cards."""

from pathlib import Path

import pytest

from tools.complete_model import divide_as_trained
from tools.model_facts import FACTS_FILE, render_facts, render_label
from xray_core.comparison.words import word_figure, word_share
from xray_core.datasets.folder import list_labelled_images
from xray_core.diagnosis.conformal import SCORES_FILE, read_scores
from xray_core.errors import DatasetError
from xray_core.model_store import (
    DEFAULT_CLASSIFIER,
    DEFAULT_LUNGS,
    list_models,
    read_card,
    read_classifier_card,
    read_model_file,
)

OUR_OWN = ("lungs-only", "whole-image", "subtypes")


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


@pytest.mark.parametrize("model_id", OUR_OWN)
def test_our_own_models_can_say_cannot_tell_by_their_validation_pictures(model_id: str):
    card = read_classifier_card(model_id)
    scores = read_scores(read_model_file(card, SCORES_FILE))
    known = len(scores.normal) + len(scores.pneumonia)
    # In a few no two lungs are found, and so they have no answer.
    assert 0.99 * card.training.validation_images <= known <= card.training.validation_images


@pytest.mark.parametrize("model_id", OUR_OWN)
def test_validation_pictures_are_found_again_and_no_others_taken_for_them(
    model_id: str, real_data: Path
):
    card = read_classifier_card(model_id)
    images = list_labelled_images(real_data / "chest_xray" / "train")
    training, validation = divide_as_trained(images, card)
    assert len(validation) == card.training.validation_images
    assert not {image.patient for image in training} & {image.patient for image in validation}
    with pytest.raises(DatasetError):
        divide_as_trained(images[:-200], card)
