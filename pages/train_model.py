"""Train a model: pick a preset, see what it costs, start it, follow it to the end."""

import streamlit as st

from ui.choose_dataset import is_reading, pick_dataset
from ui.explore.sources import show_sources
from ui.page import begin_page
from ui.train.act import see_to_runs
from ui.train.runs import START, choose_view, show_runs
from ui.train.start import show_start

begin_page(
    "Train a model",
    "Start from a preset, change what you like, and follow the run. It goes on if you leave or "
    "close this page.",
)
see_to_runs()
if choose_view() == START:
    index = pick_dataset("train")
    if index is not None:
        show_start(index)
    elif not is_reading():
        st.info("Training needs pictures. Choose where they come from.")
        show_sources()
else:
    show_runs()
