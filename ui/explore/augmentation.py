"""What augmentation does to one picture, with the code that training uses."""

from dataclasses import replace

import cv2
import numpy as np
import pandas as pd
import streamlit as st

from ui.error_box import show_error
from xray_core.datasets.index import DatasetIndex
from xray_core.errors import PneumoscopeError
from xray_core.images.decode import decode_xray
from xray_core.images.prepare import InputSpec, prepare
from xray_core.images.xray import to_working_square
from xray_core.lungs.segment import LungSegmenter
from xray_core.training.augment import Augmentation, augment_picture
from xray_core.training.presets import get_preset

_DRAWS = 7
_COLUMNS = 4
_SHOWN_PIXELS = 336
# (field, label, lowest, highest, step, help) of each slider.
_SLIDERS = (
    ("rotation_degrees", "Turn (degrees)", 0.0, 45.0, 1.0, "Children are not always upright."),
    ("zoom", "Zoom", 0.0, 0.5, 0.01, "Distance and size of the child vary."),
    ("stretch", "Stretch", 0.0, 0.5, 0.01, "Films squeezed to squares differ in proportion."),
    ("shift", "Shift", 0.0, 0.3, 0.01, "The chest is not always in the middle."),
    ("flip", "Mirror (share)", 0.0, 1.0, 0.05, "Moves the heart to the other side."),
    ("gamma", "Gamma", 1.0, 3.0, 0.05, "Films are developed lighter or darker."),
    ("contrast", "Contrast", 0.0, 0.8, 0.05, "Hard or soft radiation."),
    ("brightness", "Brightness", 0.0, 0.5, 0.01, "Exposure must not tell the classes apart."),
    ("noise", "Noise", 0.0, 0.2, 0.01, "Little radiation leaves a grainy picture."),
    ("blur", "Soften or sharpen (share)", 0.0, 1.0, 0.05, "Sharpness must not vote."),
    ("jpeg", "Compress again (share)", 0.0, 1.0, 0.05, "Compression must not vote."),
)
_SPECS = {
    "Whole picture": InputSpec(size=224, outside_lungs="whole", spread_exposure=False),
    "Lungs only": InputSpec(size=224, outside_lungs="lung_mask", spread_exposure=False),
}


def show_augmentation(index: DatasetIndex, rows: pd.DataFrame) -> None:
    """Show one picture of some rows and what random changes would make of it in training."""
    st.write(
        "In training every picture is changed a little each time it is shown, so that what must "
        "not matter cannot be learnt. These are seven random draws of the settings."
    )
    settings, pictures = st.columns([1, 3])
    with settings:
        path = st.selectbox("Picture", rows["path"].head(200), key="explore_augment_picture")
        view = st.segmented_control(
            "The network sees", list(_SPECS), default="Whole picture", key="explore_augment_spec"
        )
        setting = _choose_setting()
        seed = st.number_input("Draw", 0, 999, key="explore_augment_seed", help="Another seven.")
    with pictures:
        try:
            square = to_working_square(decode_xray((index.root / path).read_bytes(), path))
            spec = _SPECS[view or "Whole picture"]
            _show_draws(square, spec, setting, int(seed))
        except OSError as error:
            st.error(f"{path} cannot be opened: {error.strerror}. Look for changes above.")
        except PneumoscopeError as error:
            show_error(error)


def _choose_setting() -> Augmentation:
    setting = get_preset("lungs-only").augmentation
    st.caption("Sliders begin at the settings of the default model.")
    for name, label, low, high, step, why in _SLIDERS:
        value = st.slider(
            label, low, high, float(getattr(setting, name)), step, help=why, key=f"explore_{name}"
        )
        setting = replace(setting, **{name: value})
    return setting


def _show_draws(square: np.ndarray, spec: InputSpec, setting: Augmentation, seed: int) -> None:
    lungs = np.ones(square.shape, bool)
    if spec.needs_lungs:
        lungs = _get_segmenter().find(square).both
    draws = [prepare(square, lungs, spec)] + [
        augment_picture(square, lungs, spec, setting, 0, np.random.default_rng([seed, number]))
        for number in range(_DRAWS)
    ]
    captions = ["As it is", *(f"Draw {number + 1}" for number in range(_DRAWS))]
    for first in range(0, len(draws), _COLUMNS):
        columns = st.columns(_COLUMNS)
        line = zip(columns, draws[first:], captions[first:], strict=False)
        for column, draw, caption in line:
            shown = cv2.resize(draw[..., 0], (_SHOWN_PIXELS,) * 2, interpolation=cv2.INTER_LINEAR)
            column.image(shown, caption=caption, clamp=True)


@st.cache_resource(max_entries=1, show_spinner=False)
def _get_segmenter() -> LungSegmenter:
    return LungSegmenter()
