"""The Ray cluster that runs go to: its address, whether it answers, and how much it carries.

Ray is an optional extra and takes a second to import, so the functions that need it import it.
"""

import os
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import urlopen

from xray_core.errors import InvalidConfigError, PneumoscopeError

if TYPE_CHECKING:
    from ray.job_submission import JobSubmissionClient

RUN_CORES = 2
_ADDRESS_VARIABLE = "PNEUMOSCOPE_RAY_ADDRESS"
_GPUS_VARIABLE = "PNEUMOSCOPE_RAY_GPUS"
_ANSWER_SECONDS = 3.0


def ray_address() -> str:
    """Return the address of the cluster that runs go to; empty where they stay on this machine."""
    return os.environ.get(_ADDRESS_VARIABLE, "").rstrip("/")


def connect(address: str) -> "JobSubmissionClient":
    """Return a client of a cluster's jobs API.

    Raises:
        InvalidConfigError: no such address can be.
        PneumoscopeError: the extra is not installed, or nobody answers within seconds.
    """
    if not address.startswith(("http://", "https://")):
        raise InvalidConfigError(
            f"{_ADDRESS_VARIABLE}: expected the address of a cluster's dashboard, such as "
            f"http://head:8265, got {address!r}."
        )
    try:
        from ray.job_submission import JobSubmissionClient

        require_answer(address)
        return JobSubmissionClient(address)
    except ImportError as error:
        raise PneumoscopeError(
            f"{_ADDRESS_VARIABLE} is set, but Ray is not installed. Run `pip install "
            f"'ray[default,tune]'`, or unset it to train on this machine."
        ) from error
    except failures() as error:
        raise PneumoscopeError(
            f"The Ray cluster at {address} does not answer: {first_line(error)} Start it and "
            f"resume, or unset {_ADDRESS_VARIABLE} to train on this machine."
        ) from error


def require_answer(address: str) -> None:
    """Return if a cluster answers within seconds; Ray's client would wait for ever.

    Raises:
        OSError: nobody answers.
    """
    with suppress(HTTPError):  # which is an answer
        urlopen(f"{address}/api/version", timeout=_ANSWER_SECONDS).close()


def count_places(address: str) -> int:
    """Return how many runs the machines of a cluster carry side by side, at least one.

    Raises:
        PneumoscopeError: the cluster does not answer, or cannot be asked.
    """
    connect(address)
    from ray.util.state import list_nodes

    try:
        nodes = list_nodes(address, [("state", "=", "ALIVE")], timeout=int(_ANSWER_SECONDS))
    except failures() as error:
        raise PneumoscopeError(
            f"The Ray cluster at {address} cannot be counted: {first_line(error)}"
        ) from error
    share, places = gpu_share(), 0
    for node in nodes:
        offers = node.resources_total or {}
        by_cores = offers.get("CPU", 0) // RUN_CORES
        places += int(min(by_cores, offers.get("GPU", 0) // share) if share else by_cores)
    return max(1, places)


def gpu_share() -> float:
    """Return how much of a graphics card a run asks for.

    Raises:
        InvalidConfigError: that is no number.
    """
    text = os.environ.get(_GPUS_VARIABLE, "0")
    try:
        return max(0.0, float(text))
    except ValueError:
        raise InvalidConfigError(
            f"{_GPUS_VARIABLE}: expected the graphics cards for each run, such as 1 or 0.5, "
            f"got {text!r}."
        ) from None


def failures() -> tuple[type[Exception], ...]:
    """Return what Ray's clients raise when they do not reach a cluster, or it refuses."""
    try:
        from ray.exceptions import RayError
        from ray.util.state.exception import RayStateApiException
    except ImportError:
        return OSError, RuntimeError, PneumoscopeError
    return OSError, RuntimeError, RayError, RayStateApiException, PneumoscopeError


def first_line(error: Exception) -> str:
    """Return the beginning of an error as a sentence; Ray appends whole tracebacks."""
    line = next(iter(str(error).splitlines()), type(error).__name__)
    return line.rstrip(".") + "."
