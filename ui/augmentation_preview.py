"""What random changes make of a picture, with the code that training uses."""

import cv2
import numpy as np
import streamlit as st

from ui.error_box import show_error
from xray_core.datasets.index import DatasetIndex
from xray_core.errors import PneumoscopeError
from xray_core.images.decode import decode_xray
from xray_core.images.prepare import InputSpec, prepare
from xray_core.images.xray import to_working_square
from xray_core.lungs.segment import LungSegmenter
from xray_core.training.augment import Augmentation, augment_picture

_DRAWS = 7
_SHOWN_PIXELS = 336


def show_draws(
    index: DatasetIndex,
    path: str,
    spec: InputSpec,
    setting: Augmentation,
    seed: int,
    mask_jitter: int = 0,
    width: int = 200,
) -> None:
    """Show a picture of a data set as a network gets it, and seven random draws.

    Args:
        index: the data set.
        path: of the picture, as the index has it.
        spec: what the network takes.
        setting: how far each change may go.
        seed: another one gives another seven.
        mask_jitter: largest random growth or shrinkage of the lungs in pixels.
        width: of each picture on screen, in pixels.
    """
    try:
        square = to_working_square(decode_xray((index.root / path).read_bytes(), path))
        lungs = np.ones(square.shape, bool)
        if spec.needs_lungs:
            lungs = _get_segmenter().find(square).both
    except OSError as error:
        st.error(f"{path} cannot be opened: {error.strerror}. Look for changes above.")
        return
    except PneumoscopeError as error:
        show_error(error)
        return
    draws = [prepare(square, lungs, spec)] + [
        augment_picture(
            square, lungs, spec, setting, mask_jitter, np.random.default_rng([seed, number])
        )
        for number in range(_DRAWS)
    ]
    captions = ["As it is", *(f"Draw {number + 1}" for number in range(_DRAWS))]
    with st.container(horizontal=True):
        for draw, caption in zip(draws, captions, strict=True):
            shown = cv2.resize(draw[..., 0], (_SHOWN_PIXELS,) * 2, interpolation=cv2.INTER_LINEAR)
            st.image(shown, caption=caption, alt=caption, clamp=True, width=width)


@st.cache_resource(max_entries=1, show_spinner=False)
def _get_segmenter() -> LungSegmenter:
    return LungSegmenter()
