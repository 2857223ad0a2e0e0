"""Which pictures a model learnt from, so that nobody judges it on them unawares."""

import csv
import hashlib
import io
from collections.abc import Iterable
from pathlib import Path, PurePath

import pandas as pd

from xray_core.datasets.naming import is_kermany
from xray_core.errors import IncompatibleModelError

LEARNT_FROM_FILE = "learnt_from.csv"
_COLUMNS = ("file", "file_sha256")


def write_learnt_from(paths: Iterable[str]) -> bytes:
    """Return the contents of ``learnt_from.csv``, one row a picture.

    Its name stands there only where it tells which picture it is. A file that is gone by now has no
    hash.

    Args:
        paths: of the pictures that trained and validated.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for path in map(Path, paths):
        writer.writerow((path.stem if is_kermany(path.stem) else "", _hash(path)))
    return text.getvalue().encode()


def count_seen(data: bytes, answers: pd.DataFrame) -> int | None:
    """Return how many judged pictures are among those that a model learnt from; None if untold.

    The pictures of Kermany et al. are known by their names, since people have them in several
    sizes and formats; all others by their contents. Where not all have such names, the contents
    decide alone: other hospitals' files may be called so, too.

    Args:
        data: from `write_learnt_from`.
        answers: with ``file`` and ``file_sha256``.

    Raises:
        IncompatibleModelError: the data are something else.
    """
    try:
        table = pd.read_csv(io.BytesIO(data), dtype=str, keep_default_na=False)
        names, hashes = ({*table[column]} for column in _COLUMNS)
        nameless = table[_COLUMNS[0]] == ""
        untold = (nameless & (table[_COLUMNS[1]] == "")).any()
    except (KeyError, ValueError) as error:
        raise IncompatibleModelError(
            f"Expected {LEARNT_FROM_FILE} with the columns {', '.join(_COLUMNS)}, got something "
            f"else: {error}. Download or train the model again."
        ) from error
    files = answers["file"].map(lambda file: PurePath(file).stem)
    seen = answers["file_sha256"].isin(hashes - {""})
    if files.map(is_kermany).all():
        seen |= files.isin(names)
    return None if untold and not seen.any() else int(seen.sum())


def _hash(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
