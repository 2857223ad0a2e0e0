"""The Pneumoscope dashboard: ``streamlit run app.py``."""

from pathlib import Path

import streamlit as st

st.set_page_config(
    page_title="Pneumoscope",
    page_icon=str(Path(__file__).parent / "ui" / "favicon.svg"),
    layout="wide",
    menu_items={
        "About": "**Pneumoscope** asks whether a chest X-ray shows pneumonia, and which lung "
        "regions say so. For research and teaching. Not a medical device."
    },
)
st.navigation(
    [
        st.Page("pages/diagnose.py", title="Diagnose", icon=":material/pulmonology:", default=True),
        st.Page("pages/explore_dataset.py", title="Data", icon=":material/dataset:"),
    ],
    position="top",
).run()
