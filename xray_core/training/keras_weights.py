"""A network's weights as plain arrays, so that it can be rebuilt without running foreign code."""

import io

import keras
import numpy as np

from xray_core.errors import IncompatibleModelError


def pack_weights(model: keras.Model) -> bytes:
    """Return all weights, in the network's own order, as an ``.npz`` file."""
    buffer = io.BytesIO()
    names = [f"{index:04d}" for index in range(len(model.weights))]
    np.savez_compressed(buffer, **dict(zip(names, model.get_weights(), strict=True)))
    return buffer.getvalue()


def unpack_weights(model: keras.Model, data: bytes) -> None:
    """Set the weights that `pack_weights` stored.

    Raises:
        IncompatibleModelError: the arrays do not fit the network.
    """
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        weights = [arrays[name] for name in sorted(arrays.files)]
    expected = [tuple(weight.shape) for weight in model.weights]
    found = [weight.shape for weight in weights]
    if expected != found:
        raise IncompatibleModelError(
            f"Expected {len(expected)} arrays that fit {model.name}, got {len(found)} of other "
            f"shapes. Train the model again."
        )
    model.set_weights(weights)
