"""The small files of a run's folder, each replaced in one step."""

import contextlib
import errno
import secrets
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from xray_core.training.jobs.run_records import RunProgress, RunRequest, RunState, Stop

REQUEST_FILE, STATE_FILE = "request.json", "state.json"
_PROGRESS_FILE = "progress.json"
_GIVEN_UP_FILE = "given-up"
# Files that may be empty, for which a full disk has room; in the order in which they count.
_STOP_FILES: dict[Stop, str] = {"cancel": "stop-cancel", "keep": "stop-keep"}
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
_SHORT_MESSAGE = 400  # letters with which a state stays within one block of the disk

_AnyRecord = TypeVar("_AnyRecord", bound=BaseModel)


def read_request(folder: Path) -> RunRequest | None:
    """Return what was asked for; None if that cannot be read."""
    return _read(folder / REQUEST_FILE, RunRequest)


def write_request(folder: Path, request: RunRequest) -> None:
    """Keep what was asked for.

    Raises:
        OSError: it cannot be kept.
    """
    _write(folder / REQUEST_FILE, request)


def read_state(folder: Path) -> RunState | None:
    """Return where a run stands; None if that cannot be read."""
    return _read(folder / STATE_FILE, RunState)


def write_state(folder: Path, state: RunState) -> None:
    """Keep where a run stands; the old state stays until the new one is complete.

    On a full disk the new one is written over the old one, which needs no room.

    Raises:
        OSError: it cannot be kept.
    """
    path = folder / STATE_FILE
    try:
        _write(path, state)
    except OSError as error:
        if error.errno not in _NO_ROOM or not path.exists():
            raise
        short = state.model_copy(update={"message": state.message[:_SHORT_MESSAGE]})
        text = short.model_dump_json(indent=2).encode()
        with path.open("r+b", buffering=0) as file:
            file.write(text.ljust(path.stat().st_size))  # at once: others read it meanwhile


def read_progress(folder: Path) -> RunProgress | None:
    """Return how far a run is; None before the first sign."""
    return _read(folder / _PROGRESS_FILE, RunProgress)


def write_progress(folder: Path, progress: RunProgress) -> None:
    """Keep how far a run is; a full disk must not end it."""
    with contextlib.suppress(OSError):
        _write(folder / _PROGRESS_FILE, progress)


def read_stop(folder: Path) -> Stop | None:
    """Return what somebody asked of the worker, or None."""
    return next((wish for wish, name in _STOP_FILES.items() if (folder / name).exists()), None)


def ask_to_stop(folder: Path, wish: Stop, reason: str = "") -> None:
    """Ask a running worker to end, at once or with what it learnt published; and say why."""
    path = folder / _STOP_FILES[wish]
    path.touch()
    with contextlib.suppress(OSError):  # for which a full disk has no room
        path.write_text(reason)


def read_reason(folder: Path) -> str:
    """Return why a run was asked to end at once; nothing where somebody simply wished it."""
    try:
        return (folder / _STOP_FILES["cancel"]).read_text()
    except OSError:
        return ""


def forget_wishes(folder: Path) -> None:
    """Drop what an earlier attempt was asked and how far it was."""
    for name in (*_STOP_FILES.values(), _PROGRESS_FILE):
        (folder / name).unlink(missing_ok=True)


def note_given_up(folder: Path) -> None:
    """Keep that a run's search ended it: resumed, it is judged no more."""
    (folder / _GIVEN_UP_FILE).touch()


def is_given_up(folder: Path) -> bool:
    """Return whether a run's search ended it before."""
    return (folder / _GIVEN_UP_FILE).exists()


def _read(path: Path, kind: type[_AnyRecord]) -> _AnyRecord | None:
    try:
        return kind.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def _write(path: Path, record: BaseModel) -> None:
    draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        draft.write_text(record.model_dump_json(indent=2))
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
