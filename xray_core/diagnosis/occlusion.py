"""Which regions a network's answer rests on, found by covering each of them in turn.

For networks without convolutions, which have no map of features to explain.
Source: Zeiler & Fergus 2014, Visualizing and Understanding Convolutional Networks
(arXiv:1311.2901).
"""

from collections.abc import Callable

import numpy as np

from xray_core.diagnosis.cover import cover_pictures
from xray_core.model_card import CellPlacement

CELLS = 14
# A patch reaches into the neighbouring cells, so that no finding falls between two patches.
_PATCH_CELLS = 1.5
_CHUNK = 49

Predict = Callable[[np.ndarray], np.ndarray]


def cover_regions(predict: Predict, prepared: np.ndarray, fill: np.ndarray) -> np.ndarray:
    """Return what covering each cell of a grid takes from the logit, float32 (14, 14).

    Args:
        predict: from pictures like `prepared`, (B, S, S, channels), to logits (B,).
        prepared: the network's input, float32 (S, S, channels).
        fill: what a cover shows, float32 (S, S), such as `mean_grey`.
    """
    patches = patch_covers(len(prepared))
    whole = predict(prepared[np.newaxis])[0]
    logits = [
        predict(cover_pictures(prepared, chunk, fill))
        for chunk in np.split(patches, range(_CHUNK, len(patches), _CHUNK))
    ]
    return (whole - np.concatenate(logits)).reshape(CELLS, CELLS).astype(np.float32)


def patch_covers(size: int) -> np.ndarray:
    """Return how much of each pixel of the input each patch covers, float32 (196, S, S)."""
    bands = _patch_bands(size)
    return np.einsum("ir,jc->ijrc", bands, bands).reshape(-1, size, size)


def patch_placement(size: int) -> CellPlacement:
    """Return where the patches lie in an input of this side, as pixels are counted there.

    >>> patch_placement(224).first, patch_placement(224).stride
    ((7.5, 7.5), (16.0, 16.0))
    """
    stride = size / CELLS
    first = (stride - 1) / 2
    return CellPlacement(rows=CELLS, columns=CELLS, first=(first, first), stride=(stride, stride))


def _patch_bands(size: int) -> np.ndarray:
    """Return how much of each pixel row a patch of each cell row covers, float32 (14, S)."""
    centres = (np.arange(CELLS)[:, np.newaxis] + 0.5) * size / CELLS
    half = _PATCH_CELLS * size / CELLS / 2
    pixel = np.arange(size)
    reach = np.minimum(pixel + 1, centres + half) - np.maximum(pixel, centres - half)
    return np.clip(reach, 0, 1).astype(np.float32)
