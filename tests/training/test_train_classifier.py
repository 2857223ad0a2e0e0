"""A run is decided by its settings, and its card says how it came to be."""

import csv
import shutil
from types import SimpleNamespace

import h5py
import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from tests.training.planted import CONFIG, draw_planted
from xray_core.errors import PneumoscopeError, StoppedError, UnknownNameError
from xray_core.model_store import read_classifier_card, read_model_file
from xray_core.training import devices
from xray_core.training import train_classifier as train_module
from xray_core.training.callbacks import KeepState
from xray_core.training.config import change_config
from xray_core.training.networks import build_network
from xray_core.training.presets.catalog import get_preset
from xray_core.training.publish import make_classifier
from xray_core.training.train_classifier import compile_network, train_classifier


def train(config, run_folder, tell=lambda epoch, step, steps: False):
    pictures = draw_planted(64, seed=4)
    return train_classifier(
        config, pictures.take(range(48)), pictures.take(range(48, 64)), run_folder, tell
    )


class KilledError(Exception):
    """Stands for a worker's sudden end."""


def read_curves(folder):
    with (folder / "history.csv").open() as file:
        rows = list(csv.DictReader(file))
    return [{name: row[name] for name in row if name != "seconds"} for row in rows]


BUSY = change_config(
    CONFIG,
    {
        "epochs": 4,
        "dropout": 0.3,
        "average_momentum": 0.9,
        "augmentation.flip": 0.5,
        "keep": "last",
    },
)


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("uninterrupted")
    return folder, train(BUSY, folder)


@pytest.mark.slow
def test_same_settings_and_seed_give_the_same_run(uninterrupted, tmp_path):
    folder, expected = uninterrupted
    again = train(BUSY, tmp_path)
    assert read_curves(tmp_path) == read_curves(folder)
    np.testing.assert_allclose(again.validation_logits, expected.validation_logits, atol=1e-5)


def test_a_run_that_was_killed_goes_on_as_if_it_had_not_been(uninterrupted, tmp_path):
    folder, expected = uninterrupted
    with pytest.raises(KilledError):
        train(BUSY, tmp_path, die_in_the_third_epoch)
    assert len(read_curves(tmp_path)) == 2
    resumed = train(BUSY, tmp_path)
    assert read_curves(tmp_path) == read_curves(folder)
    np.testing.assert_allclose(resumed.validation_logits, expected.validation_logits, atol=1e-5)


def die_in_the_third_epoch(epoch, step, steps):
    if (epoch, step) == (2, 2):
        raise KilledError
    return False


def test_a_run_that_goes_on_needs_its_first_weights_no_more(tmp_path, monkeypatch):
    with pytest.raises(KilledError):
        train(BUSY, tmp_path, die_in_the_third_epoch)

    def gone(config):
        raise UnknownNameError("model", "deleted meanwhile", ())

    monkeypatch.setattr(train_module, "build_network", gone)
    train(BUSY, tmp_path)
    assert len(read_curves(tmp_path)) == BUSY.epochs
    with pytest.raises(UnknownNameError):
        train(BUSY, tmp_path / "another")


@pytest.mark.slow
def test_in_half_precision_a_killed_run_goes_on_with_its_loss_scale(tmp_path, monkeypatch):
    monkeypatch.setattr(devices, "list_cards", lambda: tf.config.list_logical_devices("CPU"))
    scaler = keras.optimizers.LossScaleOptimizer
    monkeypatch.setattr(scaler.__init__, "__defaults__", (2.0**15, 5, None))  # doubled in 5 steps
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    expected = train(BUSY, whole)
    with pytest.raises(KilledError):
        train(BUSY, killed, die_in_the_third_epoch)
    resumed = train(BUSY, killed)
    assert read_curves(killed) == read_curves(whole)
    np.testing.assert_allclose(resumed.validation_logits, expected.validation_logits, atol=1e-5)
    kept = read_optimizer(whole)
    assert 2.0**17 in [value.item() for value in kept.values() if not value.ndim], "12 steps"
    np.testing.assert_equal(read_optimizer(killed), kept)


