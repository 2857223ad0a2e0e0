"""What a finished run gave: its figures on test pictures, and where to use its model."""

import pandas as pd
import streamlit as st

from ui.charts import offer_csv
from ui.error_box import show_error
from xray_core.comparison.words import word_figure, word_share
from xray_core.errors import IncompatibleModelError, UnknownNameError
from xray_core.glossary import get_term
from xray_core.model_card import ClassifierCard, Measurement
from xray_core.model_store import DEFAULT_CLASSIFIER, read_classifier_card
from xray_core.training.jobs.run_folder import Run

_SHARES = (
    *("accuracy", "sensitivity", "specificity", "precision", "kind_right"),
    "evidence_in_lungs",
)
_FIGURES = (*_SHARES[:-1], "auc", "ece", _SHARES[-1], "auc_lungs_covered")


def find_card(run: Run) -> ClassifierCard | None:
    """Return the card of a finished run's model; None if the run has none, or it is gone."""
    if run.state.status != "finished":
        return None
    try:
        return read_classifier_card(run.id)
    except UnknownNameError:
        st.caption("Its model was deleted.")
    except IncompatibleModelError as error:
        show_error(error)
    return None


def show_way_on(card: ClassifierCard) -> None:
    """Show where the model can be used."""
    st.page_link(
        "pages/diagnose.py",
        label="Diagnose with this model",
        icon=":material/pulmonology:",
        query_params={"model": card.id},
    )
    st.page_link(
        "pages/compare_models.py",
        label="Compare with the default model",
        icon=":material/compare_arrows:",
        query_params={"models": f"{card.id},{DEFAULT_CLASSIFIER}"},
    )


def show_measurements(card: ClassifierCard) -> None:
    """Show what the model scored, with intervals, and where it looked."""
    for name, measurement in card.measurements.items():
        _show_measurement(name, measurement)
    if not card.measurements:
        st.caption("It was not judged on test pictures.")


def _show_measurement(name: str, measurement: Measurement) -> None:
    terms = {figure: get_term(figure) for figure in _FIGURES if figure in measurement.figures}
    table = pd.DataFrame(
        {
            "Figure": [term.title for term in terms.values()],
            "Value [95 % interval]": [_word(measurement, figure) for figure in terms],
            "What it says": [term.text for term in terms.values()],
        }
    )
    st.markdown(f"**{name}**: {measurement.n:,} pictures")
    if len(table):
        st.table(table.set_index("Figure"))
        offer_csv(table, f"{name}_figures", f"train_figures_{name}")
    if measurement.note:
        st.caption(measurement.note)


def _word(measurement: Measurement, name: str) -> str:
    return (word_share if name in _SHARES else word_figure)(measurement.figures[name])
