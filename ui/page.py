"""How every page begins."""

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

_STARTED = "page_started"


def begin_page(title: str, sentence: str) -> None:
    """Show what the page asks, and what it gives."""
    if PagesManager.uses_pages_directory and _STARTED not in st.session_state:
        # A server's very first visit runs a page that is opened by its own address without app.py,
        # as older apps with a folder "pages" expect, and Streamlit 1.67 has no setting against it.
        PagesManager.uses_pages_directory = False
        st.session_state[_STARTED] = True
        st.rerun()
    st.title(title, anchor=False)
    st.write(sentence)
