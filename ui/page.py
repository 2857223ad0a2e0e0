"""How every page begins."""

from pathlib import Path

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from ui.uploads import keep_uploads_in_memory

_STARTED = "page_started"

_mount_style = st.components.v2.component(
    "pneumoscope_style",
    css=(Path(__file__).parent / "page.css").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def begin_page(title: str, sentence: str) -> None:
    """Show what the page asks, and what it gives."""
    run_through_app()
    keep_uploads_in_memory()
    st.title(title, anchor=False)
    st.write(sentence)
    _mount_style(key="page_style")


def run_through_app() -> None:
    """See that app.py runs around this page."""
    if PagesManager.uses_pages_directory and _STARTED not in st.session_state:
        # A server's very first visit runs a page that is opened by its own address without app.py,
        # as older apps with a folder "pages" expect, and Streamlit 1.67 has no setting against it.
        PagesManager.uses_pages_directory = False
        st.session_state[_STARTED] = True
        st.rerun()
