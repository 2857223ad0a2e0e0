"""How often each model's test figures were seen at a threshold of somebody's choosing.

A threshold that is moved until the test figures please is chosen on the test pictures, and what
they say from then on flatters. So each look is counted, and said beside the figures.
"""

import json
import os
import threading
from collections.abc import Iterable
from pathlib import Path

from xray_core.errors import PneumoscopeError
from xray_core.paths import workspace

_FILE = "test_looks.json"
_LOCK = threading.Lock()  # visitors of one app look at once


def count_look(ids: Iterable[str], fingerprint: str) -> None:
    """Note that models' test figures were seen once more.

    Args:
        ids: of the models.
        fingerprint: of the test pictures.

    Raises:
        PneumoscopeError: the workspace cannot be written to.
    """
    path = _path()
    with _LOCK:
        looks = _read_all()
        for key in (_name(model_id, fingerprint) for model_id in ids):
            looks[key] = looks.get(key, 0) + 1
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(f".{path.name}.{os.getpid()}")
            draft.write_text(json.dumps(looks, indent=2, sort_keys=True), encoding="utf-8")
            draft.replace(path)
        except OSError as error:
            raise PneumoscopeError(
                f"Expected a workspace in which the look at the test figures can be noted, got "
                f"{path}: {error.strerror}. Make room, or make the folder writable."
            ) from error


def read_looks(ids: Iterable[str], fingerprint: str) -> dict[str, int]:
    """Return how often each model's test figures were seen while its threshold was changed."""
    looks = _read_all()
    return {model_id: looks.get(_name(model_id, fingerprint), 0) for model_id in ids}


def describe_looks(count: int) -> str:
    """Return what the count means, in a sentence; empty where nobody looked.

    >>> describe_looks(1)
    'Its test figures were seen once at a threshold of somebody’s choosing.'
    """
    if not count:
        return ""
    times = "once" if count == 1 else f"{count:,} times"
    return f"Its test figures were seen {times} at a threshold of somebody’s choosing."


def _read_all() -> dict[str, int]:
    try:
        looks = json.loads(_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(looks, dict):
        return {}
    return {str(key): count for key, count in looks.items() if isinstance(count, int)}


def _name(model_id: str, fingerprint: str) -> str:
    """Return the key of one model on one set of test pictures.

    >>> _name("lungs-only", "cd81f5d83e0dd6c0")
    'lungs-only on cd81f5d83e0d'
    """
    return f"{model_id} on {fingerprint[:12]}"


def _path() -> Path:
    return workspace() / "comparison" / _FILE
