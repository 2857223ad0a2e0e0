"""Read first: the clinician commits to a reading before the answer appears, and judges it then.

The log lives in the visitor's session and leaves it by the visitor's own export alone.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import streamlit as st

from ui.charts import offer_csv
from ui.diagnoser import Reading
from ui.xray_viewer import Pane, show_panes
from xray_core.diagnosis.overlay import without_evidence
from xray_core.diagnosis.reading_log import (
    IMPRESSIONS,
    JUDGEMENTS,
    Commitment,
    LoggedReading,
    describe_agreement,
    draw_agreement,
    for_spreadsheets,
    tabulate_log,
)
from xray_core.diagnosis.report import find_main_zones
from xray_core.lungs.zones import ZONE_NAMES

_LOG = "diagnose_reading_log"
_COMMITTED = "committed"
_SEEN = "diagnose_seen_pictures"  # by hash: an answer once seen, no reading is blind any more
_ICONS = {"agree": "thumb_up", "correct": "edit", "reject": "thumb_down"}


def note_seen(pictures: Iterable[str]) -> None:
    """Note whose answers are on screen, by the hashes of their files."""
    seen: set[str] = st.session_state.setdefault(_SEEN, set())
    seen.update(pictures)


def may_show_answer(reading: Reading, read_first: bool) -> bool:
    """Return whether the answer may appear; else show the picture and ask for a reading first.

    Args:
        reading: the answer, which stays hidden.
        read_first: whether the clinician wants to read before the answer appears.
    """
    if not read_first or _COMMITTED in reading.panels:
        note_seen([reading.picture])
        return True
    if reading.picture in st.session_state.get(_SEEN, ()):
        st.info("You have seen the answer to this X-ray: reading first begins with the next one.")
        return True
    show_panes(
        (without_evidence(reading.view),),
        (Pane(0, "Original", evidence=False),),
        "diagnose_blind_viewer",
    )
    with st.form("diagnose_commitment"):
        impression = st.radio("What do you see?", IMPRESSIONS, index=None, horizontal=True)
        zones = st.multiselect(
            "Where, if pneumonia?", ZONE_NAMES, help="Right and left are the patient's."
        )
        if st.form_submit_button("Commit, and show the answer", type="primary"):
            if impression is None:
                st.error("Choose one of the three first.")
                return False
            where = tuple(zones) if impression == "pneumonia" else ()
            _commit(reading, Commitment(impression, where))
            st.rerun()
    return False


def _commit(reading: Reading, said: Commitment) -> None:
    """Log the reading beside the answer."""
    diagnosis = reading.diagnosis
    log: list[LoggedReading] = st.session_state.setdefault(_LOG, [])
    log.append(
        LoggedReading(
            time=datetime.now().astimezone(),
            image_sha256=reading.picture,
            reading=said.impression,
            reading_zones=said.zones,
            model_id=diagnosis.model_id,
            verdict=diagnosis.verdict,
            probability=diagnosis.probability,
            verdict_zones=find_main_zones(diagnosis.evidence) if diagnosis.evidence else (),
        )
    )
    reading.panels[_COMMITTED] = len(log) - 1


def judge_answer(reading: Reading) -> None:
    """Show what was said first, if anything was, and let the clinician judge the answer."""
    if _COMMITTED not in reading.panels:
        return
    log: list[LoggedReading] = st.session_state[_LOG]
    place: int = reading.panels[_COMMITTED]
    entry = log[place]
    where = f" ({', '.join(entry.reading_zones)})" if entry.reading_zones else ""
    with st.container(border=True):
        answer = _tell_answer(entry.verdict, reading.diagnosis.verdict)
        st.markdown(f"You read **{entry.reading}**{where}; the answer {answer}.")
        judgement = st.segmented_control(
            "What do you make of it?",
            JUDGEMENTS,
            format_func=lambda name: f":material/{_ICONS[name]}: {name.capitalize()}",
            key=f"diagnose_judgement_{place}",
            persist_state="session",
            help="Agree with the answer, correct it in a note, or reject it.",
        )
        note = st.text_input(
            "Note",
            key=f"diagnose_note_{place}",
            persist_state="session",
            max_chars=500,
            help="It leaves this session by your own export alone. Name no patient in it.",
        )
        log[place] = replace(entry, judgement=judgement, note=note)


def _tell_answer(first: str, now: str) -> str:
    """Return the end of a sentence: the answer then, and now if the allowed errors were moved.

    >>> _tell_answer("normal", "normal")
    'is **normal**'
    """
    if first == now:
        return f"is **{now}**"
    return f"was **{first}**, and with other errors allowed it is now **{now}**"


def show_log(log: list[LoggedReading]) -> None:
    """Show how often reader and model agreed, and offer the log as CSV."""
    with st.expander(f"Your readings: {describe_agreement(log)}", icon=":material/menu_book:"):
        if any(entry.agrees is not None for entry in log):
            st.plotly_chart(draw_agreement(log), key="diagnose_agreement")
        table = tabulate_log(log)
        st.dataframe(table, hide_index=True, width="stretch")
        offer_csv(for_spreadsheets(table), "readings", "diagnose_log_csv")
        st.caption(
            "The log lies in this session and is gone with it. It knows pictures by their hash."
        )
