"""A CSV file that grows line by line, and from which a stopped screening goes on."""

import csv
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from xray_core.diagnosis.conformal import Cutoffs
from xray_core.errors import InvalidConfigError, PneumoscopeError
from xray_core.screening.files import XRayFile
from xray_core.screening.records import COLUMNS, to_cell, to_csv
from xray_core.screening.screen import ScreenedFile

_Done = frozenset[tuple[str, str]]


class ResultsFile:
    """The lines of a screening on disk.

    Each batch of lines is written at once and forced to the disk. What a crash leaves of a line is
    removed when the file is opened again.
    """

    def __init__(self, path: Path) -> None:
        """Open the file, or begin it.

        Raises:
            InvalidConfigError: there is a file that is no such table, or it cannot be written.
        """
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._mend()
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidConfigError(
                f"Expected a CSV file that can be written, got {path}: {error}. Choose another."
            ) from error

    def find_done(self, model_hash: str, cutoffs: Cutoffs | None = None) -> _Done:
        """Return (name, SHA-256) of each file that this model has judged already.

        Raises:
            InvalidConfigError: it judged them at other cutoffs.
        """
        with self._path.open(newline="", encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if row["model_sha256"] == model_hash]
        if cutoffs and any(_differs(row, cutoffs) for row in rows):
            raise InvalidConfigError(
                f"Expected verdicts that allow {100 * cutoffs.error_rate:g} % of wrong answers in "
                f"{self._path}, got those of another error rate. Choose another name with --out."
            )
        return frozenset((row["file"], row["file_sha256"]) for row in rows if row["file_sha256"])

    def add(self, lines: Sequence[ScreenedFile]) -> None:
        """Write some lines."""
        with self._path.open("ab") as file:
            file.write(to_csv(lines, header=False).encode())
            file.flush()
            os.fsync(file.fileno())

    def _mend(self) -> None:
        """Write the header if there is none, and drop a last line that was cut off."""
        header = ",".join(COLUMNS) + "\n"
        if not self._path.exists() or not self._path.stat().st_size:
            self._path.write_text(header, encoding="utf-8")
            return
        with self._path.open("r+b") as file:
            content = file.read()
            if not content.startswith(header.encode()):
                raise InvalidConfigError(
                    f"Expected results of this command in {self._path}, got another file. Choose "
                    f"another name with --out."
                )
            file.truncate(content.rfind(b"\n") + 1)


def skip_done(files: Sequence[XRayFile], done: _Done) -> list[XRayFile]:
    """Return the files that were not judged yet: another name or other contents.

    Args:
        files: all of them.
        done: see `ResultsFile.find_done`.
    """
    names = {name for name, _ in done}
    left = []
    for file in files:
        name = to_cell(file.name)
        if name not in names or (name, _hash(file)) not in done:
            left.append(file)
    return left


def _differs(row: dict[str, str], cutoffs: Cutoffs) -> bool:
    """Return whether a line's verdict was decided at other cutoffs."""
    if not row["normal_below"]:
        return False
    decided = (float(row["normal_below"]), float(row["pneumonia_from"]))
    return decided != (round(cutoffs.low, 6), round(cutoffs.high, 6))


def _hash(file: XRayFile) -> str:
    try:
        return hashlib.sha256(file.read()).hexdigest()
    except PneumoscopeError:
        return ""
