"""Which data set the pages speak of: choose, add, read."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from ui.error_box import show_error
from ui.jobs import Progress, forget_job, get_job, show_job, start_job
from xray_core.datasets.catalog import (
    Dataset,
    add_dataset,
    choose_dataset,
    forget_dataset,
    get_chosen_dataset,
    list_datasets,
)
from xray_core.datasets.index import TABLE_FILE, DatasetIndex, index_layout, open_index
from xray_core.datasets.layout import find_layout
from xray_core.errors import PneumoscopeError

SOURCE_JOB = "dataset_source"


def pick_dataset(page: str) -> DatasetIndex | None:
    """Show which data set is chosen, with ways to change it; return its index once it was read.

    Args:
        page: the page's name, with which session keys begin.
    """
    if not _finish_source():
        return None
    dataset = get_chosen_dataset()
    if dataset is None:
        return None
    _show_picker(dataset, page)
    try:
        return _read_dataset(dataset, page)
    except PneumoscopeError as error:
        show_error(error)
        return None


def is_reading() -> bool:
    """Return whether a data set is on its way: fetched, unpacked, drawn or read."""
    dataset = get_chosen_dataset()
    jobs = [get_job(SOURCE_JOB), get_job(f"index_{dataset.id}") if dataset else None]
    return any(job is not None and job.running for job in jobs)


def start_source(label: str, work: Callable[[Progress, Callable[[], bool]], Dataset]) -> None:
    """Fetch, unpack or draw a data set in the background; then it is the chosen one."""
    start_job(SOURCE_JOB, label, work)


def _finish_source() -> bool:
    """Show the source job, and choose what it brought; return whether the page may go on."""
    job = get_job(SOURCE_JOB)
    if job is None:
        return True
    if job.running:
        show_job(job, "dataset_source")
        return False
    forget_job(SOURCE_JOB)
    if job.error is not None:
        show_error(job.error)
    elif job.result is not None:
        choose_dataset(job.result.id)
    return True


def _show_picker(dataset: Dataset, page: str) -> None:
    known = {known.id: known for known in list_datasets()}

    def choose() -> None:
        choose_dataset(st.session_state[f"{page}_dataset"])

    st.session_state[f"{page}_dataset"] = dataset.id
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Data set",
            list(known),
            key=f"{page}_dataset",
            format_func=lambda dataset_id: known[dataset_id].title,
            on_change=choose,
            help="The one that training and comparison use, too.",
            width=360,
        )
        st.button(
            "Look for changes",
            icon=":material/refresh:",
            key=f"{page}_refresh",
            on_click=_open.clear,
            help="Files that were added, changed or removed since they were read.",
        )
        with st.popover("Forget", icon=":material/delete:"):
            st.write(
                "Removes the figures, thumbnails and reports kept in the workspace. Pictures are "
                "deleted only if the dashboard itself unpacked or drew them; what it fetched stays "
                "in Kaggle's own folder."
            )
            st.button(
                f"Forget {dataset.title}",
                key=f"{page}_forget",
                on_click=_forget,
                args=(dataset,),
            )
    st.caption(dataset.source)


def _forget(dataset: Dataset) -> None:
    forget_job(f"index_{dataset.id}")
    forget_dataset(dataset.id)


def _read_dataset(dataset: Dataset, page: str) -> DatasetIndex | None:
    """Return the index, or show how far reading is; a data set never read is read at once."""
    key = f"index_{dataset.id}"
    job = get_job(key)
    if job is None and not (dataset.folder / TABLE_FILE).exists():
        _start_reading(dataset)
        job = get_job(key)
    if job is not None and job.running:
        show_job(job, f"{page}_index")
        return None
    if job is not None and job.error is not None:
        forget_job(key)
        raise job.error
    index, new = _open(dataset.id, str(dataset.root), _changed(dataset))
    if new:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.warning(
                f"{new:,} of {new + len(index.table):,} files are new, changed or not read yet.",
                icon=":material/hourglass_empty:",
            )
            st.button(
                "Read them",
                key=f"{page}_read",
                type="primary",
                on_click=_start_reading,
                args=(dataset,),
            )
    return index if len(index.table) else None


def _start_reading(dataset: Dataset) -> None:
    def work(on_progress: Progress, should_stop: Callable[[], bool]) -> None:
        index_layout(find_layout(dataset.root), dataset.folder, on_progress, should_stop)

    start_job(f"index_{dataset.id}", f"Reading {dataset.title}", work)


def _changed(dataset: Dataset) -> int:
    try:
        return (dataset.folder / TABLE_FILE).stat().st_mtime_ns
    except OSError:
        return 0


# Only read by everybody; keyed by the table's time, so that a new reading opens anew.
@st.cache_resource(max_entries=3, show_spinner="Opening the data set…")
def _open(dataset_id: str, root: str, changed_ns: int) -> tuple[DatasetIndex, int]:
    """Return the index and how many files it does not know yet."""
    dataset = next(known for known in list_datasets() if known.id == dataset_id)
    index, new = open_index(find_layout(Path(root)), dataset.folder)
    return index, len(new)


def add_folder(text: str) -> None:
    """Add a folder on this computer and choose it.

    Raises:
        DatasetError: it is missing or holds no pictures.
    """
    choose_dataset(add_dataset(Path(text.strip().strip("\"'")).expanduser()).id)
