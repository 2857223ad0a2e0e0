"""Which files of a zip are X-rays to be written, told by their headers, and which are left out."""

import re
import stat
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from xray_core.datasets.archive_names import printable, safe_parts
from xray_core.datasets.walk_pictures import DICOM_SUFFIXES, IMAGE_SUFFIXES
from xray_core.errors import DatasetError

MAX_SKIPPED_NAMES = 1000  # to show; all are counted

_MAX_DEPTH = 16

_JUNK = frozenset({"__macosx", ".ds_store", "thumbs.db", "desktop.ini"})
_ARCHIVES = frozenset({".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz"})

# What lies beside pictures, on disks from hospitals for example, and is never one.
_SIDE_NAMES = frozenset({"readme", "license", "licence", "dicomdir"})
_LETTERS = frozenset({".txt", ".md", ".rtf", ".pdf", ".doc", ".docx", ".html", ".htm", ".log"})
_TABLES = frozenset({".csv", ".tsv", ".xls", ".xlsx", ".json", ".yaml", ".yml", ".xml"})
_PROGRAMS = frozenset({".exe", ".dll", ".jar", ".ini", ".inf", ".bat", ".sh", ".py", ".js", ".css"})
_SIDE_SUFFIXES = _LETTERS | _TABLES | _PROGRAMS

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # only these unpack in bounded portions


@dataclass
class Skipped:
    """What was left out: names and reasons.

    Attributes:
        first: the first of them, fit for a message.
        count: how many in all.
        pictures: all that may be pictures for what their names tell.
    """

    first: list[tuple[str, str]] = field(default_factory=list)
    count: int = 0
    pictures: list[tuple[str, str]] = field(default_factory=list)

    def add(self, name: str, reason: str) -> None:
        self.count += 1
        if not _is_side_file(re.split(r"[/\\]", name)[-1]):
            self.pictures.append((name, reason))
        if len(self.first) < MAX_SKIPPED_NAMES:
            self.first.append((printable(name), reason))

    def describe(self) -> str:
        if not self.first:
            return ""
        name, reason = self.first[0]
        return f" that could be taken; {self.count} skipped, the first {name} ({reason})"


def choose_members(members: Sequence[zipfile.ZipInfo], skipped: Skipped) -> list[zipfile.ZipInfo]:
    """Return the members to write, by their headers alone; the others are added to `skipped`.

    Raises:
        DatasetError: all that could be chosen is protected by a password.
    """
    chosen, locked = [], ""
    for member in members:
        if _is_junk(member):
            continue
        if reason := _find_objection(member):
            skipped.add(member.filename, reason)
        elif member.flag_bits & 0x41:  # encrypted, strongly encrypted
            locked = locked or printable(member.filename)
            skipped.add(member.filename, "protected by a password")
        else:
            chosen.append(member)
    if locked and not chosen:
        raise DatasetError(
            f"Expected a zip without a password, got {locked} encrypted. Unpack it with its "
            f"password, and pack the folder again without one."
        )
    return chosen


def _is_junk(member: zipfile.ZipInfo) -> bool:
    parts = member.filename.replace("\\", "/").split("/")
    is_folder = not parts[-1] or stat.S_ISDIR(member.external_attr >> 16)
    return is_folder or parts[-1].startswith("._") or any(p.lower() in _JUNK for p in parts)


def _find_objection(member: zipfile.ZipInfo) -> str:
    """Return why a member is not written, or nothing."""
    parts = safe_parts(member.filename)
    suffix = PurePosixPath(parts[-1]).suffix.lower() if parts else ""
    if not parts or ".." in re.split(r"[/\\]", member.filename):
        return "its path leads out of the zip"
    if len(parts) > _MAX_DEPTH:
        return f"more than {_MAX_DEPTH} folders deep"
    if stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG):
        return "a link or a device, not a file"
    if suffix in _ARCHIVES:
        return "an archive inside the zip; unpack it and drop it on its own"
    # DICOM files often bear a UID as name, with numbers where a suffix would be.
    is_known = suffix in IMAGE_SUFFIXES or suffix in DICOM_SUFFIXES
    if _is_side_file(parts[-1]) or (not is_known and suffix.strip(".0123456789")):
        return "not a picture by its name"
    if member.compress_type not in _METHODS:
        return "compressed in a way other than zip's usual ones"
    return ""


def _is_side_file(name: str) -> bool:
    """Return whether a file is no picture for sure: a letter, a table, part of a program.

    >>> _is_side_file("README"), _is_side_file("Labels.CSV"), _is_side_file("IM.heic")
    (True, True, False)
    """
    return name.lower() in _SIDE_NAMES or PurePosixPath(name).suffix.lower() in _SIDE_SUFFIXES
