"""The overlay beside other maps of the same answer, each as a small picture."""

import cv2
import numpy as np
import streamlit as st

from ui.diagnoser import Reading
from xray_core.diagnosis.overlay import heat_to_rgba
from xray_core.diagnosis.trust.examine import Examination
from xray_core.diagnosis.trust.methods import EXPLANATIONS
from xray_core.images.xray import to_working_square

_WIDTH = 320
_OPACITY = 0.7
_COLUMNS = 4  # as many as there are other methods: all small pictures are of one size
# Shares of the layers that forgot, and what the picture beside the overlay is called then.
_FORGOTTEN = {0.0: "The last layer forgot", 1.0: "All layers forgot"}


def show_forgotten(found: Examination, reading: Reading) -> None:
    """Show the overlay, and what the network draws once it forgot what it had learnt."""
    st.markdown("**The same network after it forgot what it had learnt**")
    columns = st.columns(_COLUMNS)
    overlay = _draw(reading.diagnosis.heatmap, reading)
    columns[0].image(overlay, width="stretch", alt="X-ray with the overlay")
    columns[0].markdown("The overlay")
    for column, (depth, title) in zip(columns[1:], _FORGOTTEN.items(), strict=False):
        shown = _draw(found.forgotten[depth], reading)
        column.image(shown, width="stretch", alt=f"X-ray with the map when {title.lower()}")
        column.markdown(f"{title}: likeness **{found.randomised[depth]:.2f}**")
    st.caption(
        "Weights were drawn at random twice, as before training: the pictures show the first draw, "
        "likeness is the mean of both. Each map is stretched to its own maximum, so that a network "
        "that knows nothing colours as strongly as one that does: look at where, not at how much."
    )


def show_methods(found: Examination, reading: Reading) -> None:
    """Show the map of every other method, each stretched to its own maximum, and say so."""
    st.markdown("**The same answer, explained by other methods**")
    columns = st.columns(max(_COLUMNS, len(found.maps)))
    for column, (name, heatmap) in zip(columns, found.maps.items(), strict=False):
        method = EXPLANATIONS[name]
        shown = _draw(heatmap, reading)
        column.image(shown, width="stretch", alt=f"X-ray with the map of {method.title}")
        column.markdown(
            f"{method.title}: likeness **{found.agreement[name]:.2f}**",
            help=f"{method.how} {method.source}.",
        )
    st.caption(
        "Each of these maps is stretched to its own maximum: their units differ. Likeness is a "
        "rank correlation in what the network sees: 1 is the same order of spots, 0 none in common."
    )


def _draw(heatmap: np.ndarray, reading: Reading) -> np.ndarray:
    """Return a map over the X-ray, stretched to its own maximum, uint8 RGB in its proportions."""
    grey = cv2.cvtColor(to_working_square(reading.xray), cv2.COLOR_GRAY2RGB)
    rgba = heat_to_rgba(heatmap, max(float(heatmap.max()), 1e-12)) / np.float32(255)
    alpha = rgba[..., 3:] * _OPACITY
    size = (_WIDTH, max(1, round(_WIDTH * reading.xray.height / reading.xray.width)))
    shown = cv2.resize(grey * (1 - alpha) + rgba[..., :3] * alpha, size)
    return np.rint(255 * np.clip(shown, 0, 1)).astype(np.uint8)
