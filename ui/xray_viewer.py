"""The X-ray beside its evidence, with controls that answer in the browser."""

from dataclasses import asdict
from pathlib import Path

import streamlit as st

from xray_core.diagnosis.overlay import View

_FOLDER = Path(__file__).parent / "viewer"

_mount = st.components.v2.component(
    "pneumoscope_xray_viewer",
    html=(_FOLDER / "viewer.html").read_text(encoding="utf-8"),
    css=(_FOLDER / "viewer.css").read_text(encoding="utf-8"),
    js=(_FOLDER / "viewer.js").read_text(encoding="utf-8"),
)


def show_xray_viewer(view: View, key: str) -> None:
    """Show one diagnosis: original and overlay, zoomed and moved together.

    Args:
        key: begins with the page's name; a viewer keeps its slider settings from file to file.
    """
    _mount(data=asdict(view), key=key)
