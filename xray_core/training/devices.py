"""Use graphics cards where there are some."""

from collections.abc import Iterator
from contextlib import contextmanager

import keras
import tensorflow as tf


@contextmanager
def best_devices() -> Iterator[None]:
    """Within it, networks are built for every graphics card at hand, in half precision.

    Without one nothing changes: half precision is slower on ordinary processors.
    """
    cards = list_cards()
    with _policy("mixed_float16" if cards else "float32"), spread_over(cards).scope():
        yield


def list_cards() -> list[tf.config.LogicalDevice]:
    """Return the graphics cards at hand."""
    return tf.config.list_logical_devices("GPU")


def spread_over(devices: list[tf.config.LogicalDevice]) -> tf.distribute.Strategy:
    """Return the strategy that gives each of several devices a part of every batch."""
    if len(devices) > 1:
        return tf.distribute.MirroredStrategy([device.name for device in devices])
    return tf.distribute.get_strategy()


@contextmanager
def _policy(name: str) -> Iterator[None]:
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def copy_weights(source: keras.Model, target: keras.Model) -> keras.Model:
    """Return `target` with the weights of `source`, such as a network of another precision."""
    target.set_weights(source.get_weights())
    return target
