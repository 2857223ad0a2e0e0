"""The letters that reports are written in."""

from pathlib import Path

# DejaVu Sans has Latin, Greek and Cyrillic letters; its licence lies beside it.
TEXT_FONT = Path(__file__).parent / "DejaVuSans.ttf"
