"""The model that pages ask, loaded once for all of them, and the last answer of one visitor."""

import hashlib
from collections.abc import MutableMapping
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from xray_core.diagnosis import diagnose
from xray_core.diagnosis.diagnosis import Diagnosis
from xray_core.diagnosis.overlay import View, encode_view
from xray_core.errors import PneumoscopeError
from xray_core.images.decode import decode_xray
from xray_core.images.xray import XRay
from xray_core.model_store import read_card

OVERLAY_WARNING = "overlay_warning"


@dataclass(frozen=True)
class Reading:
    """One file, read and judged, ready to be shown.

    Attributes:
        xray, diagnosis, view: the picture, the answer, and both to be drawn.
        picture: SHA-256 of the file.
        panels: what the panels below the answer found, by their names. It is kept here so that it
            is forgotten with the X-ray that it is about.
    """

    xray: XRay
    diagnosis: Diagnosis
    view: View
    picture: str
    panels: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def overlay_warning(self) -> str:
        """Why nobody should rely on the overlay; empty unless it was checked and failed."""
        return str(self.panels.get(OVERLAY_WARNING, ""))

    @property
    def warned_view(self) -> View:
        """The view, with a warning across the evidence where the overlay failed its checks."""
        return replace(self.view, warning=self.overlay_warning)


def _is_current(diagnoser: diagnose.Diagnoser) -> bool:
    """Return whether a model's card is still as it was loaded: one's own can be renamed."""
    try:
        return read_card(diagnoser.card.id) == diagnoser.card
    except PneumoscopeError:
        return False


@st.cache_resource(max_entries=3, show_spinner=False, validate=_is_current)
def get_diagnoser(model_id: str | None = None) -> diagnose.Diagnoser:
    """Return a trained model; the default one if no id is given."""
    return diagnose.load_diagnoser(model_id)


def read_file(
    data: bytes,
    name: str,
    key: str,
    model_id: str | None = None,
    kept: MutableMapping[str, Any] | None = None,
) -> Reading:
    """Return what the model says of one file; asked again for the same file, the answer at hand.

    Only this visitor's session holds the answer, and only the last one: X-rays are patient data
    and never enter a cache that visitors share, nor a disk.

    Args:
        key: session key of the answer; begins with the page's name.
        model_id: whom to ask; the default model if None.
        kept: where the answer is kept under the key; the visitor's session if None.

    Raises:
        PneumoscopeError: the file is no X-ray, it shows no two lungs, or no model is there.
    """
    memory: Any = st.session_state if kept is None else kept
    asked = (name, hashlib.sha256(data).hexdigest(), model_id)
    if key not in memory or memory[key][0] != asked:
        memory.pop(key, None)
        diagnoser = get_diagnoser(model_id)
        xray = decode_xray(data, name)
        diagnosis = diagnoser.diagnose(xray)
        view = encode_view(xray, diagnosis)
        memory[key] = (asked, Reading(xray, diagnosis, view, asked[1]))
    return memory[key][1]
