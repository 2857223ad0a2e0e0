"""What the network will see of one picture, with the settings of the form."""

import streamlit as st

from ui.augmentation_preview import show_draws
from xray_core.datasets.index import DatasetIndex
from xray_core.training.config import TrainingConfig

_OFFERED, _WIDTH = 200, 136


def show_preview(index: DatasetIndex, config: TrainingConfig) -> None:
    """Show one picture as the network gets it, and seven random draws of the settings."""
    readable = index.readable
    paths = readable["path"][readable["split"] != "test"].head(_OFFERED)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        path = st.selectbox("Preview of", paths, key="train_preview_picture")
        seed = st.number_input(
            "Draw", 0, 999, key="train_preview_seed", help="Another seven.", width=140
        )
    if path is not None:
        show_draws(
            index,
            path,
            config.input,
            config.augmentation,
            int(seed),
            config.mask_jitter,
            width=_WIDTH,
        )
