"""Drop an X-ray: verdict, where the evidence lies, and the evidence itself."""

import streamlit as st

from ui.choose_model import choose_model
from ui.choose_xray import choose_xray, forget_xray, show_samples
from ui.diagnose.choose_mode import choose_many
from ui.first_steps import show_first_steps
from ui.page import begin_page

READING = "diagnose_reading"
READINGS = "diagnose_reading_log"

begin_page(
    "Does this chest X-ray show pneumonia?",
    "A verdict, how sure the model is, and the lung regions that the answer rests on.",
)
model = choose_model("diagnose")
if choose_many():
    # What reads and judges takes longer to import than all that a first visitor sees.
    from ui.diagnose.worklist import show_worklist

    forget_xray("diagnose")
    show_worklist(READING, model)
    st.stop()
read_first = st.toggle(
    "Read first",
    key="diagnose_read_first",
    help="Say what you see before the answer appears, so that it cannot sway you. A log that "
    "stays in this browser session tells how often you and the model agree.",
)
picked = choose_xray("diagnose")
if picked is None:
    st.session_state.pop(READING, None)
    show_samples("diagnose")
    show_first_steps()
else:
    from ui.answer import show_answer

    show_answer(picked, READING, model, read_first)
if READINGS in st.session_state:
    from ui.diagnose.read_first import show_log

    show_log(st.session_state[READINGS])
