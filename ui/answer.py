"""The answer to one X-ray: verdict, evidence, and both to take away."""

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import streamlit as st

from ui.answer_card import show_answer_card
from ui.choose_xray import ChosenXRay
from ui.diagnose.certainty import decide_at_chosen_rate, show_certainty
from ui.diagnose.concerns import pass_concerns
from ui.diagnose.dicom_header import show_dicom_header
from ui.diagnose.kinds import show_kinds
from ui.diagnose.questions import Asked, show_questions
from ui.diagnose.read_first import judge_answer, may_show_answer
from ui.diagnose.report_panel import show_report_panel
from ui.diagnoser import Reading, get_diagnoser, read_file
from ui.error_box import show_error
from ui.words import offer_words
from ui.xray_viewer import show_xray_viewer
from xray_core.diagnosis.age_group import find_age_group
from xray_core.diagnosis.report import to_json_record
from xray_core.errors import PneumoscopeError
from xray_core.images.sniff import is_dicom


def show_answer(
    chosen: ChosenXRay, key: str, model_id: str | None = None, read_first: bool = False
) -> None:
    """Show the answer for one X-ray, or say why there is none.

    Args:
        chosen: the file.
        key: session key that keeps the answer; begins with the page's name.
        model_id: who answers; the default model if None.
        read_first: show it only after the clinician has committed to a reading.
    """
    try:
        with st.spinner("Reading the X-ray…"):
            reading = read_file(chosen.data, chosen.name, key, model_id)
            diagnoser = get_diagnoser(model_id)
    except PneumoscopeError as error:
        show_error(error)
        return
    if not pass_concerns(reading.diagnosis.concerns, reading.picture):
        return
    decided = decide_at_chosen_rate(reading.diagnosis, diagnoser.scores)
    reading = replace(reading, diagnosis=decided)
    if not may_show_answer(reading, read_first):
        return
    xray = reading.xray
    about_file = (
        f"{chosen.name} · {xray.source_format}, {xray.width} × {xray.height}",
        chosen.remark,
        *xray.notes,
    )
    group = find_age_group(xray.header, reading.diagnosis.concerns)
    show_answer_card(reading.diagnosis, diagnoser.card, about_file, group)
    show_xray_viewer(reading.warned_view, key="diagnose_viewer")
    _offer_downloads(chosen.name, reading)
    show_kinds(reading)
    judge_answer(reading)
    show_certainty(reading, diagnoser.card)
    show_questions(Asked(chosen, reading, model_id))
    show_report_panel(chosen, reading, diagnoser.card)
    if is_dicom(chosen.data):
        show_dicom_header(chosen.data)


def _draw_overlay(reading: Reading) -> bytes:
    from xray_core.reports.pictures import write_overlay

    return write_overlay(reading.xray, reading.diagnosis, reading.overlay_warning)


def _write_record(name: str, reading: Reading) -> str:
    record = to_json_record(name, reading.diagnosis)
    record["overlay_warning"] = reading.overlay_warning
    return json.dumps(record, indent=2)


@st.fragment
def _offer_downloads(name: str, reading: Reading) -> None:
    """Offer the overlay as a picture, the answer as JSON, and what the words mean."""
    stem = Path(name).stem
    with st.container(horizontal=True):
        st.download_button(
            "Overlay as PNG",
            partial(_draw_overlay, reading),
            f"{stem}_evidence.png",
            "image/png",
            icon=":material/image:",
            on_click="ignore",
        )
        st.download_button(
            "Report as JSON",
            partial(_write_record, name, reading),
            f"{stem}_report.json",
            "application/json",
            icon=":material/data_object:",
            on_click="ignore",
        )
        offer_words(
            *("probability", "threshold", "cannot_tell", "conformal", "prevalence", "ppv", "npv"),
            *("grad_cam", "log_odds", "zones", "gate"),
        )
