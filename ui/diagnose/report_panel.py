"""The answer to take away: a page to print, and objects for a PACS."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from ui.choose_xray import ChosenXRay
from ui.diagnoser import Reading
from ui.error_box import show_error
from ui.markdown import escape_markdown
from xray_core.errors import PneumoscopeError
from xray_core.images.sniff import is_dicom
from xray_core.model_card import ModelCard
from xray_core.reports.report import Report, TypedDetails

_PDF = "report_pdf"


@dataclass(frozen=True)
class _MadePdf:
    """The last PDF, whom it is about, and the answer that it holds."""

    content: bytes
    whom: str
    answer: tuple[object, ...]


def show_report_panel(chosen: ChosenXRay, reading: Reading, card: ModelCard) -> None:
    """Show what may be typed into the report, and its downloads.

    Args:
        chosen: the file.
        reading: what was said of it.
        card: of the model that said it.
    """
    stem = Path(chosen.name).stem

    def make_report() -> Report:
        concerns = tuple(concern.sentence for concern in reading.diagnosis.concerns)
        remarks = (*reading.xray.notes, *concerns)
        return Report(
            reading.xray,
            reading.diagnosis,
            card,
            reading.picture,
            remarks,
            reading.overlay_warning,
        )

    with st.expander("Report", icon=":material/description:"):
        _offer_pdf(make_report, reading, stem)
        if is_dicom(chosen.data):
            with st.container(horizontal=True):
                _offer_dicom(make_report, chosen.data, stem)


# A form, since what is typed and the press must arrive together: a download that is made when it
# is pressed would hold what was typed before the server heard of the last word.
@st.fragment
def _offer_pdf(make_report: Callable[[], Report], reading: Reading, stem: str) -> None:
    # The picture's hash: what was typed for one X-ray must not enter the report on the next.
    with st.form(f"diagnose_report_{reading.picture[:16]}", border=False):
        typed = _ask_details()
        wanted = st.form_submit_button("Make the PDF", icon=":material/picture_as_pdf:")
    place = st.empty()  # which takes the last PDF from the page before the next one is written
    answer = (reading.diagnosis.verdict, reading.diagnosis.cutoffs, reading.overlay_warning)
    if wanted:
        reading.panels.pop(_PDF, None)
        try:
            with place, st.spinner("Writing the PDF …"):
                from xray_core.reports.pdf import write_pdf

                content = write_pdf(make_report(), typed)
        except PneumoscopeError as error:
            show_error(error)
            return
        reading.panels[_PDF] = _MadePdf(content, typed.name or typed.patient_id, answer)
    # Kept for as long as it says what the page says, whatever else is pressed meanwhile.
    made: _MadePdf | None = reading.panels.get(_PDF)
    if made is None or made.answer != answer:
        return
    place.download_button(
        f"Save the PDF for {escape_markdown(made.whom)}" if made.whom else "Save the PDF",
        made.content,
        f"{stem}_report.pdf",
        "application/pdf",
        type="primary",
        icon=":material/download:",
        on_click="ignore",
    )


def _ask_details() -> TypedDetails:
    st.caption(
        "The report on one page: pictures, verdict, zones, limits, and the hashes of file and "
        "model. Whom it is about stands in it only if you type it here; it stays in this session "
        "and enters the PDF alone."
    )
    name, patient_id = st.columns(2)
    return TypedDetails(
        name.text_input("Name (optional)", max_chars=100),
        patient_id.text_input("ID (optional)", max_chars=64),
        st.text_area("Comment (optional)", max_chars=500, height=80),
    )


def _offer_dicom(make_report: Callable[[], Report], data: bytes, stem: str) -> None:
    from xray_core.reports.dicom_source import check_source

    try:
        check_source(data)
    except PneumoscopeError as error:
        show_error(error)
        return

    def write_picture() -> bytes:
        from xray_core.reports.dicom_picture import write_secondary_capture

        return write_secondary_capture(make_report(), data)

    def write_report() -> bytes:
        from xray_core.reports.dicom_report import write_structured_report

        return write_structured_report(make_report(), data)

    for label, write, suffix, what in (
        ("Overlay as DICOM", write_picture, "evidence", "A Secondary Capture"),
        ("Report as DICOM", write_report, "report", "A Structured Report"),
    ):
        st.download_button(
            label,
            write,
            f"{stem}_{suffix}.dcm",
            "application/dicom",
            icon=":material/medical_information:",
            on_click="ignore",
            help=f"{what} in the study of this X-ray. It names the patient as the X-ray's own file "
            "does, so that an archive can file it.",
        )
