"""Batches follow from seed, epoch and step alone, and tf.data changes nothing about them."""

import os
from dataclasses import replace

import numpy as np
import pytest

from tests.training.planted import CONFIG, draw_planted
from xray_core.training.batches import BatchMaker, batches_ahead, kept_bytes, stream_batches
from xray_core.training.config import change_config
from xray_core.training.presets.catalog import get_preset

AUGMENTED = change_config(
    get_preset("lungs-only").config, {"input.size": 64, "batch_size": 5, "seed": 3}
)


def test_the_batch_of_a_number_is_the_same_whenever_it_is_asked_for():
    first, second = (BatchMaker(draw_planted(12, seed=5), AUGMENTED) for _ in range(2))
    first.make(0)
    for one, other in zip(first.make(4), second.make(4), strict=True):
        np.testing.assert_array_equal(one, other)


def test_augmentation_changes_from_epoch_to_epoch():
    maker = BatchMaker(draw_planted(1, seed=5), AUGMENTED)
    assert np.abs(maker.make(0)[0] - maker.make(1)[0]).max() > 0.1


@pytest.mark.parametrize("augmentation", [True, False])
def test_an_epoch_shows_every_picture_once(augmentation):
    config = AUGMENTED if augmentation else change_config(CONFIG, {"batch_size": 5})
    maker = BatchMaker(draw_planted(12, seed=5), config)
    assert len(maker) == 3
    assert [len(maker.make(step)[0]) for step in range(3)] == [5, 5, 2]
    assert sum(maker.make(step)[1].sum() for step in range(3)) == 6


def test_of_batches_that_fill_the_memory_one_is_made_at_a_time():
    cores = os.cpu_count() or 1
    assert batches_ahead(1000) == (cores, min(cores, 2))
    assert batches_ahead(2**30 + 1) == (1, 1)


def test_the_stream_is_the_same_batches_in_their_order():
    maker = BatchMaker(draw_planted(12, seed=5), AUGMENTED)
    streamed = list(stream_batches(maker, 2, 5).as_numpy_iterator())
    assert len(streamed) == 3
    for number, batch in zip(range(2, 5), streamed, strict=True):
        for one, other in zip(batch, maker.make(number), strict=True):
            np.testing.assert_array_equal(one, other)


def test_a_batch_of_zero_is_the_whole_split():
    maker = BatchMaker(draw_planted(12, seed=5), change_config(CONFIG, {"batch_size": 0}))
    assert len(maker) == 1
    assert len(maker.make(0)[0]) == 12


def test_rare_class_weighs_more_when_balanced():
    pictures = draw_planted(12, seed=6).take([0, 1, 3, 5, 7])
    _, labels, weights = BatchMaker(pictures, CONFIG).make(0)
    assert weights[labels[:, 0] == 0].sum() == pytest.approx(weights[labels[:, 0] == 1].sum())
    judged = BatchMaker(pictures, CONFIG, training=False)
    assert set(judged.make(0)[2]) == {1}


def test_three_classes_are_three_columns():
    pictures = replace(
        draw_planted(4, seed=6),
        subtypes=("", "bacteria", "", "virus"),
        labels=np.array([0, 1, 0, 1]),
    )
    maker = BatchMaker(pictures, change_config(CONFIG, {"task": "subtypes"}), training=False)
    np.testing.assert_array_equal(maker.make(0)[1], [[1, 0, 0], [0, 1, 0], [1, 0, 0], [0, 0, 1]])


def test_pictures_come_out_the_same_from_memory_and_one_by_one(monkeypatch):
    pictures = draw_planted(6, seed=7)
    changes = {"architecture": "cnn", "input.outside_lungs": "whole", "input.colour": "rgb"}
    config = change_config(CONFIG, changes)
    kept = BatchMaker(pictures, config)
    monkeypatch.setattr("xray_core.training.batches._MEMORY_SHARE", 0)
    fresh = BatchMaker(pictures, config)
    np.testing.assert_array_equal(kept.make(1)[0], fresh.make(1)[0])
    assert kept.make(0)[0].shape == (6, 64, 64, 3)


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({}, 4 * 224**2),
        ({"mask_jitter": 2}, 0),
        ({"augmentation.noise": 0.1}, 0),
        ({"input.spread_exposure": False}, 0),
        ({"augmentation.flip": 0, "augmentation.shift": 0}, 4 * 64 * 64 * 2),
    ],
)
def test_what_no_epoch_changes_is_done_once_and_is_the_same(changes, kept, monkeypatch):
    config = change_config(get_preset("lesson").config, changes)
    assert kept_bytes(config) == kept
    pictures = draw_planted(6, seed=7)
    once = BatchMaker(pictures, config)
    monkeypatch.setattr("xray_core.training.batches._MEMORY_SHARE", 0)
    anew = BatchMaker(pictures, config)
    np.testing.assert_array_equal(once.make(1)[0], anew.make(1)[0])


def test_selections_share_the_pixels():
    pictures = draw_planted(8, seed=1)
    chosen = pictures.take([5, 2]).take([1])
    assert chosen.squares_uint8 is pictures.squares_uint8
    np.testing.assert_array_equal(chosen.square(0), pictures.square(2))
    assert chosen.patients == ("planted-2",)
