"""What every step of the story is made of: a title with its sentence, pictures, bars."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import streamlit as st

from xray_core.comparison.words import word_share
from xray_core.model_card import Measurement
from xray_core.story.script import Step

_LOOK = (Path(__file__).parent / "look.css").read_text(encoding="utf-8")
FULL_HEIGHT = 66  # of 100, beside title, sentence and the bar below
WITH_BUTTONS = 56


@dataclass(frozen=True)
class Shown:
    """One picture on a step.

    Attributes:
        uri: the picture as a data URI.
        alt: what it shows, for those who do not see it.
        caption: HTML below it, already escaped.
    """

    uri: str
    alt: str
    caption: str = ""


def show_head(step: Step, sentence: str) -> None:
    """Show what the step asks, and the one sentence that answers it."""
    st.html(
        f'<style>{_LOOK}</style><div class="story"><h1>{escape(step.title)}</h1>'
        f'<p class="sentence">{_keep_percents(escape(sentence))}</p></div>'
    )


def show_stage(inner: str, height: int = FULL_HEIGHT) -> None:
    """Show the one picture of a step.

    Args:
        inner: HTML, already escaped.
        height: in hundredths of the screen.
    """
    style = f"--height: calc({height} * var(--u))"
    st.html(f'<div class="story"><div class="stage" style="{style}">{inner}</div></div>')


def show_source(sentence: str) -> None:
    """Say where the pictures or figures of a step come from."""
    st.html(f'<div class="story"><p class="source">{_keep_percents(escape(sentence))}</p></div>')


def lay_out(pictures: Sequence[Shown]) -> str:
    """Return pictures as HTML."""
    return "".join(
        f'<figure><div class="sheet"><img src="{picture.uri}" alt="{escape(picture.alt)}"></div>'
        f"<figcaption>{_keep_percents(picture.caption) or '&nbsp;'}</figcaption></figure>"
        for picture in pictures
    )


def lay_out_bar(title: str, share: float, told: str, colour: str) -> str:
    """Return a share as a bar, as HTML.

    Args:
        title: what it is the share of.
        share: 0 to 1.
        told: the share in words.
        colour: of the bar, as CSS.
    """
    return (
        f'<div class="bar"><span>{escape(title)}</span><b>{escape(told)}</b>'
        f'<span class="track"><span class="level" style="--colour: {colour}; '
        f'width: {share:.1%}"></span></span></div>'
    )


def lay_out_figures(title: str, measured: Measurement, rows: Mapping[str, str], colour: str) -> str:
    """Return some shares of a measurement as bars under a title, as HTML.

    Args:
        title: what was measured.
        measured: the figures; those that it lacks are left out.
        rows: name of a figure to its words.
        colour: of the bars, as CSS.
    """
    bars = "".join(
        lay_out_bar(words, figure.value, word_share(figure), colour)
        for name, words in rows.items()
        if (figure := measured.figures.get(name)) and figure.value is not None
    )
    return f'<div class="measured"><b>{escape(title)}</b>{bars}</div>'


def name_class(label: str) -> str:
    """Return a class in its colour, as HTML."""
    return f'<strong class="{escape(label)}">{escape(label)}</strong>'


def _keep_percents(text: str) -> str:
    """Return the text with no line break between a figure and its percent sign."""
    return text.replace(" %", "&nbsp;%")
