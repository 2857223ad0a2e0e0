"""How every page says what went wrong."""

import streamlit as st

from xray_core.errors import PneumoscopeError


def show_error(error: PneumoscopeError) -> None:
    """Show an error that the user can mend, in the words of the core."""
    st.error(_escape_markdown(str(error)), icon=":material/error:")


def _escape_markdown(text: str) -> str:
    r"""Return the text so that Markdown shows every character of it.

    >>> print(_escape_markdown("no *.png"))
    no \*.png
    """
    return "".join("\\" + letter if letter in r"\`*_{}[]<>#|~$:" else letter for letter in text)
