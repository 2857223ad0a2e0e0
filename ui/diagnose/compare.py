"""Two answers side by side: for two X-rays of one patient, or of two models."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from ui.diagnose.certainty import decide_at_chosen_rate
from ui.diagnose.concerns import pass_concerns
from ui.diagnose.questions import Asked
from ui.diagnose.read_first import note_seen
from ui.diagnoser import Reading, get_diagnoser, read_file
from ui.error_box import show_error
from ui.markdown import escape_markdown
from ui.xray_viewer import Pane, show_panes
from xray_core.diagnosis.report import compare_to_threshold, format_percent, say_probability
from xray_core.errors import PneumoscopeError
from xray_core.lungs.zones import ZONE_NAMES
from xray_core.model_store import has_network, list_classifiers

_OTHER = "compared"
_FOLLOW_UP, _MODEL = "Another X-ray", "Another model"
_SECOND = "Second X-ray"
_OUTSIDE = "Evidence outside the lungs"

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
    note_seen(reading.picture for _, reading in pair)
    scales = {(reading.view.full_scale, reading.view.meaning) for _, reading in pair}
    panes = [Pane(place, _caption(*named, len(scales) > 1)) for place, named in enumerate(pair)]
    views = [reading.warned_view for _, reading in pair]
    show_panes(views, panes, "diagnose_compare_viewer")
    st.dataframe(_tabulate(pair), hide_index=True, width="stretch")


def _read_follow_up(asked: Asked) -> tuple[Named, Named] | None:
    # The picture's hash: what was dropped beside one patient must not stand beside the next.
    upload = st.file_uploader(
        "An earlier or later X-ray of the same patient",
        key=f"diagnose_follow_up_{asked.reading.picture[:16]}",
    )
    if upload is None:
        return None
    other = _read_other(asked, upload.getvalue(), upload.name, asked.model_id)
    for sentence in other.xray.notes:
        st.warning(f"{_SECOND}: {escape_markdown(sentence)}", icon=":material/warning:")
    if not pass_concerns(other.diagnosis.concerns, other.picture, _SECOND):
        return None
    return ("First X-ray", asked.reading), (_SECOND, other)


def _read_other(asked: Asked, data: bytes, name: str, model_id: str | None) -> Reading:
    """Return the other answer, decided at the error rate that the visitor chose for the first."""
    other = read_file(data, name, _OTHER, model_id, asked.reading.panels)
    scores = get_diagnoser(model_id).scores
    return replace(other, diagnosis=decide_at_chosen_rate(other.diagnosis, scores))


def _ask_other_model(asked: Asked) -> tuple[Named, Named] | None:
    mine = get_diagnoser(asked.model_id).card
    titles = {
        card.id: card.title
        for card in list_classifiers()
        if card.id != mine.id and has_network(card)
    }
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
    other = _read_other(asked, chosen.data, chosen.name, other_id)
    other_name = titles[other_id]
    if other_name == mine.title:
        other_name = f"{other_name} ({other_id})"
    return (mine.title, asked.reading), (other_name, other)


def _caption(name: str, reading: Reading, own_scale: bool) -> str:
    probability, _ = compare_to_threshold(reading.diagnosis)
    view = reading.view
    scale = f" · {view.meaning} Full colour from {view.full_scale:.2g}." if own_scale else ""
    return f"{name}: {reading.diagnosis.verdict}, {probability}{scale}"


def _tabulate(pair: tuple[Named, Named]) -> pd.DataFrame:
    """Return the answers, line by line."""
    rows = ("Verdict", "Probability of pneumonia", "Limits", *map(_name_row, ZONE_NAMES), _OUTSIDE)
    table: dict[str, list[str]] = {"": list(rows)}
    for name, reading in pair:
        shares = reading.diagnosis.evidence
        table[name] = [
            reading.diagnosis.verdict,
            *say_probability(reading.diagnosis).split("; "),
            *(format_percent(shares.zones[zone]) if shares else "–" for zone in ZONE_NAMES),
            format_percent(shares.outside) if shares else "–",
        ]
    return pd.DataFrame(table)


def _name_row(zone: str) -> str:
    return f"Evidence in the {zone} zone"
