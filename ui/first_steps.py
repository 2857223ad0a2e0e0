"""What a visitor sees before any X-ray is chosen."""

import streamlit as st

from xray_core.about import DISCLAIMER

_STEPS = (
    (
        ":material/upload_file:",
        "You drop a file",
        "One frontal chest X-ray. It is read on this computer and neither stored nor sent on.",
    ),
    (
        ":material/pulmonology:",
        "The lungs are found",
        "Both lungs are outlined. A picture in which they cannot be found gets no verdict.",
    ),
    (
        ":material/analytics:",
        "You see what the answer rests on",
        "Verdict and probability, with the evidence drawn over the X-ray and counted by lung zone.",
    ),
)


def show_first_steps() -> None:
    """Show in three steps what happens to a dropped file."""
    for column, (icon, title, sentence) in zip(st.columns(3), _STEPS, strict=True):
        with column.container(border=True, height="stretch"):
            st.markdown(f"**{icon} {title}**")
            st.markdown(sentence)
    st.caption(DISCLAIMER)
