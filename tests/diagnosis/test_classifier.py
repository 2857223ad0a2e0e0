"""A model of which only the figures are at hand says so, and how to have it whole."""

import pytest

from tools.ship_models import ship_model
from xray_core.diagnosis.classifier import load_classifier
from xray_core.errors import IncompatibleModelError
from xray_core.model_store import list_broken_models, read_classifier_card

pytestmark = pytest.mark.usefixtures("empty_workspace")


@pytest.fixture
def figures_only(tmp_path, monkeypatch):
    """The default model as it is shipped when its network is left out, under another name."""
    card = read_classifier_card("lungs-only").model_copy(update={"id": "figures-only"})
    monkeypatch.setattr("tools.ship_models.read_model_file", lambda card, name: name.encode())
    ship_model(card, with_network=False, models_folder=tmp_path / "workspace" / "models")


@pytest.mark.usefixtures("figures_only")
def test_a_model_without_its_network_says_how_to_have_it():
    assert list_broken_models() == []
    assert {"serving.tflite", "weights.npz"}.isdisjoint(read_classifier_card("figures-only").files)
    with pytest.raises(IncompatibleModelError, match="train --preset lungs-only"):
        load_classifier("figures-only")
