"""What a card says that its model cannot do follows from the settings."""

from types import SimpleNamespace

import pytest

from xray_core.training.config import change_config
from xray_core.training.presets.catalog import RANDOM_START, get_preset_config
from xray_core.training.run import list_limits

DATASET = SimpleNamespace(title="Drawn X-rays")


@pytest.mark.parametrize(
    ("preset", "answers"), [("lungs-only", "two answers"), ("subtypes", "three answers")]
)
def test_the_limits_name_the_answers_that_the_model_knows(preset: str, answers: str):
    limits = list_limits(get_preset_config(preset), DATASET)
    assert "Trained on Drawn X-rays" in limits[0]
    assert [sentence for sentence in limits if f"Knows {answers}" in sentence] == [limits[1]]
    assert RANDOM_START not in limits


def test_a_random_start_of_an_imagenet_preset_is_told():
    config = get_preset_config("b2-vgg19")
    random = change_config(config, {"initial_weights": "random"})
    assert RANDOM_START in list_limits(random, DATASET)
    assert RANDOM_START not in list_limits(config, DATASET)
