"""A worklist as CSV and as records for scripts."""

import csv
import io
from collections.abc import Iterable

from xray_core.lungs.zones import ZONE_NAMES
from xray_core.screening.screen import ScreenedFile

COLUMNS = (
    "file",
    "file_sha256",
    "model",
    "model_sha256",
    "verdict",
    "probability",
    "threshold",
    "normal_below",
    "pneumonia_from",
    *(name.replace(" ", "_") for name in ZONE_NAMES),
    "outside_lungs",
    "concerns",
    "notes",
    "error",
)


def to_record(line: ScreenedFile) -> dict[str, str | float | None]:
    """Return one line under names that scripts may rely on; None where nothing was found."""
    zones = {
        name.replace(" ", "_"): round(line.zones[name], 6) if line.zones else None
        for name in ZONE_NAMES
    }
    return {
        "file": line.name,
        "file_sha256": line.file_hash,
        "model": line.model_id,
        "model_sha256": line.model_hash,
        "verdict": line.verdict,
        "probability": _round(line.probability),
        "threshold": _round(line.threshold),
        "normal_below": _round(line.normal_below),
        "pneumonia_from": _round(line.pneumonia_from),
        **zones,
        "outside_lungs": _round(line.outside),
        "concerns": ", ".join(line.concerns),
        "notes": " ".join(line.notes),
        "error": line.error,
    }


def to_csv(lines: Iterable[ScreenedFile], header: bool = True) -> str:
    """Return lines as CSV.

    Args:
        lines: in the order wanted.
        header: whether the names of the columns come first.
    """
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
    if header:
        writer.writeheader()
    for line in lines:
        writer.writerow({key: to_cell(value) for key, value in to_record(line).items()})
    return stream.getvalue()


def to_cell(value: str | float | None) -> str | float | None:
    """Return a text on one line, and so that no spreadsheet takes it for a formula.

    >>> to_cell("=1+1"), to_cell("xray.png"), to_cell(0.5)
    ("'=1+1", 'xray.png', 0.5)
    """
    if not isinstance(value, str):
        return value
    # A name may hold bytes that are no text, which no table and no UTF-8 file can.
    line = " ".join(value.encode("utf-8", "backslashreplace").decode().split())
    return f"'{line}" if line.startswith(("=", "+", "-", "@")) else line


def _round(share: float | None) -> float | None:
    return None if share is None else round(share, 6)
