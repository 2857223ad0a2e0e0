"""What is known of a worker that was started, on this machine or on another."""

import signal
from typing import Protocol


class StartedWorker(Protocol):
    """A worker under way; each place that workers run in has its own kind."""

    def wait(self, seconds: float) -> bool:
        """Return whether it has ended, after about so long if it has not."""

    def kill(self) -> None:
        """End it and what it started; it may take a moment."""

    def explain_end(self) -> str:
        """Return how it ended, for the case that it could not say so itself."""


def explain_exit(code: int | None) -> str:
    """Return how a worker ended, in words.

    Args:
        code: of its process; negative for a signal, None where it is not known.
    """
    if code == -signal.SIGKILL:
        return (
            "The worker was killed: by the system for want of memory, or by hand. What it learnt "
            "is kept; resume it, with a smaller batch or picture size if memory ran out."
        )
    if code in (-signal.SIGABRT, -signal.SIGSEGV):  # so TensorFlow ends for want of memory
        return (
            f"The worker broke off ({signal.Signals(-code).name}), as it does when it gets no more "
            "memory; the end of its log says more. What it learnt is kept; resume it, or start "
            "another with smaller batches or pictures."
        )
    if code is None:
        return (
            "The worker ended without a word, as when the machine is switched off. What it learnt "
            "is kept; resume it."
        )
    if code < 0:
        return f"The worker was ended by {signal.Signals(-code).name}. Resume it."
    return f"The worker ended with code {code}; the end of its log says why."
