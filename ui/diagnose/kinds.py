"""Bacterial or viral: a second opinion by a model that tells kinds of pneumonia apart."""

import streamlit as st

from ui.diagnoser import Reading, get_diagnoser
from ui.error_box import show_error
from ui.markdown import escape_markdown
from xray_core.diagnosis.report import format_percent
from xray_core.errors import PneumoscopeError
from xray_core.model_card import ClassifierCard
from xray_core.model_store import has_network, list_classifiers
from xray_core.numbers import word_percent

_ANSWER = "kinds"


def show_kinds(reading: Reading) -> None:
    """Show what a model of three classes says of the same X-ray, how often it is right, and limits.

    Nothing is shown where there is no such model.
    """
    card = _find_model(reading.diagnosis.model_id)
    if card is None:
        return
    try:
        if _ANSWER not in reading.panels:
            diagnosis = reading.diagnosis
            if card.id != diagnosis.model_id:
                diagnosis = get_diagnoser(card.id).diagnose(reading.xray)
            reading.panels[_ANSWER] = diagnosis.classes or {}
    except PneumoscopeError as error:
        show_error(error)
        return
    shares: dict[str, float] = reading.panels[_ANSWER]
    title = "By kind" if card.id == reading.diagnosis.model_id else "Second opinion, by kind"
    told = " · ".join(f"{name} **{format_percent(share)}**" for name, share in shares.items())
    st.markdown(f"**{title}:** {told}")
    st.caption(escape_markdown(f"By “{card.title}”. {_tell_record(card)} {' '.join(card.limits)}"))


def _find_model(asked: str) -> ClassifierCard | None:
    """Return a model that tells kinds apart: the one that was asked, else the first."""
    fit = [card for card in list_classifiers() if len(card.classes) > 2 and has_network(card)]
    return min(fit, key=lambda card: card.id != asked, default=None)


def _tell_record(card: ClassifierCard) -> str:
    """Return how often it named the right kind, and what that is worth, in sentences."""
    for name, found in card.measurements.items():
        figure = found.figures.get("kind_right")
        if figure is not None and figure.value is not None:
            return (
                f"On pictures of pneumonia ({name}) it named the right kind "
                f"{word_percent(figure.value)} % of the time; Kermany et al. 2018 reported 90.7 % "
                "for this task. An X-ray alone does not name the germ: this is no ground for a "
                "treatment."
            )
    return "How often it names the right kind was not measured: do not rely on it."
