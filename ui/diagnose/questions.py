"""What can be asked of an answer: one panel at a time, and nothing is computed before it is opened.

To offer another panel, add it to `_QUESTIONS`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from ui.choose_xray import ChosenXRay
from ui.diagnoser import Reading, get_diagnoser


@dataclass(frozen=True)
class Asked:
    """The answer that is asked about.

    Attributes:
        chosen: the file.
        reading: what was answered; what a panel finds goes into its `panels`.
        model_id: who answered; the default model if None.
    """

    chosen: ChosenXRay
    reading: Reading
    model_id: str | None


# Panels are imported when they are opened: what they need takes long to import.
def _show_trust(asked: Asked) -> None:
    from ui.diagnose.trust import show_trust

    show_trust(asked)


def _show_ask_back(asked: Asked) -> None:
    from ui.diagnose.ask_back import show_ask_back

    show_ask_back(asked)


def _show_comparison(asked: Asked) -> None:
    from ui.diagnose.compare import show_comparison

    show_comparison(asked)


def _show_similar(asked: Asked) -> None:
    from ui.diagnose.similar import show_similar

    show_similar(asked.reading.diagnosis, get_diagnoser(asked.model_id))


_QUESTIONS: dict[str, Callable[[Asked], None]] = {
    "Can I trust the overlay?": _show_trust,
    "Ask back": _show_ask_back,
    "Similar cases": _show_similar,
    "Compare": _show_comparison,
}


def show_questions(asked: Asked) -> None:
    """Offer the panels; show the one that is chosen."""
    chosen = st.segmented_control(
        "Ask about this answer", list(_QUESTIONS), key="diagnose_question"
    )
    if chosen is not None:
        _QUESTIONS[chosen](asked)
