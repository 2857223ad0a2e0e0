"""Where the cells of a network's evidence map look."""

import math
from collections.abc import Callable

import cv2
import keras
import numpy as np
import tensorflow as tf

from xray_core.architectures.answer import split_at_evidence
from xray_core.model_card import CellPlacement
from xray_core.training.export import weigh_evidence

_SPOTS = 12


def measure_placement(model: keras.Model, inputs: np.ndarray) -> CellPlacement:
    """Return where the cells of the evidence map look.

    The distance between cells follows from the network; where the first one looks does not:
    one-sided padding shifts each strided layer, and training may shift it back. So soft bright
    spots are planted at known places in the lungs of real pictures and of their mirror images, and
    the centre of what they change in the map is compared with where they were planted. The mirror
    images even out that the left lung is not like the right one.

    Args:
        model: has an evidence map.
        inputs: prepared pictures, float32 (N, S, S, channels).
    """
    trunk, head = split_at_evidence(model)
    rows, columns = trunk.output_shape[1:3]
    stride = measure_stride(trunk)
    rng = np.random.default_rng(0)

    @tf.function  # drawn once for all pictures: layer by layer it takes four times as long
    def see(pictures: tf.Tensor) -> tf.Tensor:
        evidence = trunk(pictures, training=False)
        # The same weights for all pictures and places: where a cell looks does not depend on how
        # much the head makes of it, and a spot changes that, too, but everywhere.
        _, slope = weigh_evidence(head, evidence[:1])
        return tf.reduce_sum(evidence * tf.reduce_mean(slope, axis=(1, 2), keepdims=True), axis=3)

    shifts = [
        place - stride * cell
        for picture in (*inputs, *inputs[:, :, ::-1])
        for place, cell in _plant_spots(see, picture, stride, rng)
    ]
    if not shifts:  # a picture too small for spots, or a network that is blind to them
        shifts = [(np.array(inputs.shape[1:3]) - 1 - stride * (np.array([rows, columns]) - 1)) / 2]
    first = np.median(shifts, axis=0)
    return CellPlacement(
        rows=rows,
        columns=columns,
        first=(float(first[0]), float(first[1])),
        stride=(stride, stride),
    )


def measure_stride(trunk: keras.Model) -> float:
    """Return the pixels from one map cell to the next: the product of all strides on the way.

    Input size by map size would be off wherever a convolution or pooling drops a rest.
    """
    # Of parallel layers, which give maps of one size, one counts.
    by_size: dict[tuple[str, int], int] = {}
    for layer in _all_layers(trunk):
        if (steps := getattr(layer, "strides", None)) and max(steps) > 1:
            by_size[layer.output.shape[1]] = max(steps)
    return float(math.prod(by_size.values()))


def _all_layers(model: keras.Model) -> list[keras.Layer]:
    return [
        inner
        for layer in model.layers
        for inner in (_all_layers(layer) if isinstance(layer, keras.Model) else [layer])
    ]


def _plant_spots(
    see: Callable[[tf.Tensor], tf.Tensor],
    picture: np.ndarray,
    stride: float,
    rng: np.random.Generator,
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return (place in pixels, centre of change in cells), down and across, for some spots.

    Args:
        see: from pictures (B, S, S, channels) to their maps (B, rows, columns).
        picture: one of them.
        stride: pixels from one cell to the next.
        rng: chooses the places.
    """
    margin = round(stride)
    inside = np.ones(picture.shape[:2], np.uint8)
    if picture.shape[-1] == 2:
        inside = (picture[..., 1] > 0.5).astype(np.uint8)
    inside[[0, -1]] = inside[:, [0, -1]] = 0
    inner = cv2.erode(inside, np.ones((2 * margin + 1,) * 2, np.uint8))
    places = np.argwhere(inner)
    if len(places) == 0:
        return []
    places = places[rng.integers(0, len(places), _SPOTS)]
    down, across = np.indices(picture.shape[:2])
    planted = np.repeat(picture[np.newaxis], _SPOTS + 1, axis=0)
    shades = slice(0, 1 if picture.shape[-1] == 2 else None)  # the lungs stay as they are
    for changed, place in zip(planted[1:], places, strict=True):
        distance = ((down - place[0]) / stride) ** 2 + ((across - place[1]) / stride) ** 2
        spot = np.exp(-2 * distance)[..., np.newaxis]
        changed[..., shades] += (1 - changed[..., shades]) * spot
    heat = see(tf.constant(planted)).numpy()
    change = np.square(heat[1:] - heat[0])
    seen = change.sum(axis=(1, 2)) > 0
    places, change = places[seen], change[seen] / change[seen].sum(axis=(1, 2), keepdims=True)
    cells = np.stack(
        [
            change.sum(axis=2) @ np.arange(change.shape[1]),
            change.sum(axis=1) @ np.arange(change.shape[2]),
        ],
        axis=1,
    )
    return list(zip(places, cells, strict=True))
