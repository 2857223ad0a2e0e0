"""What would the answer be if a part were covered, or the exposure were another?"""

import hashlib
from dataclasses import replace

import numpy as np
import streamlit as st

from ui.diagnose.questions import Asked
from ui.diagnoser import get_diagnoser
from ui.error_box import show_error
from xray_core.diagnosis.ask_back import Cover, cover_box, cover_named, draw_picture, name_covers
from xray_core.diagnosis.case import make_case
from xray_core.diagnosis.report import format_percent, say_probability
from xray_core.diagnosis.trust.stability import Change, apply_change
from xray_core.errors import PneumoscopeError
from xray_core.images.xray import to_working_square

_MOST_HIDDEN = 0.95
_CONFIG = {"displayModeBar": False}


@st.fragment
def show_ask_back(asked: Asked) -> None:
    """Show both questions; each is answered as soon as it is asked."""
    picture, answers = st.columns([3, 2], gap="large")
    with answers:
        st.markdown("**Cover a part**")
        part = st.selectbox(
            "Cover",
            name_covers(),
            key="diagnose_cover",
            help="The network is asked again as if it had not seen this part. The outline of the "
            "lungs stays as it was found.",
        )
    lungs = asked.reading.diagnosis.lungs
    named = None if part == Cover.BOX else cover_named(part, lungs)
    # A box belongs to one X-ray.
    drawn = hashlib.sha256(asked.chosen.data).hexdigest()[:12]
    with picture:
        event = st.plotly_chart(
            draw_picture(asked.reading.view, named),
            key=f"diagnose_box_{drawn}",
            config=_CONFIG,
            on_select="rerun",
            selection_mode="box",
        )
    with answers:
        if named is not None:
            _answer_cover(asked, named)
        elif boxes := event["selection"]["box"]:
            _answer_cover(asked, cover_box(boxes[-1]["x"], boxes[-1]["y"]))
        else:
            st.caption("Draw a box on the picture, or choose a part by its name.")
        _ask_exposure(asked)


def _answer_cover(asked: Asked, hidden: np.ndarray) -> None:
    classifier = get_diagnoser(asked.model_id).classifier
    square = to_working_square(asked.reading.xray)
    case = make_case(classifier, square, asked.reading.diagnosis.lungs.both)
    share = case.share_hidden(hidden)
    if share > _MOST_HIDDEN:
        st.info("That covers all that the network looks at: nothing is left to judge.")
        return
    _show_change(asked, case.ask_without(hidden))
    seen = "lungs" if classifier.card.input.needs_lungs else "picture"
    st.caption(
        f"Covered: {format_percent(share)} of the {seen}, which is all that this network sees."
        if share
        else f"Nothing that this network sees is covered: it sees the {seen} alone."
    )


def _ask_exposure(asked: Asked) -> None:
    st.markdown("**Change the exposure**")
    brightness = st.slider(
        "Brightness", -0.3, 0.3, 0.0, 0.01, key="diagnose_brightness", help="Added to every pixel."
    )
    contrast = st.slider(
        "Contrast",
        0.5,
        2.0,
        1.0,
        0.05,
        key="diagnose_contrast",
        help="Stretches differences from mid-grey.",
    )
    if (brightness, contrast) == (0.0, 1.0):
        return
    square = to_working_square(asked.reading.xray)
    changed = apply_change(square, Change("", contrast=contrast, brightness=brightness))
    left, right = st.columns(2)
    left.image(changed, width="stretch")
    with right:
        try:
            xray = replace(asked.reading.xray, pixels=changed)
            diagnosis = get_diagnoser(asked.model_id).diagnose(xray)
        except PneumoscopeError as error:
            show_error(error)
        else:
            _show_change(asked, diagnosis.probability)


def _show_change(asked: Asked, after: float) -> None:
    """Show the probability before and after, and whether the verdict would be another."""
    diagnosis = asked.reading.diagnosis
    before = diagnosis.probability
    st.metric(
        "Probability of pneumonia",
        format_percent(after, 1),
        f"{100 * (after - before):+.1f} points",
        delta_color="off",
    )
    st.caption(f"Before: {say_probability(diagnosis)}.")
    if (verdict := diagnosis.decide(after)) != diagnosis.verdict:
        st.warning(f"The verdict would be another: **{verdict}** instead of {diagnosis.verdict}.")
