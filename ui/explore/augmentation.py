"""What augmentation does to one picture, with the code that training uses."""

from dataclasses import asdict

import pandas as pd
import streamlit as st

from ui.augmentation_preview import show_draws
from ui.setting_fields import show_setting
from xray_core.datasets.index import DatasetIndex
from xray_core.images.prepare import InputSpec
from xray_core.training.augment import Augmentation
from xray_core.training.presets.catalog import get_preset_config
from xray_core.training.settings import list_settings

_SPECS = {
    "Whole picture": InputSpec(size=224, outside_lungs="whole", spread_exposure=False),
    "Lungs only": InputSpec(size=224, outside_lungs="lung_mask", spread_exposure=False),
}
_DEFAULT = get_preset_config("lungs-only")


def show_augmentation(index: DatasetIndex, rows: pd.DataFrame) -> None:
    """Show one picture of some rows and what random changes would make of it in training."""
    st.write(
        "In training every picture is changed a little each time it is shown, so that what must "
        "not matter cannot be learnt. These are seven random draws of the settings."
    )
    settings, pictures = st.columns([1, 2])
    with settings:
        path = st.selectbox("Picture", rows["path"].head(200), key="explore_augment_picture")
        view = st.segmented_control(
            "The network sees",
            list(_SPECS),
            default="Whole picture",
            required=True,
            key="explore_augment_spec",
        )
        setting = _choose_setting()
        seed = st.number_input("Draw", 0, 999, key="explore_augment_seed", help="Another seven.")
    with pictures:
        show_draws(index, path, _SPECS[view], setting, int(seed))


def _choose_setting() -> Augmentation:
    st.caption("Sliders begin at the settings of the default model.")
    fields = list_settings(_DEFAULT.architecture)
    for name, value in asdict(_DEFAULT.augmentation).items():
        st.session_state.setdefault(f"explore_{name}", value)
        show_setting(name, fields[f"augmentation.{name}"], f"explore_{name}")
    return Augmentation(
        **{name: st.session_state[f"explore_{name}"] for name in asdict(_DEFAULT.augmentation)}
    )
