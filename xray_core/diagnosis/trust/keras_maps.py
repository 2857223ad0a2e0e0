"""Maps that only TensorFlow can draw, drawn by a process of its own; no TensorFlow here.

The picture goes through a pipe: it never touches the disk. The other half is
`xray_core.training.explain.worker`.
"""

import io
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from xray_core.diagnosis.case import Case
from xray_core.errors import PneumoscopeError, StoppedError
from xray_core.paths import ROOT

_WORKER = "xray_core.training.explain.worker"
_LOOK_SECONDS = 0.1


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class KerasMaps(_Record):
    """What the other process drew, each map as rows of cells.

    Attributes:
        explanations: name in `EXPLANATIONS` to map.
        randomised: share of the layers that forgot what they knew, and the maps of each seed.
    """

    explanations: dict[str, list[list[float]]]
    randomised: dict[float, list[list[list[float]]]]


class WorkerLine(_Record):
    """One line that the other process says: how far it is, or at the end the maps or an error."""

    done: int = 0
    total: int = 0
    maps: KerasMaps | None = None
    error: str | None = None


def draw_keras_maps(
    case: Case,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> KerasMaps:
    """Return the maps that need TensorFlow.

    Args:
        case: the picture and the model.
        on_progress: told how many maps are drawn.
        should_stop: asked ten times a second.

    Raises:
        StoppedError: it was told to stop.
        PneumoscopeError: they cannot be drawn; the message says why.
    """
    packed = io.BytesIO()
    np.savez(packed, prepared=case.prepared, visible=case.visible)
    with _start(case.classifier.card.id, packed.getvalue()) as lines:
        while True:
            if should_stop():
                raise StoppedError("The check of the overlay was stopped.")
            with suppress(queue.Empty):
                line = _read(lines.get(timeout=_LOOK_SECONDS))
                if line.maps is not None:
                    return line.maps
                on_progress(line.done, line.total)


@contextmanager
def _start(model_id: str, packed: bytes) -> Iterator["queue.SimpleQueue[bytes]"]:
    """Start the other process; give what it says, line by line, and an empty line at its end."""
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    command = [sys.executable, "-m", _WORKER, model_id]
    quiet = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # TensorFlow's notes
        cwd=ROOT,
        env=quiet,
    ) as process:
        listener = threading.Thread(target=_talk, args=(process, packed, lines), daemon=True)
        listener.start()
        try:
            yield lines
        finally:
            process.kill()
            listener.join()


def _talk(
    process: subprocess.Popen[bytes], packed: bytes, lines: "queue.SimpleQueue[bytes]"
) -> None:
    """Hand the picture over, and keep what the other process says until it ends."""
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(OSError):  # it was ended meanwhile
        process.stdin.write(packed)
    with suppress(OSError):
        process.stdin.close()
    for line in process.stdout:
        lines.put(line)
    lines.put(b"")


def _read(line: bytes) -> WorkerLine:
    try:
        said = WorkerLine.model_validate_json(line)
    except ValidationError:
        raise PneumoscopeError(
            "Expected maps from a process of its own, and it ended without any: there may be too "
            "little memory for TensorFlow. Close other programs and try again."
        ) from None
    if said.error is not None:
        raise PneumoscopeError(said.error)
    return said
