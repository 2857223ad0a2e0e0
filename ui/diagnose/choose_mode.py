"""One X-ray, or many."""

import streamlit as st

_ONE, _MANY = "One X-ray", "Worklist"


def choose_many() -> bool:
    """Show the choice; return whether it is many X-rays at once."""
    mode = st.segmented_control(
        "How many",
        (_ONE, _MANY),
        default=_ONE,
        required=True,
        key="diagnose_mode",
        label_visibility="collapsed",
    )
    return mode == _MANY
