"""`python -m xray_core.training.measure_cost`: CostRequest as JSON in, Cost as JSON out."""

import math
import os
import resource
import sys
import time
from contextlib import redirect_stdout
from typing import Any

import keras
import numpy as np
import psutil
import tensorflow as tf

from xray_core.images.xray import WORKING_SIZE
from xray_core.training.batches import (
    BatchMaker,
    batches_ahead,
    kept_bytes,
    picture_bytes,
    stream_batches,
)
from xray_core.training.classification_data import LoadedImages
from xray_core.training.config import TrainingConfig, change_config
from xray_core.training.cost import Cost, CostRequest, Layer
from xray_core.training.devices import best_devices
from xray_core.training.networks import build_blank_network
from xray_core.training.train_classifier import compile_network

_SECONDS = 2.0
_MOST_STEPS = 1000
# A timed step holds as many pictures as have so much to remember: a step on a whole batch of a
# large network could take a minute, or all memory.
_STEP_BYTES = 2**29
_DRAWN_PICTURES = 16
_FLOAT_BYTES = 4
_MEMORY_SHARE = 0.25  # of what is free, as `load_images` and `BatchMaker` hold in memory


def measure(config: TrainingConfig, pictures: int) -> Cost:
    """Return what a network and an epoch over so many pictures take on this machine."""
    with best_devices():
        model = build_blank_network(config)  # the weights do not change the cost
        compile_network(model, config, _MOST_STEPS)
    layers = tuple(_describe(layer) for layer in model.layers)
    # Each output is kept for the way back; with EfficientNet-Lite0 a picture more took 80 % of it.
    remembered_bytes = sum(math.prod(layer.output) for layer in layers) * _FLOAT_BYTES
    batch = min(config.batch_size or pictures, pictures)
    step = max(1, min(batch, _STEP_BYTES // remembered_bytes))
    timed = change_config(config, {"batch_size": step})
    maker = BatchMaker(_draw_pictures(timed), timed)
    seconds, steps = time_step(model, stream_batches(maker, 0, _MOST_STEPS))
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Cost(
        layers=layers,
        parameters=model.count_params(),
        trainable=sum(math.prod(weight.shape) for weight in model.trainable_weights),
        memory_bytes=held
        + (batch - step) * remembered_bytes
        + _waiting_bytes(config, batch)
        - _waiting_bytes(config, step)
        + _loaded_bytes(config, pictures),
        epoch_seconds=seconds / step * pictures,
        measured_pictures=steps * step,
    )


class _Clock(keras.callbacks.Callback):
    """Ends the training two seconds after the first step, which compiles the network."""

    def __init__(self) -> None:
        super().__init__()
        self.ends: list[float] = []

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self.ends.append(time.monotonic())
        self.model.stop_training = self.ends[-1] - self.ends[0] > _SECONDS


def time_step(model: keras.Model, batches: tf.data.Dataset) -> tuple[float, int]:
    """Train for two seconds, or a thousand steps; return (mean seconds of a step, steps timed).

    The first step compiles the network and fills the pipeline: it is not timed.
    """
    clock = _Clock()
    model.fit(batches, steps_per_epoch=_MOST_STEPS, verbose=0, shuffle=False, callbacks=[clock])
    steps = len(clock.ends) - 1
    return (clock.ends[-1] - clock.ends[0]) / steps, steps


def _draw_pictures(config: TrainingConfig) -> LoadedImages:
    """Return one batch of noise, with two boxes for lungs; few different pictures do."""
    count = config.batch_size
    rng = np.random.default_rng(0)
    shape = (_DRAWN_PICTURES, WORKING_SIZE, WORKING_SIZE)
    lungs = np.zeros(shape, bool)
    lungs[:, 40:190, 30:100] = lungs[:, 40:190, 124:194] = True
    names = tuple(str(place) for place in range(count))
    return LoadedImages(
        rng.integers(0, 256, shape, np.uint8),
        lungs if config.input.needs_lungs else None,
        np.arange(count) % 2,
        names,
        names,
        subtypes=("bacteria",) * count,
        rows=np.arange(count) % _DRAWN_PICTURES,
    )


def _describe(layer: keras.layers.Layer) -> Layer:
    output = layer.output[0] if isinstance(layer.output, list) else layer.output
    return Layer(
        name=layer.name,
        kind=type(layer).__name__,
        output=tuple(output.shape[1:]),
        parameters=layer.count_params(),
    )


def _waiting_bytes(config: TrainingConfig, batch: int) -> int:
    """Return what the batches take that are made, and wait, beside the one that is trained on."""
    one = batch * picture_bytes(config)
    return sum(batches_ahead(one)) * one


def _loaded_bytes(config: TrainingConfig, pictures: int) -> int:
    """Return what the pictures take: decoded, and what of them no epoch changes."""
    decoded = pictures * WORKING_SIZE**2 * (2 if config.input.needs_lungs else 1)
    kept = pictures * kept_bytes(config)
    most = int(psutil.virtual_memory().available * _MEMORY_SHARE)
    return min(decoded, most) + min(kept, most)


if __name__ == "__main__":
    asked = CostRequest.model_validate_json(sys.stdin.read())
    with redirect_stdout(sys.stderr):  # Keras talks
        cost = measure(asked.config, asked.pictures)
    sys.stdout.write(cost.model_dump_json())
    sys.stdout.flush()
    os._exit(0)  # the pipeline's threads still make batches, and an orderly end may wait for them
