"""What a button of the runs' view does, and what the user is told where that was refused."""

from collections.abc import Callable

import streamlit as st

from ui.error_box import show_error
from xray_core.errors import PneumoscopeError
from xray_core.training.jobs.queue import keep_working

_REFUSAL = "train_refusal"


def act(work: Callable[..., object], *arguments: object) -> None:
    """Do what a button asks for, as its callback; a refusal is told until the next press."""
    st.session_state.pop(_REFUSAL, None)
    try:
        work(*arguments)
    except PneumoscopeError as error:  # such as a full disk, or a run deleted in another tab
        # What a callback writes within a fragment would take the place of the page's title.
        st.session_state[_REFUSAL] = error


def see_to_runs() -> None:
    """See that waiting runs are worked on, or show why they cannot be."""
    try:
        keep_working()
    except PneumoscopeError as error:
        show_error(error)


def show_refusal() -> None:
    """Show what the last press was refused with."""
    if error := st.session_state.get(_REFUSAL):
        show_error(error)
