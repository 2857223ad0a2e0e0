"""The second step: the audience votes on three X-rays, then the model answers."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from ui.present.scene import diagnose, read_album
from ui.present.sheet import (
    WITH_BUTTONS,
    Shown,
    lay_out,
    lay_out_bar,
    name_class,
    show_head,
    show_source,
    show_stage,
)
from xray_core.diagnosis.report import format_percent
from xray_core.palette import PNEUMONIA
from xray_core.story.album import Label, StoryPicture
from xray_core.story.draw import draw_picture
from xray_core.story.script import Step
from xray_core.story.votes import Votes, describe_votes

_VOTES, _SHOWN = "present_votes", "present_voted_on"
_ANSWERS: tuple[Label, ...] = ("normal", "pneumonia")


def show_vote(step: Step, part: int) -> None:
    """Show three X-rays with a button for each vote; then what they are and what the model says."""
    album = read_album()
    shown = [picture.name for picture in album.votes]
    if st.session_state.get(_SHOWN) != shown:  # the votes on others are no votes on these
        st.session_state[_SHOWN] = shown
        st.session_state[_VOTES] = [Votes()] * len(shown)
    votes = st.session_state[_VOTES]
    answered = part > 0
    if answered:
        verdicts = [diagnose(picture).diagnosis.verdict for picture in album.votes]
        labels = [picture.label for picture in album.votes]
        show_head(step, describe_votes(votes, labels, verdicts))
    else:
        show_head(step, "Normal, or pneumonia? One click is one vote.")
    show_stage(lay_out([_show(picture, answered) for picture in album.votes]), WITH_BUTTONS)
    (_show_votes if answered else _show_buttons)(votes)
    show_source(album.source)


def _show(picture: StoryPicture, answered: bool) -> Shown:
    case = diagnose(picture)
    uri = draw_picture(case.xray)
    if not answered:
        return Shown(uri, "Chest X-ray to vote on")
    verdict = case.diagnosis.verdict
    told = escape(format_percent(case.diagnosis.probability))
    says = f"The model says {name_class(verdict)} (pneumonia: {told})"
    caption = f"It is {name_class(picture.label)}<br>{says}"
    return Shown(uri, f"Chest X-ray: {picture.label}", caption)


def _show_votes(votes: Sequence[Votes]) -> None:
    """Show what the audience said of each X-ray, as the share that said pneumonia."""
    bars = ""
    for counted in votes:
        told = ", ".join(f"{answer} {counted.of(answer)}" for answer in _ANSWERS)
        bars += lay_out_bar("You said", counted.share, told, PNEUMONIA)
    st.html(f'<div class="story votes">{bars}</div>')


def _show_buttons(votes: Sequence[Votes]) -> None:
    for number, (column, counted) in enumerate(zip(st.columns(3), votes, strict=True)):
        with column.container(horizontal=True, horizontal_alignment="center"):
            for answer in _ANSWERS:
                st.button(
                    f"{answer.capitalize()}: {counted.of(answer)}",
                    key=f"present_vote_{number}_{answer}",
                    on_click=_add,
                    args=(number, answer),
                )
            if counted != Votes():
                st.button(
                    "Anew",
                    icon=":material/restart_alt:",
                    key=f"present_vote_{number}_anew",
                    help="Count the votes on this X-ray anew",
                    type="tertiary",
                    on_click=_forget,
                    args=(number,),
                )


def _add(number: int, answer: Label) -> None:
    votes = list(st.session_state[_VOTES])
    votes[number] = votes[number].add(answer)
    st.session_state[_VOTES] = votes


def _forget(number: int) -> None:
    votes = list(st.session_state[_VOTES])
    votes[number] = Votes()
    st.session_state[_VOTES] = votes
