"""Models are verified before they are loaded, and published whole or not at all."""

import json
import shutil

import pytest

from xray_core import model_changes
from xray_core.errors import IncompatibleModelError, InvalidConfigError, UnknownNameError
from xray_core.model_card import ClassifierCard, Figure, Measurement
from xray_core.model_changes import delete_model, publish_model, record_measurement, rename_model
from xray_core.model_store import (
    DEFAULT_CLASSIFIER,
    DEFAULT_LUNGS,
    SERVING_FILE,
    is_shipped,
    list_broken_models,
    list_models,
    read_card,
    read_classifier_card,
    read_model_file,
)
from xray_core.paths import SHIPPED_MODELS


@pytest.fixture
def copied(workspace):
    """A copy of the shipped classifier under another name, to be harmed."""
    card = read_card(DEFAULT_CLASSIFIER)
    files = {name: read_model_file(card, name) for name in card.files}
    copy = card.model_copy(update={"id": "copied"})
    folder = publish_model(copy, files, workspace / "models")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_every_shipped_model_is_complete_and_unaltered():
    cards = [card for card in list_models() if (SHIPPED_MODELS / card.id).is_dir()]
    assert {DEFAULT_CLASSIFIER, DEFAULT_LUNGS} <= {card.id for card in cards}
    for card in cards:
        for name in card.files:
            assert read_model_file(card, name)
        on_disk = {path.name for path in (SHIPPED_MODELS / card.id).iterdir()}
        assert on_disk == {"card.json", *card.files}


def test_shipped_models_are_small():
    sizes = {path: path.stat().st_size for path in SHIPPED_MODELS.rglob("*") if path.is_file()}
    assert sum(sizes.values()) <= 60e6
    assert sizes[SHIPPED_MODELS / DEFAULT_LUNGS / SERVING_FILE] <= 3e6


def test_altered_file_is_named(copied):
    path = copied / SERVING_FILE
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(IncompatibleModelError, match=r"copied/serving\.tflite was altered"):
        read_model_file(read_card("copied"), SERVING_FILE)


def test_missing_file_is_named(copied):
    (copied / SERVING_FILE).unlink()
    with pytest.raises(IncompatibleModelError, match=r"copied/serving\.tflite, found none"):
        read_model_file(read_card("copied"), SERVING_FILE)


def test_file_that_is_not_on_the_card_is_refused(copied):
    (copied / "extra.bin").write_bytes(b"x")
    with pytest.raises(IncompatibleModelError, match=r"extra\.bin"):
        read_model_file(read_card("copied"), "extra.bin")


@pytest.mark.parametrize("harm", ["{", '{"task": "classify"}', "[]"])
def test_broken_card_is_named(copied, harm):
    (copied / "card.json").write_text(harm)
    with pytest.raises(IncompatibleModelError, match=r"copied/card\.json cannot be read"):
        read_card("copied")


def test_a_broken_card_is_listed_with_its_reason_and_the_others_stay(copied):
    (copied / "card.json").write_text("{")
    (broken,) = list_broken_models()
    assert broken.id == "copied"
    assert "cannot be read" in broken.reason
    assert {DEFAULT_CLASSIFIER, DEFAULT_LUNGS} <= {card.id for card in list_models()}
    assert "copied" not in {card.id for card in list_models()}


def test_a_folder_without_a_card_is_listed_with_its_reason_and_the_others_stay(workspace):
    folder = workspace / "models" / "half-copied"
    folder.mkdir(parents=True)
    try:
        (broken,) = list_broken_models()
        assert broken.id == "half-copied"
        assert "half-copied/card.json, found none" in broken.reason
        with pytest.raises(IncompatibleModelError, match=r"card\.json, found none"):
            read_card("half-copied")
        assert {DEFAULT_CLASSIFIER, DEFAULT_LUNGS} <= {card.id for card in list_models()}
    finally:
        folder.rmdir()


def test_a_folder_with_the_card_of_another_model_is_listed_with_its_reason(copied):
    folder = copied.rename(copied.with_name("moved"))
    try:
        (broken,) = list_broken_models()
        assert "the card of 'moved'" in broken.reason
        assert "found that of 'copied'" in broken.reason
    finally:
        shutil.rmtree(folder)


def test_what_a_killed_run_left_half_published_is_no_model_and_goes_when_it_is_published(copied):
    staging, of_another = (copied.parent / f".publishing-{name}=xyz" for name in ("copied", "c"))
    for folder in (staging, of_another):
        folder.mkdir()
    try:
        assert list_broken_models() == []
        publish_model(read_card("copied"), {SERVING_FILE: b"new"}, copied.parent)
        assert not staging.exists()
        assert of_another.exists()
    finally:
        of_another.rmdir()


def test_a_model_trained_here_can_be_renamed_and_deleted(copied):
    rename_model("copied", "  My  best run ")
    card = read_card("copied")
    assert (card.id, card.title) == ("copied", "My best run")
    assert read_model_file(card, SERVING_FILE)
    delete_model("copied")
    with pytest.raises(UnknownNameError):
        read_card("copied")


def test_shipped_models_are_neither_renamed_nor_deleted():
    assert is_shipped(DEFAULT_CLASSIFIER)
    with pytest.raises(InvalidConfigError, match="came with the project"):
        rename_model(DEFAULT_CLASSIFIER, "Mine")
    with pytest.raises(UnknownNameError):
        delete_model(DEFAULT_CLASSIFIER)
    assert read_card(DEFAULT_CLASSIFIER).title != "Mine"


@pytest.mark.parametrize("title", ["", "   ", "x" * 81])
def test_a_name_that_cannot_be_shown_is_refused(copied, title):
    assert not is_shipped("copied")
    with pytest.raises(InvalidConfigError, match="1 to 80 letters"):
        rename_model("copied", title)


def test_unknown_model_lists_the_known_ones():
    with pytest.raises(UnknownNameError, match=DEFAULT_CLASSIFIER):
        read_card("nobody")


def test_lung_outline_is_no_classifier():
    with pytest.raises(IncompatibleModelError, match="Expected a model that classifies"):
        read_classifier_card(DEFAULT_LUNGS)


def test_shipped_model_cannot_be_shadowed(copied, workspace):
    card = json.loads((copied / "card.json").read_text())
    card["id"], card["title"] = DEFAULT_CLASSIFIER, "Impostor"
    impostor = workspace / "models" / DEFAULT_CLASSIFIER
    shutil.copytree(copied, impostor)
    (impostor / "card.json").write_text(json.dumps(card))
    try:
        assert read_card(DEFAULT_CLASSIFIER).title != "Impostor"
    finally:
        shutil.rmtree(impostor)


def test_failed_publication_leaves_the_old_model_and_no_rest(copied, monkeypatch):
    def fail(*_args):
        raise OSError("disk full")

    before = (copied / "card.json").read_text()
    monkeypatch.setattr(model_changes, "write_card", fail)
    with pytest.raises(OSError, match="disk full"):
        publish_model(read_card("copied"), {SERVING_FILE: b"new"}, copied.parent)
    assert (copied / "card.json").read_text() == before
    assert not list(copied.parent.glob(".publishing-*"))


def test_measurement_is_added_to_the_card_with_its_predictions(copied):
    result = Measurement(data="drawn", n=2, figures={"auc": Figure(value=0.5)})
    record_measurement(read_card("copied"), "drawn set", result, "file,label\na,1\n")
    card = read_card("copied")
    assert isinstance(card, ClassifierCard)
    assert card.measurements["drawn set"].figures["auc"].value == 0.5
    assert read_model_file(card, "predictions_drawn_set.csv") == b"file,label\na,1\n"
