"""The data set that a visitor saw in the form: another one may choose another meanwhile."""

import streamlit as st

from xray_core.datasets.catalog import Dataset, get_chosen_dataset
from xray_core.errors import DatasetError
from xray_core.training.jobs.submit import require_dataset

_SEEN, _CHANGED = "train_seen_dataset", "train_dataset_changed"


def note_seen() -> None:
    """Remember which data set the form is about, and whether it was another one before."""
    dataset = get_chosen_dataset()
    seen = dataset.id if dataset else ""
    st.session_state[_CHANGED] = st.session_state.get(_SEEN, seen) != seen
    st.session_state[_SEEN] = seen


def require_seen() -> Dataset:
    """Return the chosen data set, which all visitors share.

    Raises:
        DatasetError: none is chosen, or not the one that this visitor saw when pressing start.
    """
    dataset = require_dataset(get_chosen_dataset())
    if st.session_state[_CHANGED] or st.session_state[_SEEN] != dataset.id:
        raise DatasetError(
            f"Expected the data set that this page showed, but meanwhile “{dataset.title}” was "
            "chosen. Nothing was started: look at the form once more, then start."
        )
    return dataset
