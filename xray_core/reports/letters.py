"""The letters of a report, and which of what people type they can show."""

import unicodedata
from functools import cache
from pathlib import Path

import reportlab
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from xray_core.errors import InvalidConfigError
from xray_core.reports.fonts import TEXT_FONT
from xray_core.reports.report import TypedDetails

FONT, BOLD_FONT = "DejaVuSans", "VeraBd"
_LONGEST_TEXT = 700


def check_typed(typed: TypedDetails) -> None:
    """Refuse what the page cannot show whole.

    Raises:
        InvalidConfigError: the text is too long, or in a script that the font lacks.
    """
    text = "".join((typed.name, typed.patient_id, typed.comment))
    if len(text) > _LONGEST_TEXT:
        raise InvalidConfigError(
            f"Expected at most {_LONGEST_TEXT} letters for name, ID and comment, got {len(text)}. "
            f"Shorten them."
        )
    missing = sorted(letter for letter in set(text) if not _can_show(letter))
    if missing:
        raise InvalidConfigError(
            f"Expected letters that the report can show (Latin, Greek, Cyrillic and the like), got "
            f"{' '.join(missing[:5])}. Write the text in one of these scripts."
        )


def _can_show(letter: str) -> bool:
    # Scripts from right to left would come out in the wrong order.
    is_shown = letter in _letters() and unicodedata.bidirectional(letter) not in ("R", "AL")
    return is_shown or letter.isspace()


@cache
def register_fonts() -> None:
    """Make both fonts known to reportlab."""
    fonts = Path(reportlab.__file__).parent / "fonts"
    pdfmetrics.registerFont(TTFont(FONT, str(TEXT_FONT)))
    pdfmetrics.registerFont(TTFont(BOLD_FONT, str(fonts / "VeraBd.ttf")))


@cache
def _letters() -> frozenset[str]:
    register_fonts()
    return frozenset(chr(code) for code in pdfmetrics.getFont(FONT).face.charToGlyph)
