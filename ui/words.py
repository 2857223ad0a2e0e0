"""What the words on a page mean, one click away."""

import streamlit as st

from xray_core.glossary import explain


def offer_words(*names: str) -> None:
    """Show a button that opens the meaning of some terms of the glossary."""
    with st.popover("What the words mean", icon=":material/help:"):
        for title, text in explain(*names).items():
            st.markdown(f"**{title}.** {text}")
