"""Cover parts of a prepared picture, so that the network can be asked what they were worth."""

import numpy as np

from xray_core.images.prepare import InputSpec, box_to_input, picture_box, prepare, warp
from xray_core.images.xray import WORKING_SIZE


def cover_pictures(prepared: np.ndarray, covers: np.ndarray, fill: np.ndarray) -> np.ndarray:
    """Return the picture under each cover, float32 (N, S, S, channels).

    The lungs that a network pools over stay as they are.

    Args:
        prepared: the network's input, float32 (S, S, channels).
        covers: float32 (N, S, S) in [0, 1], how much of each pixel is covered.
        fill: what a cover shows, float32 (S, S).
    """
    channels = 1 if prepared.shape[-1] == 2 else prepared.shape[-1]
    picture = prepared[..., :channels]
    covered = np.repeat(prepared[np.newaxis], len(covers), axis=0)
    covered[..., :channels] += covers[..., np.newaxis] * (fill[..., np.newaxis] - picture)
    return covered


def mean_grey(prepared: np.ndarray, visible: np.ndarray) -> np.ndarray:
    """Return the picture's own mean grey wherever the network sees something, float32 (S, S).

    It is neither dark nor bright; where the network is shown black, it is black, too.

    Args:
        prepared: the network's input, float32 (S, S, channels).
        visible: how much of each pixel the network sees, from `see_where`.
    """
    return visible * np.average(prepared[..., 0], weights=np.maximum(visible, 1e-6))


def see_where(lungs: np.ndarray | None, spec: InputSpec) -> np.ndarray:
    """Return how much of each pixel of the input shows the picture, float32 (S, S) in [0, 1].

    Where everything but the lungs is black, a cover must be black there, too.

    Args:
        lungs: bool (224, 224); ignored where the InputSpec is ``whole``.
    """
    white = np.ones((WORKING_SIZE, WORKING_SIZE), np.float32)
    return prepare(white, lungs, spec.model_copy(update={"spread_exposure": False}))[..., 0]


def to_input(values: np.ndarray, lungs: np.ndarray | None, spec: InputSpec) -> np.ndarray:
    """Return what lies over the picture as it lies over the network's input, float32 (S, S).

    Args:
        values: (224, 224) over the whole picture, such as a heatmap or the place of a cover.
        lungs: bool (224, 224); ignored where the InputSpec is ``whole``.
    """
    matrix = box_to_input(picture_box(spec, lungs), spec.size)
    return warp(values.astype(np.float32), matrix, spec.size)
