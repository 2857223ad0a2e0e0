"""The model that pages ask, loaded once for all of them, and the last answer of one visitor."""

import hashlib
from dataclasses import dataclass

import streamlit as st

from xray_core.diagnosis import diagnose
from xray_core.diagnosis.diagnosis import Diagnosis
from xray_core.diagnosis.overlay import View, encode_view
from xray_core.images.decode import decode_xray
from xray_core.images.xray import XRay


@dataclass(frozen=True)
class Reading:
    """One file, read and judged, ready to be shown."""

    xray: XRay
    diagnosis: Diagnosis
    view: View


@st.cache_resource(max_entries=2, show_spinner=False)
def get_diagnoser(model_id: str | None = None) -> diagnose.Diagnoser:
    """Return a trained model; the default one if no id is given."""
    return diagnose.load_diagnoser(model_id)


def read_file(data: bytes, name: str, key: str) -> Reading:
    """Return what the model says of one file; asked again for the same file, the answer at hand.

    Only this visitor's session holds the answer, and only the last one: X-rays are patient data
    and never enter a cache that visitors share, nor a disk.

    Args:
        key: session key of the answer; begins with the page's name.

    Raises:
        PneumoscopeError: the file is no X-ray, it shows no two lungs, or no model is there.
    """
    asked = (name, hashlib.sha256(data).hexdigest())
    if key not in st.session_state or st.session_state[key][0] != asked:
        forget_reading(key)
        diagnoser = get_diagnoser()
        xray = decode_xray(data, name)
        diagnosis = diagnoser.diagnose(xray)
        st.session_state[key] = (asked, Reading(xray, diagnosis, encode_view(xray, diagnosis)))
    return st.session_state[key][1]


def forget_reading(key: str) -> None:
    """Drop the answer that `read_file` kept under the same key."""
    st.session_state.pop(key, None)
