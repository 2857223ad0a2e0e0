"""Silence for other people's decoders: what they warn of and log may quote a file's contents."""

import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

# They quote the values of tags that they find odd.
_TALKATIVE_LOGGERS = ("pydicom", "pylibjpeg", "openjpeg", "libjpeg", "PIL", "highdicom")

_lock = threading.Lock()
_inside = 0
_catcher: "warnings.catch_warnings[None] | None" = None


@contextmanager
def quiet_decoders() -> Iterator[None]:
    """Return a context in which warnings and the decoders' log lines go nowhere.

    Warning filters belong to the process, and threads that leave `warnings.catch_warnings` in
    another order than they entered it leave the filters changed for good. So the first thread in
    silences them, the last one out restores them, and decoding still runs in parallel.
    """
    _enter()
    try:
        yield
    finally:
        _leave()


def _enter() -> None:
    global _inside, _catcher
    with _lock:
        _inside += 1
        if _catcher is None:
            _catcher = warnings.catch_warnings()
            _catcher.__enter__()
            warnings.simplefilter("ignore")
            _set_loggers_disabled(True)


def _leave() -> None:
    global _inside, _catcher
    with _lock:
        _inside -= 1
        if _inside == 0 and _catcher is not None:
            _catcher.__exit__(None, None, None)
            _catcher = None
            _set_loggers_disabled(False)


def _set_loggers_disabled(disabled: bool) -> None:
    """Switch the decoders' log lines off or on, theirs and their children's."""
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in _TALKATIVE_LOGGERS:
            logging.getLogger(name).disabled = disabled
