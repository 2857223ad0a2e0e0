"""How the system stands, in one line: default model, data set, runs."""

import streamlit as st

from ui.error_box import show_error
from xray_core.about import DISCLAIMER
from xray_core.errors import PneumoscopeError
from xray_core.paths import workspace


# Beside the page, which would wait else: models and runs take longer to read than all the rest.
@st.fragment(parallel=True)
def show_standing() -> None:
    """Show the line, or say what is broken."""
    from xray_core.datasets.catalog import get_chosen_dataset
    from xray_core.model_store import DEFAULT_CLASSIFIER, read_classifier_card
    from xray_core.training.jobs.describe import count_runs
    from xray_core.training.jobs.run_folder import list_broken_runs, list_runs

    try:
        if not workspace().is_dir() and workspace().exists():
            raise PneumoscopeError(
                f"Expected the workspace {workspace()} to be a folder, found a file. Set "
                "PNEUMOSCOPE_WORKSPACE to a folder that can be written to."
            )
        model = read_classifier_card(DEFAULT_CLASSIFIER).title
    except PneumoscopeError as error:
        show_error(error)
        return
    broken = len(list_broken_runs())
    dataset = get_chosen_dataset()
    parts = {
        "Default model": model,
        "Data set": dataset.title if dataset else "none chosen yet",
        "Runs": count_runs(list_runs()) + (f", {broken} unreadable" if broken else ""),
    }
    st.text(" · ".join(f"{name}: {value}" for name, value in parts.items()))
    st.caption(DISCLAIMER)
