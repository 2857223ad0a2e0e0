"""All runs in one table, to see what was tried."""

from datetime import datetime

import pandas as pd
import streamlit as st

from ui.charts import offer_csv
from xray_core.model_store import list_classifiers
from xray_core.training.jobs.run_folder import Run
from xray_core.training.presets.catalog import PRESETS

_TEST = "test"  # what a run judges itself on; what is recorded later is named otherwise


def offer_table(runs: list[Run]) -> None:
    """Offer a table of every run, with what it reached."""
    part = st.expander(
        f"All runs: {len(runs)}", icon=":material/list:", key="train_table", on_change="rerun"
    )
    if not part.open:  # it reads every run's history
        return
    with part:
        table = _tabulate(runs)
        st.dataframe(table, hide_index=True, width="stretch")
        offer_csv(table, "runs", "train_table_csv")


def _tabulate(runs: list[Run]) -> pd.DataFrame:
    accuracies = {
        card.id: card.measurements[_TEST].figures["accuracy"].value
        for card in list_classifiers()
        if _TEST in card.measurements
    }
    histories = [run.read_history() for run in runs]
    presets = [PRESETS.get(run.config.preset) for run in runs]
    return pd.DataFrame(
        {
            "Name": [run.request.title for run in runs],
            "State": [run.state.status for run in runs],
            "Preset": [preset.title if preset else "" for preset in presets],
            "Started": [datetime.fromtimestamp(run.request.created) for run in runs],
            "Epochs": [len(history) for history in histories],
            "Lowest validation loss": [
                history["val_loss"].min() if len(history) else None for history in histories
            ],
            "Test accuracy": [accuracies.get(run.id) for run in runs],
            "Author's accuracy": [
                preset.reported_accuracy if preset else None for preset in presets
            ],
        }
    )
