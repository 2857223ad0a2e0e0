"""Where a data set may come from."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from ui.choose_dataset import add_folder, start_source
from ui.error_box import show_error
from ui.jobs import Progress
from xray_core.datasets import sources
from xray_core.datasets.catalog import Dataset
from xray_core.datasets.drawn_chest.shortcut import SIGNS, Shortcut
from xray_core.errors import PneumoscopeError

_MOST_ZIP_MEGABYTES = 1000  # an upload is held in memory; a larger set fits a folder better


def show_sources() -> None:
    """Show the four ways to a data set."""
    drawn, folder, archive, public = st.columns(4)
    with drawn.container(border=True, height="stretch"):
        _offer_drawn()
    with folder.container(border=True, height="stretch"):
        _offer_folder()
    with archive.container(border=True, height="stretch"):
        _offer_archive()
    with public.container(border=True, height="stretch"):
        _offer_public()
    st.caption(
        "Figures and thumbnails of the pictures are kept in the workspace folder on this computer, "
        "until you forget the data set. Nothing is sent on."
    )


def _offer_drawn() -> None:
    st.markdown("**:material/draw: Synthetic**")
    st.write("400 X-rays drawn by a program, to try everything with.")
    kind = st.selectbox(
        "Planted shortcut",
        [None, *SIGNS],
        format_func=lambda kind: kind or "none",
        key="explore_shortcut_kind",
        help="A sign outside the lungs that goes with the label, to see who falls for it.",
    )
    shortcut = None
    if kind is not None:
        strength = st.slider(
            "Strength",
            0.0,
            1.0,
            0.9,
            0.05,
            key="explore_shortcut_strength",
            help="0: the sign is in half of either class. 1: it tells the classes apart.",
        )
        shortcut = Shortcut(kind, strength)
    if st.button("Draw them", key="explore_draw", width="stretch"):
        start_source("Drawing X-rays", partial(sources.draw_dataset, shortcut))
        st.rerun()


def _offer_folder() -> None:
    st.markdown("**:material/folder_open: Folder on this computer**")
    path = st.text_input(
        "Path",
        key="explore_path",
        placeholder="/data/chest_xray",
        help="Laid out as split/class/images or class/images, at any depth; DICOM too.",
    )
    if st.button("Open", key="explore_open_folder", width="stretch", disabled=not path):
        try:
            add_folder(path)
        except PneumoscopeError as error:
            show_error(error)
        else:
            st.rerun()


def _offer_archive() -> None:
    st.markdown("**:material/folder_zip: Zip file**")
    round_ = st.session_state.setdefault("explore_zip_round", 0)
    upload = st.file_uploader(
        "Zip of X-rays",
        type="zip",
        key=f"explore_zip_{round_}",
        max_upload_size=_MOST_ZIP_MEGABYTES,
        help="For more than 1 GB unpack the zip yourself and open its folder.",
    )
    if upload is None:
        return
    st.session_state["explore_zip_round"] += 1

    def work(on_progress: Progress, should_stop: Callable[[], bool]) -> Dataset:
        return sources.unpack_dataset(upload, upload.name, on_progress, should_stop)

    start_source(f"Unpacking {upload.name}", work)
    st.rerun()


def _offer_public() -> None:
    st.markdown("**:material/cloud_download: Public set**")
    st.write(
        "5,856 X-rays of children (Kermany et al. 2018, CC BY 4.0) from Kaggle: 2.3 GB to fetch, "
        "5 GB on disk."
    )
    if st.button("Download", key="explore_download", width="stretch"):
        start_source(
            "Downloading", lambda on_progress, should_stop: sources.download_dataset(should_stop)
        )
        st.rerun()
