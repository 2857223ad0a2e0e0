"""One threshold for all models: where it lies, what it is for, and how often that was tried."""

import pandas as pd
import streamlit as st

from ui.charts import offer_csv
from ui.compare.confusion import show_confusions
from ui.compare.threshold_effects import show_charts, show_figures, show_printed
from ui.error_box import show_error
from xray_core.comparison.field import Field
from xray_core.comparison.looks import count_look, read_looks
from xray_core.comparison.predictions import Predictions
from xray_core.comparison.use import DEFAULT_MISS_COST
from xray_core.errors import PneumoscopeError
from xray_core.evaluation.metrics import count_calls
from xray_core.glossary import get_term

_SEEN = "compare_seen_threshold"
_MOST_DRAWN = 8  # more curves hide each other, and no longer follow the slider


@st.fragment
def show_threshold(field: Field) -> None:
    """Show everything that depends on where the line between the two verdicts is drawn."""
    tests = {model_id: test.take(test.answered) for model_id, test in field.tests.items()}
    if not tests:
        st.info("None of the chosen models has answers on test pictures.")
        return
    if field.left_out:
        names = ", ".join(field.names[each.id] for each in field.left_out)
        st.caption(f"Not judged on these pictures, so left out: {names}.")
    thresholds = _choose_thresholds(field)
    prevalence, miss_cost = _choose_use(next(iter(tests.values())))
    drawn = _choose_drawn(field, tests)
    counts = {
        model_id: count_calls(test.labels, test.probabilities, thresholds[model_id])
        for model_id, test in tests.items()
    }
    shown = {model_id: counts[model_id] for model_id in drawn}
    show_confusions(shown, field.names, field.styles)
    offer_csv(
        pd.DataFrame(
            {"model": field.names[model_id], "threshold": thresholds[model_id], **vars(found)}
            for model_id, found in counts.items()
        ),
        "confusion",
        "compare_confusion_csv",
    )
    show_figures(field, tests, thresholds, (prevalence, miss_cost))
    show_charts(field, drawn, thresholds, prevalence)
    show_printed(field, drawn, thresholds)


def _choose_drawn(field: Field, tests: dict[str, Predictions]) -> dict[str, Predictions]:
    """Show which of very many models are drawn; return their answers."""
    if len(tests) <= _MOST_DRAWN:
        return tests
    ids = {field.names[model_id]: model_id for model_id in tests}
    first = list(ids)[:_MOST_DRAWN]
    if not set(st.session_state.get("compare_drawn", first)) <= set(ids):  # no longer chosen above
        del st.session_state["compare_drawn"]
    names = st.multiselect(
        f"Drawn: {_MOST_DRAWN} at most; the table has all",
        list(ids),
        default=first,
        key="compare_drawn",
        max_selections=_MOST_DRAWN,
        help="More curves hide each other.",
        bind="query-params",
    )
    return {ids[name]: tests[ids[name]] for name in names or first}


def _choose_thresholds(field: Field) -> dict[str, float]:
    """Show where each threshold came from, and a lock on moving it; return the thresholds."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        moved = st.toggle(
            "Move the threshold",
            key="compare_move",
            bind="query-params",
            help="Each model has a threshold that was chosen on validation pictures. Moving it by "
            "what the test figures say uses the test up: each look is counted and shown.",
        )
        threshold = st.slider(
            "Threshold of all models",
            0.01,
            0.99,
            0.5,
            0.01,
            key="compare_threshold",
            disabled=not moved,
            help=get_term("threshold").text,
            width=420,
            bind="query-params",
        )
    if moved:
        try:
            _count_look(field, threshold)
        except PneumoscopeError as error:
            show_error(error)
            moved = False
    _say_looks(field, moved)
    if moved:
        return dict.fromkeys(field.tests, threshold)
    return {model_id: field.thresholds[model_id] for model_id in field.tests}


def _count_look(field: Field, threshold: float) -> None:
    """Count one look for each new place of the slider, not for each run of the page."""
    seen = (threshold, field.fingerprint, tuple(field.tests))
    if st.session_state.get(_SEEN) != seen:
        count_look(field.tests, field.fingerprint)
        st.session_state[_SEEN] = seen


def _say_looks(field: Field, moved: bool) -> None:
    """Say how often each model's test figures were seen while its threshold was being changed."""
    counts = read_looks(field.tests, field.fingerprint)
    told = ", ".join(f"{field.names[each]} {count:,} ×" for each, count in counts.items() if count)
    seen = f"Test figures seen at a threshold of somebody’s choosing: {told}." if told else ""
    if moved:
        st.warning(
            "A threshold chosen by these figures is tuned on test: they flatter, and cannot stand "
            f"beside figures of untouched models. {seen}",
            icon=":material/lock_open:",
        )
    elif seen:
        st.caption(f":material/lock: {seen}")


def _choose_use(test: Predictions) -> tuple[float, float]:
    """Show what the models would be used for; return (prevalence, cost of a miss)."""
    share = round(100 * float(test.labels.mean()))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        prevalence = st.slider(
            "Share with pneumonia where it is used (%)",
            1,
            99,
            min(99, max(1, share)),
            key="compare_prevalence",
            help=f"{get_term('prevalence').text} Among these test pictures it is {share} %; in a "
            "ward or a surgery it is far less, and then most calls of pneumonia are false alarms.",
            width=420,
            bind="query-params",
        )
        miss_cost = st.number_input(
            "A missed pneumonia is as bad as … false alarms",
            0.1,
            1000.0,
            DEFAULT_MISS_COST,
            1.0,
            key="compare_cost",
            width=320,
            bind="query-params",
        )
    return prevalence / 100, float(miss_cost)
