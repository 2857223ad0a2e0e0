"""Run a model's serving file with LiteRT: small, quick to load, and unable to carry code."""

import os
import threading
from multiprocessing import parent_process
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from xray_core.errors import IncompatibleModelError


class LiteModel:
    """A network from one batch of inputs to its outputs, safe to share between threads."""

    def __init__(self, serving_file: bytes) -> None:
        """Load the network.

        Args:
            serving_file: contents of a ``serving.tflite``, already checked against its hash.

        Raises:
            IncompatibleModelError: the bytes are not a LiteRT network.
        """
        try:
            self._interpreter = Interpreter(
                model_content=serving_file, num_threads=_count_threads()
            )
            self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise IncompatibleModelError(
                f"Expected a LiteRT network, got a file that does not load: {error}. "
                f"Download or train the model again."
            ) from error
        self._lock = threading.Lock()
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._outputs = [detail["index"] for detail in _by_name(self._interpreter)]

    def run(self, batch: np.ndarray) -> list[np.ndarray]:
        """Return the outputs, in the order of their names.

        Args:
            batch: float32 (B, S, S, channels).
        """
        with self._lock:
            if tuple(self._interpreter.get_input_details()[0]["shape"]) != batch.shape:
                self._interpreter.resize_tensor_input(self._input, batch.shape)
                self._interpreter.allocate_tensors()
            self._interpreter.set_tensor(self._input, batch)
            self._interpreter.invoke()
            return [self._interpreter.get_tensor(index) for index in self._outputs]


def _count_threads() -> int:
    # A process of a pool has a core, and its siblings have the others.
    return 1 if parent_process() else os.cpu_count() or 1


def _by_name(interpreter: Interpreter) -> list[dict[str, Any]]:
    return sorted(interpreter.get_output_details(), key=lambda detail: detail["name"])
