"""Where an X-ray comes from: a dropped file, or one of the synthetic samples."""

from dataclasses import dataclass

import streamlit as st

from xray_core.datasets.samples import SAMPLES

_PIXELS, _THUMBNAIL_PIXELS = 768, 240
_DRAWN = (
    "The default model, trained on real X-rays, calls most drawn normals normal, but misses many "
    "of the drawn pneumonias."
)
_SAMPLES = {sample.name: sample for sample in SAMPLES}


@dataclass(frozen=True)
class ChosenXRay:
    """The bytes of a file, what to call it, and a sentence where more is to be said of it."""

    name: str
    data: bytes
    remark: str = ""


def choose_xray(page: str) -> ChosenXRay | None:
    """Show the drop zone; return what was dropped or the sample that was chosen, else None.

    Args:
        page: the page's name, with which session keys begin.
    """
    sample_key, round_key = f"{page}_sample", f"{page}_upload_round"

    def close_sample() -> None:
        st.session_state[sample_key] = None

    # A new key empties the drop zone once a sample is chosen: only one X-ray is on the page.
    upload = st.file_uploader(
        "Drop a chest X-ray: JPEG, PNG, TIFF, WebP, BMP or DICOM",
        key=f"{page}_upload_{st.session_state.setdefault(round_key, 0)}",
        on_change=close_sample,
    )
    name = st.session_state.setdefault(sample_key, None)
    if name is not None:
        st.button("All samples", icon=":material/arrow_back:", on_click=close_sample)
        remark = f"{_SAMPLES[name].sentence} {_DRAWN}"
        return ChosenXRay(f"{name}.png", _draw(name, _PIXELS), remark)
    return ChosenXRay(upload.name, upload.getvalue()) if upload is not None else None


def forget_xray(page: str) -> None:
    """Leave nothing chosen, where the drop zone goes: it would come back empty over an answer."""
    st.session_state[f"{page}_sample"] = None
    st.session_state[f"{page}_upload_round"] = st.session_state.get(f"{page}_upload_round", 0) + 1


def show_samples(page: str) -> None:
    """Show the synthetic samples, each with a button that chooses it."""

    def choose(name: str) -> None:
        st.session_state[f"{page}_sample"] = name
        st.session_state[f"{page}_upload_round"] += 1

    st.markdown("**No X-ray at hand?** Try one that a program has drawn.")
    for number, (column, sample) in enumerate(
        zip(st.columns(len(SAMPLES)), SAMPLES, strict=True), start=1
    ):
        with column:
            _show_thumbnail(sample.name)
        column.button(
            sample.name,
            key=f"{page}_try_{number}",
            on_click=choose,
            args=(sample.name,),
            width="stretch",
            wrap=True,
        )


# Drawn beside the page, which would wait for the drawings else.
@st.fragment(parallel=True)
def _show_thumbnail(name: str) -> None:
    st.image(_draw(name, _THUMBNAIL_PIXELS), alt=_SAMPLES[name].sentence)


# Samples show no patient, so visitors may share them.
@st.cache_data(max_entries=2 * len(SAMPLES), show_spinner=False)
def _draw(name: str, pixels: int) -> bytes:
    # OpenCV and the anatomy: nothing else on the page needs them before an X-ray is chosen.
    from xray_core.datasets.synthetic import draw_sample, encode_png

    return encode_png(draw_sample(_SAMPLES[name], pixels))
