"""What a user can mend, as exceptions; pages and the command line catch these and nothing else.

Every message says what was expected, what came, and what to do.
"""

from collections.abc import Iterable


class PneumoscopeError(Exception):
    """The parent of every error that a user can mend."""


class UnreadableImageError(PneumoscopeError):
    """The bytes are not one X-ray that can be shown."""


class LungsNotFoundError(PneumoscopeError):
    """No two lungs were found in the picture."""


class TurnedXRayError(LungsNotFoundError):
    """The X-ray lies on its side or on its head, so that no two lungs are found in it."""


class NotAChestXRayError(LungsNotFoundError):
    """The picture shows something else, so its lungs are none."""


class IncompatibleModelError(PneumoscopeError):
    """A model's files are missing, altered, or not what its card says."""


class InvalidConfigError(PneumoscopeError):
    """A setting, or a combination of settings, cannot work."""


class DatasetError(PneumoscopeError):
    """A folder does not hold the data that was asked for."""


class StoppedError(PneumoscopeError):
    """Somebody asked for long work to end; nothing went wrong."""


class UnknownNameError(PneumoscopeError):
    """A name that no catalog entry has."""

    def __init__(self, kind: str, name: str, valid: Iterable[str]) -> None:
        choices = ", ".join(sorted(valid)) or "(there is none yet)"
        super().__init__(f"No {kind} is called {name!r}. Choose one of: {choices}.")