def read_optimizer(folder):
    """The variables of the optimizer after the last epoch, by their names in the file."""
    found = {}

    def read(name, part):
        if isinstance(part, h5py.Dataset):
            found[name] = part[()]

    (path,) = (folder / "state").iterdir()
    with h5py.File(path) as file:
        file["optimizer"].visititems(read)
    return found


def test_tensorboard_can_read_the_curves(uninterrupted):
    folder, _ = uninterrupted
    for part, tag in (("train", "epoch_loss"), ("validation", "epoch_auc")):
        events = EventAccumulator(str(folder / "tensorboard" / part)).Reload()
        assert [event.step for event in events.Tensors(tag)] == list(range(BUSY.epochs))


@pytest.mark.slow
def test_a_disk_that_fills_up_as_an_epoch_is_noted_costs_that_epoch_only(
    uninterrupted, tmp_path, monkeypatch
):
    folder, expected = uninterrupted
    note = keras.callbacks.CSVLogger.on_epoch_end

    def fail_once(self, epoch, logs=None):
        if epoch == 2:
            monkeypatch.undo()
            raise OSError(28, "No space left on device")
        note(self, epoch, logs)

    monkeypatch.setattr(keras.callbacks.CSVLogger, "on_epoch_end", fail_once)
    with pytest.raises(OSError, match="No space"):
        train(BUSY, tmp_path)
    resumed = train(BUSY, tmp_path)
    assert read_curves(tmp_path) == read_curves(folder)
    np.testing.assert_allclose(resumed.validation_logits, expected.validation_logits, atol=1e-5)


def test_a_run_that_was_killed_after_its_last_epoch_only_ends(uninterrupted, tmp_path):
    folder, expected = uninterrupted
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    told = []
    resumed = train(BUSY, tmp_path, lambda *place: bool(told.append(place)))
    assert not told
    np.testing.assert_allclose(resumed.validation_logits, expected.validation_logits, atol=1e-5)


def test_a_half_written_state_is_never_gone_on_with(uninterrupted, tmp_path):
    folder, expected = uninterrupted
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    (state,) = (tmp_path / "state").iterdir()
    (tmp_path / "state" / "draft.weights.h5").write_bytes(state.read_bytes()[:1000])
    trained = train(BUSY, tmp_path)
    assert read_curves(tmp_path) == read_curves(folder)
    np.testing.assert_allclose(trained.validation_logits, expected.validation_logits, atol=1e-5)


def test_stopped_to_keep_what_it_has_ends_with_the_last_whole_epoch(uninterrupted, tmp_path):
    folder, _ = uninterrupted
    train(BUSY, tmp_path, lambda epoch, step, steps: (epoch, step) == (2, 2))
    assert read_curves(tmp_path) == read_curves(folder)[:2]


@pytest.mark.slow
def test_stopped_by_hand_keeps_the_best_epoch_whatever_the_settings_keep(tmp_path):
    config = change_config(
        CONFIG, {"epochs": 6, "keep": "last", "learning_rate": 0.3, "schedule": "constant"}
    )
    stopped = train(config, tmp_path, lambda epoch, step, steps: epoch == 5)
    losses = [float(row["val_loss"]) for row in read_curves(tmp_path)]
    assert len(losses) == 5
    assert min(losses) < losses[-1] - 0.01, "else this would prove nothing"
    assert measure_loss(stopped) == pytest.approx(min(losses), rel=1e-4)


