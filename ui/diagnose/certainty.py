"""How often the model may be wrong, and what its answer means where you work."""

import pandas as pd
import streamlit as st

from ui.charts import show_chart
from ui.diagnoser import Reading
from xray_core.diagnosis.age_group import find_age_group
from xray_core.diagnosis.conformal import DEFAULT_ERROR_RATE, ConformalScores
from xray_core.diagnosis.diagnosis import Diagnosis
from xray_core.diagnosis.report import describe_cutoffs
from xray_core.glossary import get_term
from xray_core.model_card import ClassifierCard

_ERROR_RATE, _PREVALENCE = "diagnose_error_percent", "diagnose_prevalence_percent"
_SHOW_RECORD = "diagnose_show_record"
# Of 2,574 children X-rayed for suspected pneumonia in a Boston emergency department 16 % had it on
# the picture: Neuman et al. 2011, Prediction of pneumonia in a pediatric emergency department.
_USUAL_PREVALENCE_PERCENT = 16
_NEVER_IN_DOUBT = (
    "This model never says “cannot tell”: what it said of its validation pictures did not come "
    "with it, and nothing else tells where its answers become doubtful. So no error rate can be "
    "chosen here, and nobody knows what the answer means where you work."
)


def decide_at_chosen_rate(diagnosis: Diagnosis, scores: ConformalScores | None) -> Diagnosis:
    """Return the diagnosis with the verdict at the error rate that the visitor chose."""
    if scores is None:
        return diagnosis
    return diagnosis.decide_anew(scores.choose_cutoffs(get_error_rate()))


def get_error_rate() -> float:
    """Return the share of wrong answers of each class that the visitor allows, 0 to 1."""
    percent: int = st.session_state.get(_ERROR_RATE, round(100 * DEFAULT_ERROR_RATE))
    return percent / 100


def show_certainty(reading: Reading, card: ClassifierCard) -> None:
    """Show the two sliders, what the answers are worth, and on demand the reliability.

    Args:
        reading: decided at the chosen error rate.
        card: of the model that answered.
    """
    diagnosis = reading.diagnosis
    if diagnosis.cutoffs is None:
        st.subheader("How far to trust this answer", anchor=False)
        st.write(_NEVER_IN_DOUBT)
        return
    # Judging takes longer to import than all that an answer needs.
    from xray_core.comparison.predictions import list_test_sets

    st.subheader("How far to trust this answer", anchor=False)
    left, right = st.columns(2, gap="large")
    with left:
        st.slider(
            "Wrong answers allowed, of each class (%)",
            1,
            20,
            value=round(100 * DEFAULT_ERROR_RATE),
            key=_ERROR_RATE,
            persist_state="session",
            help="Where one answer ends and the next begins follows from validation pictures "
            "(split-conformal prediction). “Cannot tell” is said where both answers stay possible, "
            "which few allowed errors bring about, and where neither class looks so often enough, "
            "as with many. The band between is usually narrowest in the middle.",
        )
        st.write(describe_cutoffs(diagnosis))
    with right:
        percent = st.slider(
            "Of those X-rayed with you, how many have pneumonia (%)",
            1,
            90,
            value=_USUAL_PREVALENCE_PERCENT,
            key=_PREVALENCE,
            persist_state="session",
            help=f"{get_term('prevalence').text} 16 % was found among children in a Boston "
            "emergency department (Neuman et al. 2011).",
        )
        _show_worth(reading, card, percent / 100)
    judged = list_test_sets(card)
    if judged and st.toggle("Show how the model did on judged pictures", key=_SHOW_RECORD):
        _show_record(diagnosis, card)


def _show_worth(reading: Reading, card: ClassifierCard, prevalence: float) -> None:
    """Say what share of patients like this one have pneumonia when they get this verdict."""
    from xray_core.comparison.predictions import list_test_sets, load_predictions
    from xray_core.evaluation.answer_worth import describe_worth

    diagnosis = reading.diagnosis
    if diagnosis.cutoffs is None:
        return
    tables = {name: load_predictions(card, name).table for name in list_test_sets(card)}
    group = find_age_group(reading.xray.header, diagnosis.concerns)
    st.write(describe_worth(tables, diagnosis.cutoffs, diagnosis.verdict, prevalence, group))


def _show_record(diagnosis: Diagnosis, card: ClassifierCard) -> None:
    """Show each test set's answers at these cutoffs, and whether the probabilities came true."""
    from xray_core.comparison.draw_thresholds import draw_reliability
    from xray_core.comparison.predictions import list_test_sets, load_predictions
    from xray_core.comparison.style import make_styles
    from xray_core.evaluation.three_answers import measure_answers, tabulate_answers

    if diagnosis.cutoffs is None:
        return
    tests = {name: load_predictions(card, name) for name in list_test_sets(card)}
    rates = {
        name: measure_answers(test.table.dropna(subset=["probability"]), diagnosis.cutoffs)
        for name, test in tests.items()
    }
    table = tabulate_answers(rates)
    st.dataframe(table, hide_index=True)
    st.caption(
        "The allowed share of wrong answers holds for children like those of the validation "
        "pictures. Where the table shows more of them, the pictures differ from those in some way; "
        "even the official test pictures, from the same hospital, do."
    )
    styles = make_styles({name: place for place, name in enumerate(tests)})
    figure = draw_reliability(tests, {name: name for name in tests}, styles)
    tables = {name: test.table for name, test in tests.items()}
    answers = pd.concat(tables, names=["test"]).reset_index("test")
    show_chart(figure, answers, "answers", "diagnose_reliability")
