"""How fast pictures reach the network: ours beside `ImageDataGenerator`, and beside memory."""

import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from xray_core.datasets.drawn_chest.series import divide_pictures
from xray_core.datasets.folder import list_labelled_images
from xray_core.datasets.synthetic import write_folder
from xray_core.lungs.segment import LungSegmenter
from xray_core.training.batches import BatchMaker, stream_batches
from xray_core.training.classification_data import LoadedImages, prepare_all
from xray_core.training.config import TrainingConfig
from xray_core.training.load_images import load_images
from xray_core.training.measure_cost import time_step
from xray_core.training.networks import build_network
from xray_core.training.presets.catalog import get_preset
from xray_core.training.train_classifier import compile_network

_PICTURES, _SIDE = 240, 1024
_SECONDS, _ROUNDS = 3.0, 9
_STEPS = 10**6  # more than are ever taken


class _Speed(NamedTuple):
    """How fast batches come: pictures a second, and milliseconds for each."""

    pictures: float
    step_ms: float


def measure() -> None:
    """Print images a second and the time of a step: of the input alone, then of whole networks."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "pictures"
        write_folder(folder, divide_pictures(_PICTURES), _SIDE, seed=0)
        images = list_labelled_images(folder / "train")
        start = time.perf_counter()
        loaded = load_images(images, LungSegmenter(), Path(name) / "cache")
        print(
            f"\n{len(loaded)} pictures of {_SIDE} px decoded once, lungs found: "
            f"{len(loaded) / (time.perf_counter() - start):.0f} images/s"
        )
        print(f"{'':44} {'ours':>10} {'other':>10} {'ours/other':>10} {'a step of each':>32}")
        for preset in ("d3-dropout", "d1-base"):
            _compare_inputs(get_preset(preset).config, loaded, folder / "train")
    for preset in ("d3-dropout", "a5-cnn-deeper", "lungs-only", "a3-dense-third", "lesson"):
        _compare_steps(get_preset(preset).config, loaded)


def _compare_inputs(config: TrainingConfig, loaded: LoadedImages, folder: Path) -> None:
    augments = config.augmentation.rotation_degrees > 0
    what = f"{config.input.size} px, {'augmented' if augments else 'as they are'}"
    others = {"ImageDataGenerator": lambda: _flow_from_directory(config, folder)}
    if augments:
        others["Keras' layers"] = lambda: _change_by_layers(config, loaded)
    for name, start in others.items():
        rounds = _in_turn(
            partial(_measure_speed, lambda: _stream(config, loaded)),
            partial(_measure_speed, start),
        )
        _report(f"{what}, beside {name}", rounds)


def _compare_steps(config: TrainingConfig, loaded: LoadedImages) -> None:
    """Print how many pictures a network trains on, from our stream and from one ready batch.

    Both by the loop, optimizer and curves of a run.
    """
    model = build_network(config.model_copy(update={"initial_weights": "random"}))
    compile_network(model, config, _STEPS)
    maker = BatchMaker(loaded, config)
    memory = tf.data.Dataset.from_tensors(maker.make(0)).repeat()

    def train(batches: tf.data.Dataset) -> _Speed:
        seconds, _ = time_step(model, batches)
        return _Speed(maker.size / seconds, 1000 * seconds)

    rounds = _in_turn(lambda: train(stream_batches(maker, 0, _STEPS)), lambda: train(memory))
    _report(f"{config.preset}, training, beside memory", rounds)


def _report(label: str, rounds: list[tuple[_Speed, _Speed]]) -> None:
    """Print the medians; of the ratios, too, since this machine may slow down between rounds."""
    ours, other = (
        _Speed(*(median(figure) for figure in zip(*speeds, strict=True)))
        for speeds in zip(*rounds, strict=True)
    )
    ratio = median(ours.pictures / other.pictures for ours, other in rounds)
    print(
        f"{label:44} {ours.pictures:10.1f} {other.pictures:10.1f} {ratio:9.2f}x  images/s "
        f"{ours.step_ms:10.1f} {other.step_ms:10.1f} ms",
        flush=True,
    )


def _stream(config: TrainingConfig, loaded: LoadedImages) -> Iterator[tuple[np.ndarray, ...]]:
    return stream_batches(BatchMaker(loaded, config), 0, _STEPS).as_numpy_iterator()


def _flow_from_directory(config: TrainingConfig, folder: Path) -> Iterator[tuple[np.ndarray, ...]]:
    """Return batches as the five projects read them."""
    setting = config.augmentation
    generator = tf.keras.preprocessing.image.ImageDataGenerator(
        rescale=1 / 255,
        rotation_range=setting.rotation_degrees,
        zoom_range=setting.zoom,
        width_shift_range=setting.shift,
        height_shift_range=setting.shift,
        horizontal_flip=setting.flip > 0,
    )
    return generator.flow_from_directory(
        folder,
        target_size=(config.input.size,) * 2,
        color_mode="grayscale",
        batch_size=config.batch_size,
        class_mode="binary",
    )


def _change_by_layers(config: TrainingConfig, loaded: LoadedImages) -> Iterator[tuple[np.ndarray]]:
    """Return batches that Keras changes as a whole, of pictures prepared before."""
    setting = config.augmentation
    layers = keras.Sequential(
        [
            keras.layers.RandomFlip("horizontal"),
            keras.layers.RandomRotation(setting.rotation_degrees / 360, "constant"),
            keras.layers.RandomZoom(setting.zoom, fill_mode="constant"),
            keras.layers.RandomTranslation(setting.shift, setting.shift, "constant"),
        ]
    )
    pictures = tf.data.Dataset.from_tensor_slices(prepare_all(loaded, config)).repeat()
    batches = pictures.batch(config.batch_size).map(
        lambda batch: layers(batch, training=True), num_parallel_calls=tf.data.AUTOTUNE
    )
    return ((batch,) for batch in batches.prefetch(2).as_numpy_iterator())


def _measure_speed(start: Callable[[], Iterator[tuple[np.ndarray, ...]]]) -> _Speed:
    """Return how fast batches come over some seconds, after two to warm up."""
    batches = start()
    for _ in range(2):
        next(batches)
    steps, pictures, begin = 0, 0, time.perf_counter()
    while (spent := time.perf_counter() - begin) < _SECONDS:
        pictures += len(next(batches)[0])
        steps += 1
    return _Speed(pictures / spent, 1000 * spent / steps)


def _in_turn(
    ours: Callable[[], _Speed], other: Callable[[], _Speed]
) -> list[tuple[_Speed, _Speed]]:
    """Return the speeds of both, measured in turn."""
    return [(ours(), other()) for _ in range(_ROUNDS)]
