"""Which model is better: scores, curves, whether a difference is real, threshold, errors."""

import streamlit as st

from ui.compare.choose import choose_field
from ui.compare.curves import show_curves
from ui.compare.difference import show_difference
from ui.compare.errors import show_errors
from ui.compare.scores import show_scores
from ui.compare.settings import show_settings
from ui.compare.threshold import show_threshold
from ui.page import begin_page

VIEWS = {
    "Scores": show_scores,
    "Curves": show_curves,
    "Difference": show_difference,
    "Threshold": show_threshold,
    "Errors": show_errors,
    "Settings": show_settings,
}

begin_page(
    "Which model is better?",
    "Scores with their uncertainty, beside whether the model looks at the lungs at all.",
)
field = choose_field()
if field is not None:
    view = st.segmented_control(
        "View",
        list(VIEWS),
        default="Scores",
        required=True,
        key="compare_view",
        label_visibility="collapsed",
        bind="query-params",
    )
    VIEWS[view or "Scores"](field)
