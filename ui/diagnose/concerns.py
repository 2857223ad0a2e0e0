"""What speaks against judging this picture, and the way past it."""

import streamlit as st

from xray_core.diagnosis.gate import Concern

_PASSED = "diagnose_passed"


def pass_concerns(concerns: tuple[Concern, ...], picture: str) -> bool:
    """Show what speaks against judging a picture; return whether the answer may be shown.

    Args:
        concerns: from the gate.
        picture: a key of the picture; the user goes on past the concerns of one picture only.
    """
    if not concerns:
        return True
    for concern in concerns:
        st.warning(concern.sentence, icon=":material/warning:")
    if st.session_state.get(_PASSED) == picture:
        st.caption("You went on in spite of this: read the answer with care.")
        return True
    st.button(
        "Go on anyway",
        key="diagnose_go_on",
        on_click=lambda: st.session_state.update({_PASSED: picture}),
        help="Shows the answer for this picture. The warning stays above it.",
    )
    return False
