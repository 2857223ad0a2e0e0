"""A run is decided by its settings, and its card says how it came to be."""

import csv

import numpy as np
import pytest

from tests.training.planted import CONFIG, draw_planted
from xray_core.errors import InvalidConfigError, UnknownNameError
from xray_core.images.prepare import InputSpec
from xray_core.model_store import read_classifier_card
from xray_core.training.classification_data import ClassificationBatches
from xray_core.training.config import TrainingConfig
from xray_core.training.presets import PRESETS, get_preset
from xray_core.training.train_classifier import build_network, split_loaded, train_classifier


def test_same_settings_and_seed_give_the_same_run(tmp_path):
    config = CONFIG.model_copy(update={"epochs": 1})
    runs = [
        train_classifier(config, draw_planted(48, seed=4), tmp_path / name).validation_logits
        for name in ("first", "second")
    ]
    np.testing.assert_allclose(runs[0], runs[1], atol=1e-5)


def test_same_seed_gives_the_same_augmented_batches():
    config = get_preset("lungs-only").model_copy(update={"batch_size": 6})
    first, second = (ClassificationBatches(draw_planted(12, seed=5), config)[1] for _ in range(2))
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)


def test_augmentation_changes_from_epoch_to_epoch():
    batches = ClassificationBatches(draw_planted(12, seed=5), get_preset("lungs-only"))
    before = batches[0][0]
    batches.on_epoch_end()
    assert np.abs(batches[0][0] - before).max() > 0.1


def test_rare_class_weighs_more_when_balanced():
    pictures = draw_planted(12, seed=6).take([0, 1, 3, 5, 7])
    _, labels, weights = ClassificationBatches(pictures, CONFIG)[0]
    assert weights[labels[:, 0] == 0].sum() == pytest.approx(weights[labels[:, 0] == 1].sum())


def test_no_patient_is_in_training_and_validation():
    loaded = draw_planted(60, seed=7)
    patients = tuple(f"patient-{index // 3}" for index in range(60))
    loaded = type(loaded)(
        loaded.squares_uint8, loaded.lungs, loaded.labels, patients, loaded.paths, ()
    )
    training, validation = split_loaded(loaded, CONFIG)
    assert not set(training.patients) & set(validation.patients)
    assert len(training) + len(validation) == 60


def test_split_without_both_classes_is_refused():
    with pytest.raises(InvalidConfigError, match="validation_share"):
        split_loaded(draw_planted(40, seed=8).take(range(0, 40, 2)), CONFIG)


def test_card_tells_where_the_model_came_from(published):
    card = read_classifier_card("planted")
    assert card.training.settings["epochs"] == CONFIG.epochs
    assert card.training.training_images + card.training.validation_images == 160
    assert "validation" in card.calibration.source
    assert set(card.files) == {"serving.tflite", "history.csv", "weights.npz"}


def test_history_shows_training_and_validation_curves(published):
    with (published.folder / "history.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == CONFIG.epochs
    assert float(rows[-1]["accuracy"]) > 0.8
    assert {"loss", "auc", "val_loss", "val_accuracy", "val_auc"} <= set(rows[0])


def test_validation_tells_the_planted_classes_apart(published):
    trained = published.trained
    sick = trained.validation.labels == 1
    assert trained.validation_logits[sick].min() > np.median(trained.validation_logits[~sick])


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_every_preset_builds_a_network_with_evidence_and_logit(name):
    config = get_preset(name).model_copy(update={"initial_weights": "random"})
    model = build_network(config)
    size = config.input.size
    assert model.input_shape == (None, size, size, config.input.channels)
    assert model.output_shape == (None, 1)
    assert model.get_layer("evidence_map").output.shape[1] * 8 <= size


def test_imagenet_weights_reach_every_layer_but_the_last():
    config = get_preset("lungs-only")
    random_network = build_network(config.model_copy(update={"initial_weights": "random"}))
    network = build_network(config)
    for before, after in zip(random_network.layers, network.layers, strict=True):
        if before.get_weights() and before.name != "logit":
            pairs = zip(before.get_weights(), after.get_weights(), strict=True)
            assert any(not np.array_equal(one, other) for one, other in pairs), before.name


def test_imagenet_weights_are_refused_where_there_are_none():
    with pytest.raises(InvalidConfigError, match="no ImageNet weights"):
        build_network(CONFIG.model_copy(update={"initial_weights": "imagenet"}))


def test_size_that_does_not_fit_is_refused():
    spec = InputSpec(size=63, outside_lungs="lung_pool")
    with pytest.raises(InvalidConfigError, match="multiple of 8"):
        build_network(CONFIG.model_copy(update={"input": spec}))


def test_unknown_preset_lists_the_valid_ones():
    with pytest.raises(UnknownNameError, match="lungs-only"):
        get_preset("lungs")


def test_mask_jitter_without_lungs_is_refused():
    with pytest.raises(ValueError, match="mask_jitter"):
        TrainingConfig(
            preset="x",
            architecture="small-cnn",
            input=InputSpec(size=64, outside_lungs="whole"),
            mask_jitter=2,
        )
