"""How every page says what went wrong."""

import streamlit as st

from ui.markdown import escape_markdown
from xray_core.errors import PneumoscopeError


def show_error(error: PneumoscopeError) -> None:
    """Show an error that the user can mend, in the words of the core."""
    st.error(escape_markdown(str(error)), icon=":material/error:")
