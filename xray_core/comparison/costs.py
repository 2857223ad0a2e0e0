"""What a model costs: weights, training time, time for an answer."""

import io
import time
import zipfile
from math import prod

import numpy as np
from numpy.lib import format as npy_format

from xray_core.comparison.contenders import Contender
from xray_core.errors import IncompatibleModelError
from xray_core.images.prepare import prepare
from xray_core.images.xray import WORKING_SIZE
from xray_core.litert import LiteModel
from xray_core.model_card import ClassifierCard
from xray_core.model_store import SERVING_FILE, read_model_file

_WEIGHTS_FILE = "weights.npz"  # as `xray_core.training.keras_weights` names it
_WARM_UP, _RUNS = 2, 9


def count_parameters(card: ClassifierCard) -> int | None:
    """Return how many numbers the network consists of; None where its weights cannot be read.

    Cards of older models do not tell; then the shapes are read, from the headers of the arrays.
    """
    if card.training.parameters is not None:
        return card.training.parameters
    try:
        data = read_model_file(card, _WEIGHTS_FILE)
        with zipfile.ZipFile(io.BytesIO(data)) as arrays:
            return sum(_count_values(arrays, name) for name in arrays.namelist())
    except (IncompatibleModelError, zipfile.BadZipFile, ValueError):
        return None


def _count_values(arrays: zipfile.ZipFile, name: str) -> int:
    with arrays.open(name) as array:
        version = npy_format.read_magic(array)
        read = (
            npy_format.read_array_header_1_0
            if version == (1, 0)
            else npy_format.read_array_header_2_0
        )
        shape: tuple[int, ...] = read(array)[0]
    return prod(shape)


def read_training_seconds(contender: Contender) -> float | None:
    """Return how long its epochs took in all; None where nobody noted it."""
    history = contender.history
    if contender.card and contender.card.training.seconds:
        return contender.card.training.seconds
    return float(history["seconds"].max()) if "seconds" in history and len(history) else None


def time_network(card: ClassifierCard) -> float | None:
    """Return the milliseconds that the network needs for one picture here, the median of nine.

    Reading the file and outlining the lungs come on top, for every model alike. None where its
    serving file is missing, altered or does not load.
    """
    try:
        network = LiteModel(read_model_file(card, SERVING_FILE))
    except IncompatibleModelError:
        return None
    square = np.full((WORKING_SIZE, WORKING_SIZE), 0.5, np.float32)
    batch = prepare(square, np.ones(square.shape, bool), card.input)[np.newaxis]
    for _ in range(_WARM_UP):
        network.run(batch)
    spent = []
    for _ in range(_RUNS):
        start = time.perf_counter()
        network.run(batch)
        spent.append(time.perf_counter() - start)
    return float(np.median(spent)) * 1000
