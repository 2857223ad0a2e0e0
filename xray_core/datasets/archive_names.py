"""Names inside a zip, remade so that they are safe on every system."""

import re
import unicodedata
from collections.abc import Sequence
from pathlib import PurePosixPath

from xray_core.datasets import archive_limits as limits

_MAX_NAME_BYTES = 120  # of 255 on every common disk; 16 such folders stay within Linux's 4096

# Windows opens devices by these names, whatever suffix follows.
_DEVICE_NAME = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\.|$)", re.I)


def safe_parts(name: str) -> list[str]:
    r"""Return a member's folders and file name, each fit for any system, none leading upwards.

    >>> safe_parts("train/NORMAL/IM-0115-0001.jpeg")
    ['train', 'NORMAL', 'IM-0115-0001.jpeg']
    >>> safe_parts(r"C:\data\..\NUL.png"), safe_parts("/etc//./a:b. ")
    (['data', '_NUL.png'], ['etc', 'a_b'])
    """
    parts = re.sub(r"^[A-Za-z]:(?=[/\\])", "", name).replace("\\", "/").split("/")
    return [safe for part in parts if (safe := _safe_part(part))]


def _safe_part(part: str) -> str:
    shown = (letter if letter.isprintable() else "_" for letter in part)
    safe = re.sub(r'[<>:"|?*]', "_", "".join(shown)).rstrip(" .")
    if _DEVICE_NAME.match(safe):
        safe = f"_{safe}"
    if len(safe.encode()) > _MAX_NAME_BYTES:
        suffix = PurePosixPath(safe).suffix[:16]
        room = _MAX_NAME_BYTES - len(suffix.encode())
        safe = safe.encode()[:room].decode(errors="ignore").rstrip(" .") + suffix
    return safe


class UnusableMemberError(Exception):
    """One member cannot be written; its message says why."""


class Places:
    """Paths that no two members share, even where a disk tells neither case nor accents apart."""

    def __init__(self) -> None:
        self._files: set[str] = set()
        self._folders: set[str] = set()
        self._copies: dict[str, int] = {}

    def claim(self, parts: Sequence[str]) -> PurePosixPath:
        wanted = place = PurePosixPath(*parts)
        folders = {_fold(parent) for parent in wanted.parents}
        if folders & self._files:
            raise UnusableMemberError("its folder has the name of a file")
        while (key := _fold(place)) in self._files or key in self._folders:
            copy = self._copies[_fold(wanted)] = self._copies.get(_fold(wanted), 1) + 1
            place = wanted.with_name(f"{wanted.stem}-{copy}{wanted.suffix}")
        self._files.add(key)
        self._folders |= folders
        if len(self._folders) > limits.MAX_MEMBERS:  # empty folders fill a disk too
            raise limits.too_many_members()
        return place


def _fold(path: PurePosixPath) -> str:
    return unicodedata.normalize("NFKC", str(path).casefold())


def printable(name: str) -> str:
    """Return a member's name fit for a message: one line, not too long."""
    line = replace_unprintable(name)
    return line if len(line) <= 80 else f"{line[:77]}..."


def replace_unprintable(name: str) -> str:
    """Return a name on one line, with a question mark for each letter that cannot be shown."""
    return "".join(letter if letter.isprintable() else "?" for letter in name) or "(no name)"
