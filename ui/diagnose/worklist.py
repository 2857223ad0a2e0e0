"""Many X-rays at once: dropped, judged in the background, sorted by urgency, opened one by one."""

import os
import weakref
from pathlib import Path

import streamlit as st

from ui.answer import show_answer
from ui.choose_xray import ChosenXRay
from ui.diagnose.worklist_table import offer_downloads, show_table
from ui.error_box import show_error
from ui.jobs import Job, show_job
from xray_core.errors import PneumoscopeError
from xray_core.screening.files import XRayFile, list_given
from xray_core.screening.worklist import MAX_BYTES, MAX_FILES, Worklist, make_worklist

# X-rays are patient data: the list and its job belong to this visitor's session alone.
_LIST, _JOB, _OPEN = "diagnose_worklist", "diagnose_worklist_job", "diagnose_worklist_open"
_VISIT = "diagnose_worklist_visit"
_VISITS = "diagnose_worklist_visits"  # how often the visitor came back to the list


def show_worklist(reading_key: str, model_id: str | None) -> None:
    """Show where X-rays come from, the list of them, or the one that was opened from it.

    Args:
        reading_key: session key that keeps the answer of the opened X-ray.
        model_id: who answers; the default model if None.
    """
    worklist = st.session_state.get(_LIST)
    if worklist is None:
        _ask_for_files(model_id)
    elif st.session_state.get(_OPEN) is None:
        _show_list(worklist)
    else:
        _show_one(worklist, st.session_state[_OPEN], reading_key)


def _ask_for_files(model_id: str | None) -> None:
    uploads = st.file_uploader(
        "Drop chest X-rays, or a zip of them: JPEG, PNG, TIFF, WebP, BMP or DICOM",
        accept_multiple_files=True,
        key="diagnose_worklist_upload",
        help="Each file of a DICOM series is a line of its own.",
    )
    path = st.text_input(
        "Or a folder on the computer that runs Pneumoscope",
        key="diagnose_worklist_folder",
        placeholder="/data/xrays",
    )
    st.caption(
        f"At most {MAX_FILES:,} X-rays and {MAX_BYTES / 1e9:.0f} GB at once. What you drop stays "
        "in memory until you clear the list or close the page."
    )
    if st.button("Screen them", type="primary", disabled=not (uploads or path)):
        try:
            folder = Path(os.path.expanduser(path)) if path else None  # noqa: PTH111 - never raises
            given = list_given([(upload.name, upload.getvalue()) for upload in uploads], folder)
            _start(make_worklist(given, model_id))
        except PneumoscopeError as error:
            show_error(error)
        else:
            st.rerun()


class _Visit:
    """Lives as long as the visitor's session: what runs holds its list and job, but not this."""


def _start(worklist: Worklist) -> None:
    job = Job("Screening", worklist.screen)
    visit = _Visit()
    weakref.finalize(visit, job.stop)  # nobody waits for the rest when the page was closed
    st.session_state[_LIST], st.session_state[_JOB] = worklist, job
    st.session_state[_VISIT] = visit
    job.start()


def _show_list(worklist: Worklist) -> None:
    job: Job = st.session_state[_JOB]
    if job.running:
        show_job(job, "diagnose_worklist")
    else:
        if job.error is not None:
            show_error(job.error)
        if len(worklist.lines) < len(worklist.files):
            st.warning(
                f"Stopped: {len(worklist.lines):,} of {len(worklist.files):,} files were judged.",
                icon=":material/pause_circle:",
            )
        with st.container(horizontal=True):
            st.button("Clear the list", icon=":material/delete:", on_click=_clear)
            offer_downloads(worklist)
    opened = show_table(worklist, job.running, st.session_state.get(_VISITS, 0))
    if opened is not None:
        st.session_state[_OPEN] = opened
        st.rerun()


def _show_one(worklist: Worklist, name: str, reading_key: str) -> None:
    st.button("Back to the worklist", icon=":material/arrow_back:", on_click=_close)
    file: XRayFile = worklist.find(name)
    try:
        chosen = ChosenXRay(file.name, file.read())
    except PneumoscopeError as error:
        show_error(error)
        return
    show_answer(chosen, reading_key, worklist.model_id)


def _close() -> None:
    st.session_state[_OPEN] = None
    st.session_state[_VISITS] = st.session_state.get(_VISITS, 0) + 1


def _clear() -> None:
    st.session_state[_JOB].stop()
    for key in (_LIST, _JOB, _OPEN, _VISIT, _VISITS):
        st.session_state.pop(key, None)
