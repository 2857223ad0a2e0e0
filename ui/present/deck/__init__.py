"""Where the story stands, and how a presenter moves through it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from xray_core.story.script import Step

_KEY = "present_deck"
_FOLDER = Path(__file__).parent

_mount = st.components.v2.component(
    "pneumoscope_deck",
    html=(_FOLDER / "deck.html").read_text(encoding="utf-8"),
    css=(_FOLDER / "deck.css").read_text(encoding="utf-8"),
    js=(_FOLDER / "deck.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Place:
    """Where the story stands.

    Attributes:
        step: counted from 0.
        part: of the step, counted from 0.
    """

    step: int
    part: int


def read_place(steps: Sequence[Step]) -> Place:
    """Return where the page's address says that the story stands; it counts from 1."""
    step = _read_number("step", len(steps))
    return Place(step, _read_number("part", steps[step].parts))


def show_deck(steps: Sequence[Step], place: Place) -> None:
    """Show the bar with dots and notes, and listen to the keys."""

    def go() -> None:
        wanted = st.session_state[_KEY].place
        st.query_params["step"] = str(wanted["step"] + 1)
        st.query_params["part"] = str(wanted["part"] + 1)

    asked = _mount(
        data={
            "step": place.step,
            "part": place.part,
            "steps": [
                {"title": step.title, "parts": step.parts, "notes": step.notes.strip()}
                for step in steps
            ],
        },
        key=_KEY,
        on_place_change=go,
        on_leave_change=lambda: None,
    )
    if asked.leave:
        st.switch_page("pages/start.py")


def _read_number(name: str, most: int) -> int:
    text = st.query_params.get(name, "1")
    return min(max(int(text) if text.isdecimal() else 1, 1), most) - 1
