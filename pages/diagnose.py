"""Drop an X-ray: verdict, where the evidence lies, and the evidence itself."""

import json
from functools import partial
from pathlib import Path

import streamlit as st

from ui.answer_card import show_answer_card
from ui.choose_xray import ChosenXRay, choose_xray, show_samples
from ui.diagnoser import Reading, forget_reading, get_diagnoser, read_file
from ui.error_box import show_error
from ui.first_steps import show_first_steps
from ui.page import begin_page
from ui.xray_viewer import show_xray_viewer
from xray_core.diagnosis.overlay import encode_overlay
from xray_core.diagnosis.report import to_json_record
from xray_core.errors import PneumoscopeError

READING = "diagnose_reading"


def show_answer(chosen: ChosenXRay) -> None:
    """Show the answer for one X-ray, or say why there is none."""
    try:
        with st.spinner("Reading the X-ray…"):
            reading = read_file(chosen.data, chosen.name, key=READING)
            card = get_diagnoser().card
    except PneumoscopeError as error:
        show_error(error)
        return
    xray = reading.xray
    about_file = (
        f"{chosen.name} · {xray.source_format}, {xray.width} × {xray.height}",
        chosen.remark,
        *xray.notes,
    )
    show_answer_card(reading.diagnosis, card, about_file)
    show_xray_viewer(reading.view, key="diagnose_viewer")
    offer_downloads(chosen.name, reading)


@st.fragment
def offer_downloads(name: str, reading: Reading) -> None:
    """Offer the overlay as a picture and the answer as JSON."""
    stem, diagnosis = Path(name).stem, reading.diagnosis
    with st.container(horizontal=True):
        st.download_button(
            "Overlay as PNG",
            partial(encode_overlay, reading.xray, diagnosis),
            f"{stem}_evidence.png",
            "image/png",
            icon=":material/image:",
            on_click="ignore",
        )
        st.download_button(
            "Report as JSON",
            json.dumps(to_json_record(name, diagnosis), indent=2),
            f"{stem}_report.json",
            "application/json",
            icon=":material/data_object:",
            on_click="ignore",
        )


begin_page(
    "Does this chest X-ray show pneumonia?",
    "A verdict, how sure the model is, and the lung regions that the answer rests on.",
)
picked = choose_xray("diagnose")
if picked is None:
    forget_reading(READING)
    show_samples("diagnose")
    show_first_steps()
else:
    show_answer(picked)
