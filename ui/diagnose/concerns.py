"""What speaks against judging this picture, and the way past it."""

import streamlit as st

from xray_core.diagnosis.gate import Concern


def pass_concerns(concerns: tuple[Concern, ...], picture: str, whose: str = "") -> bool:
    """Show what speaks against judging a picture; return whether the answer may be shown.

    Args:
        concerns: from the gate.
        picture: a key of the picture; the user goes on past the concerns of one picture only.
        whose: what the picture is called where there are two.
    """
    if not concerns:
        return True
    for concern in concerns:
        told = f"{whose}: {concern.sentence}" if whose else concern.sentence
        st.warning(told, icon=":material/warning:")
    passed = f"diagnose_passed {whose}".strip()
    if st.session_state.get(passed) == picture:
        st.caption("You went on in spite of this: read the answer with care.")
        return True
    st.button(
        "Go on anyway",
        key=f"diagnose_go_on {whose}".strip(),
        on_click=lambda: st.session_state.update({passed: picture}),
        help="Shows the answer for this picture. The warning stays above it.",
    )
    return False
