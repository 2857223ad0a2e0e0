"""What training will cost: measured on this machine, in a process of its own; no TensorFlow here.

The TensorFlow half is `measure_cost`, run as ``python -m xray_core.training.measure_cost``.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable

from pydantic import BaseModel, ConfigDict, ValidationError

from xray_core.errors import PneumoscopeError, StoppedError
from xray_core.paths import ROOT
from xray_core.training.config import TrainingConfig

_MOST_SECONDS = 240.0  # a large network takes a minute to be compiled on two cores
_LOOK_SECONDS = 0.1
# Settings that change what is learnt and not what a step costs.
_FREE = (
    *("preset", "balance_classes", "learning_rate", "schedule", "weight_decay", "epochs"),
    *("early_stopping", "keep", "average_mirror", "validation", "validation_share", "seed"),
    *("validation_patients", "folds", "fold", "label_smoothing", "initial_weights", "start_from"),
)


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Layer(_Record):
    """One layer of a network.

    Attributes:
        name: that Keras gave it.
        kind: such as ``Conv2D``.
        output: its shape for one picture.
        parameters: numbers that it holds.
    """

    name: str
    kind: str
    output: tuple[int, ...]
    parameters: int


class Cost(_Record):
    """What a network and a pass over the training pictures take.

    Attributes:
        layers: from input to answer.
        parameters: numbers in the network.
        trainable: those that training changes.
        memory_bytes: an estimate for the whole worker: what the measuring process held, and what a
            full batch and the pictures add.
        epoch_seconds: from steps that were really done, for the training pictures.
        measured_pictures: pictures in the steps that were timed.
    """

    layers: tuple[Layer, ...]
    parameters: int
    trainable: int
    memory_bytes: int
    epoch_seconds: float
    measured_pictures: int


class CostRequest(_Record):
    """What is to be measured: the settings, and how many pictures an epoch has."""

    config: TrainingConfig
    pictures: int


def name_cost(config: TrainingConfig, pictures: int) -> str:
    """Return the same text for settings that cost the same."""
    return f"{pictures}:{config.model_dump_json(exclude=set(_FREE))}"


def measure_cost(
    config: TrainingConfig, pictures: int, should_stop: Callable[[], bool] = lambda: False
) -> Cost:
    """Return what a run would cost, from two seconds of real steps on random pictures.

    Args:
        config: the settings.
        pictures: in the training split.
        should_stop: asked while the other process works.

    Raises:
        StoppedError: it was told to stop.
        PneumoscopeError: the network cannot be built or trained here; the message says why.
    """
    asked = CostRequest(config=config, pictures=pictures).model_dump_json()
    with subprocess.Popen(
        [sys.executable, "-m", "xray_core.training.measure_cost"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"},
    ) as process:
        try:
            answer, complaints = _talk(process, asked, should_stop)
        finally:
            process.kill()
    try:
        return Cost.model_validate_json(answer)
    except ValidationError as error:
        reason = complaints.strip().rpartition("\n")[2] or f"it ended with {process.returncode}"
        raise PneumoscopeError(f"The network could not be measured: {reason}") from error


def _talk(
    process: subprocess.Popen[str], asked: str, should_stop: Callable[[], bool]
) -> tuple[str, str]:
    """Return what the other process answered, and what it complained of."""
    end = time.monotonic() + _MOST_SECONDS
    told: str | None = asked
    while True:
        try:
            return process.communicate(told, timeout=_LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            told = None  # it has been sent
        if should_stop():
            raise StoppedError("Measuring was stopped.")
        if time.monotonic() > end:
            raise PneumoscopeError(
                f"The network could not be measured in {_MOST_SECONDS:.0f} seconds: it is very "
                f"large for this machine. Smaller pictures or a smaller network cost less."
            )
