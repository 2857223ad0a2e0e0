"""X-rays beside their evidence, with controls that answer in the browser."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
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


@dataclass(frozen=True)
class Pane:
    """One picture of the viewer.

    Attributes:
        view: which of the views, counted from 0.
        caption: above it.
        evidence: show the evidence and the lungs over it.
    """

    view: int
    caption: str
    evidence: bool = True


def show_xray_viewer(view: View, key: str) -> None:
    """Show one diagnosis: original and overlay, zoomed and moved together.

    Args:
        key: begins with the page's name; a viewer keeps its slider settings from file to file.
    """
    panes = (Pane(0, "Original", evidence=False), Pane(0, "Evidence for pneumonia"))
    show_panes((view,), panes, key)


def show_panes(views: Sequence[View], panes: Sequence[Pane], key: str) -> None:
    """Show one or two pictures, zoomed and moved together.

    Args:
        views: whose pictures are sent to the browser, each once.
        panes: what to show of them, from left to right.
        key: begins with the page's name.
    """
    data = {"views": [asdict(view) for view in views], "panes": [asdict(pane) for pane in panes]}
    _mount(data=data, key=key)