@pytest.mark.parametrize("optimizer", ["adamw", "sgd"])
def test_the_room_asked_for_is_what_weights_averages_and_optimizer_take(
    monkeypatch, tmp_path, optimizer
):
    config = change_config(BUSY, {"optimizer": optimizer})
    model = build_network(config)
    compile_network(model, config, steps=10)
    model.save_weights(tmp_path / "all.weights.h5")
    largest = (tmp_path / "all.weights.h5").stat().st_size
    monkeypatch.setattr("xray_core.training.callbacks._SPARE_BYTES", largest // 2)
    for free in (largest, 4 * largest):
        monkeypatch.setattr("shutil.disk_usage", lambda _, free=free: SimpleNamespace(free=free))
        keeper = KeepState(tmp_path / "state")
        keeper.set_model(model)
        if free == largest:  # room for one file, and the best epoch's may have to lie beside it
            with pytest.raises(OSError, match="No space left"):
                keeper.on_epoch_end(0)
        else:
            keeper.on_epoch_end(0)


def test_a_training_that_ran_away_says_so_instead_of_being_published(tmp_path, monkeypatch):
    def diverge(model, config):
        model.set_weights([weights * np.nan for weights in model.get_weights()])
        return model

    monkeypatch.setattr("xray_core.training.train_classifier.as_served", diverge)
    with pytest.raises(PneumoscopeError, match="smaller learning rate"):
        train(change_config(CONFIG, {"epochs": 1}), tmp_path)


@pytest.mark.slow
def test_nothing_to_keep_before_the_first_epoch_is_said(tmp_path):
    with pytest.raises(StoppedError, match="first epoch"):
        train(BUSY, tmp_path, lambda epoch, step, steps: True)


@pytest.mark.slow
def test_best_epoch_is_the_one_that_is_kept(tmp_path):
    config = change_config(CONFIG, {"epochs": 5, "learning_rate": 0.3, "schedule": "constant"})
    trained = train(change_config(config, {"keep": "best"}), tmp_path)
    losses = [float(row["val_loss"]) for row in read_curves(tmp_path)]
    assert min(losses) < losses[-1] - 0.01, "else this would prove nothing"
    assert measure_loss(trained) == pytest.approx(min(losses), abs=1e-4)


def measure_loss(trained):
    """The validation loss of the network that was kept."""
    smooth, logits = 0.02 + 0.96 * trained.validation.labels, trained.validation_logits
    return np.mean(smooth * np.logaddexp(0, -logits) + (1 - smooth) * np.logaddexp(0, logits))


@pytest.mark.slow
def test_early_stopping_counts_on_through_an_interruption(tmp_path):
    config = change_config(
        CONFIG, {"epochs": 12, "early_stopping": 2, "learning_rate": 1e-9, "schedule": "constant"}
    )
    train(config, tmp_path / "whole")
    epochs = len(read_curves(tmp_path / "whole"))
    assert epochs < 12

    def die(epoch, step, steps):
        if epoch == epochs - 1:
            raise KilledError
        return False

    with pytest.raises(KilledError):
        train(config, tmp_path / "killed", die)
    train(config, tmp_path / "killed")
    assert read_curves(tmp_path / "killed") == read_curves(tmp_path / "whole")


@pytest.mark.slow  # the presets use two of them
@pytest.mark.parametrize("optimizer", ["adam", "sgd", "rmsprop"])
def test_every_optimizer_learns(optimizer, tmp_path):
    rate = 0.05 if optimizer == "sgd" else 2e-3
    changes = {"optimizer": optimizer, "learning_rate": rate, "epochs": 2}
    train(change_config(CONFIG, changes), tmp_path)
    curves = read_curves(tmp_path)
    assert float(curves[-1]["loss"]) < float(curves[0]["loss"])


def test_card_tells_where_the_model_came_from(published):
    card = read_classifier_card("planted")
    assert card.training.settings["epochs"] == CONFIG.epochs
    assert card.training.training_images + card.training.validation_images == 160
    assert "validation" in card.calibration.source
    tables = {"calibration.csv", "history.csv", "learnt_from.csv"}
    assert set(card.files) == tables | {"serving.tflite", "weights.npz"}
    assert len(read_model_file(card, "learnt_from.csv").splitlines()) == 1 + 160


def test_a_network_that_goes_on_from_another_learnt_from_the_pictures_of_both(published, tmp_path):
    (tmp_path / "history.csv").write_text("epoch,loss,seconds\n0,1,1\n")
    config = change_config(CONFIG, {"start_from": "planted"})
    about = ("Further", published.trained, config, "drawn", [], "lung-outline", tmp_path)
    _, files = make_classifier("further", *about)
    assert len(files["learnt_from.csv"].splitlines()) == 1 + 2 * 160


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


def test_imagenet_weights_reach_every_layer_but_the_last():
    config = get_preset("lungs-only").config
    random_network = build_network(config.model_copy(update={"initial_weights": "random"}))
    network = build_network(config)
    for before, after in zip(random_network.layers, network.layers, strict=True):
        if before.get_weights() and before.name != "logit":
            pairs = zip(before.get_weights(), after.get_weights(), strict=True)
            assert any(not np.array_equal(one, other) for one, other in pairs), before.name
