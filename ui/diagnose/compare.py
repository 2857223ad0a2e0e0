"""Two answers side by side: for two X-rays of one patient, or of two models."""

import pandas as pd
import streamlit as st

from ui.diagnose.questions import Asked
from ui.diagnoser import Reading, get_diagnoser, read_file
from ui.error_box import show_error
from ui.xray_viewer import Pane, show_panes
from xray_core.diagnosis.report import compare_to_threshold, format_percent
from xray_core.errors import PneumoscopeError
from xray_core.lungs.zones import ZONE_NAMES
from xray_core.model_store import list_classifiers

_OTHER = "compared"
_FOLLOW_UP, _MODEL = "Another X-ray", "Another model"

Named = tuple[str, Reading]


def show_comparison(asked: Asked) -> None:
    """Let the visitor choose what to compare with, and show both."""
    way = st.radio("With", (_FOLLOW_UP, _MODEL), key="diagnose_compare_with", horizontal=True)
    try:
        pair = _read_follow_up(asked) if way == _FOLLOW_UP else _ask_other_model(asked)
    except PneumoscopeError as error:
        show_error(error)
        return
    if pair is None:
        asked.reading.panels.pop(_OTHER, None)
        return
    scales = {reading.view.full_scale for _, reading in pair}
    panes = [Pane(place, _caption(*named, len(scales) > 1)) for place, named in enumerate(pair)]
    views = [reading.warned_view for _, reading in pair]
    show_panes(views, panes, "diagnose_compare_viewer")
    st.dataframe(_tabulate(pair), hide_index=True, width="stretch")


def _read_follow_up(asked: Asked) -> tuple[Named, Named] | None:
    upload = st.file_uploader(
        "An earlier or later X-ray of the same patient", key="diagnose_follow_up"
    )
    if upload is None:
        return None
    panels = asked.reading.panels
    other = read_file(upload.getvalue(), upload.name, _OTHER, asked.model_id, panels)
    return ("First X-ray", asked.reading), ("Second X-ray", other)


def _ask_other_model(asked: Asked) -> tuple[Named, Named] | None:
    mine = get_diagnoser(asked.model_id).card
    titles = {card.id: card.title for card in list_classifiers() if card.id != mine.id}
    if not titles:
        st.info("There is no other model yet: train one on the Train page.")
        return None
    other_id = st.selectbox(
        "Model to compare with",
        list(titles),
        format_func=lambda model_id: f"{titles[model_id]} ({model_id})",
        key="diagnose_other_model",
        width=360,
    )
    chosen = asked.chosen
    other = read_file(chosen.data, chosen.name, _OTHER, other_id, asked.reading.panels)
    return (mine.title, asked.reading), (titles[other_id], other)


def _caption(name: str, reading: Reading, own_scale: bool) -> str:
    probability, _ = compare_to_threshold(reading.diagnosis)
    scale = f" · full colour from {reading.view.full_scale:.2g}" if own_scale else ""
    return f"{name}: {reading.diagnosis.verdict}, {probability}{scale}"


def _tabulate(pair: tuple[Named, Named]) -> pd.DataFrame:
    """Return the answers, line by line."""
    table = {"": ["Verdict", "Probability of pneumonia", "Threshold", *map(_name_row, ZONE_NAMES)]}
    for name, reading in pair:
        shares = reading.diagnosis.evidence
        table[name] = [
            reading.diagnosis.verdict,
            *compare_to_threshold(reading.diagnosis),
            *(format_percent(shares.zones[zone]) if shares else "–" for zone in ZONE_NAMES),
        ]
    return pd.DataFrame(table)


def _name_row(zone: str) -> str:
    return f"Evidence in the {zone} zone"
