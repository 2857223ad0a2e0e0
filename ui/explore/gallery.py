"""The pictures themselves: filtered, sorted, by the page; each opens full size."""

from pathlib import Path

import pandas as pd
import streamlit as st

from ui.answer_card import show_answer_card
from ui.diagnoser import get_diagnoser, read_file
from ui.error_box import show_error
from ui.xray_viewer import Pane, show_panes, show_xray_viewer
from xray_core.datasets.index import DatasetIndex
from xray_core.datasets.summary import FIGURES, add_ratios
from xray_core.diagnosis.age_group import find_age_group
from xray_core.diagnosis.overlay import encode_picture
from xray_core.errors import PneumoscopeError
from xray_core.images.decode import decode_xray
from xray_core.numbers import word_number

_OPEN = "explore_open_picture"
_DIAGNOSED = "explore_diagnosed"
_READING = "explore_reading"
_PLACE = "explore_place"  # sorting and page, which Streamlit forgets while they are not shown
_PLACE_KEYS = ("explore_sort", "explore_sort_down", "explore_page")
_COLUMNS, _ROWS = 6, 4
_FULL_SIZE = 4096  # pixels: every X-ray of the public set whole; larger ones would slow the page
_IN_SIZE = ("width", "height", "file_bytes")
_SORTINGS = {"path": "Name", "patient": "Patient", **FIGURES}


def show_gallery(index: DatasetIndex, rows: pd.DataFrame) -> None:
    """Show readable rows of an index as thumbnails, or the one picture that was opened."""
    folder, path = st.session_state.get(_OPEN, (None, None))
    opened = index.table[index.table["path"] == path]
    if folder == index.folder and len(opened):
        _show_picture(index, add_ratios(opened).iloc[0])
        return
    rows, page = _choose_page(rows)
    shown = rows.iloc[page * _COLUMNS * _ROWS : (page + 1) * _COLUMNS * _ROWS]
    pictures = list(zip(shown.itertuples(), index.read_thumbnails(shown), strict=True))
    for first in range(0, len(pictures), _COLUMNS):
        line = pictures[first : first + _COLUMNS]
        for column, (row, thumbnail) in zip(st.columns(_COLUMNS), line, strict=False):
            column.image(thumbnail, width="stretch", alt=f"X-ray: {row.label}")
            column.button(
                str(row.label),
                key=f"explore_open_{row.Index}",
                help=f"{row.path}, {row.width} × {row.height}",
                on_click=_open,
                args=(index.folder, row.path),
                width="stretch",
            )


def _choose_page(rows: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Show sorting and paging; return the sorted rows and the number of the page."""
    pages = max(1, -(-len(rows) // (_COLUMNS * _ROWS)))
    st.session_state["explore_page"] = min(st.session_state.get("explore_page", 1), pages)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        column = st.selectbox(
            "Sort by",
            list(_SORTINGS),
            format_func=_SORTINGS.__getitem__,
            key="explore_sort",
            width=300,
        )
        down = st.toggle("Largest first", key="explore_sort_down")
        page = st.number_input(
            f"Page (of {pages:,})", 1, pages, key="explore_page", disabled=pages == 1, width=160
        )
        st.caption(f"{len(rows):,} pictures")
    return rows.sort_values(column, ascending=not down, kind="stable"), int(page) - 1


def _open(folder: Path, path: str) -> None:
    """Open a picture of the data set that is kept in a folder."""
    st.session_state[_OPEN] = folder, path
    st.session_state[_DIAGNOSED] = False
    st.session_state[_PLACE] = {key: st.session_state[key] for key in _PLACE_KEYS}


def _close() -> None:
    del st.session_state[_OPEN]
    st.session_state.update(st.session_state[_PLACE])


def _diagnose() -> None:
    st.session_state[_DIAGNOSED] = True


def _show_picture(index: DatasetIndex, row: pd.Series) -> None:
    """Show one picture with what the index knows of it and, on request, its diagnosis."""
    with st.container(horizontal=True):
        st.button("All pictures", icon=":material/arrow_back:", on_click=_close)
        st.button(
            "Diagnose",
            icon=":material/pulmonology:",
            type="primary",
            on_click=_diagnose,
            disabled=bool(st.session_state.get(_DIAGNOSED)),
        )
    try:
        data = (index.root / row["path"]).read_bytes()
    except OSError as error:
        st.error(f"{row['path']} cannot be opened: {error.strerror}. Look for changes above.")
        return
    if st.session_state.get(_DIAGNOSED):
        _show_diagnosis(data, row)
        return
    picture, facts = st.columns([3, 2])
    with picture:
        try:
            xray = decode_xray(data, row["path"])
            caption = " ".join((f"{row['label']}, as it came.", *xray.notes))
            view = encode_picture(xray, longest_side=_FULL_SIZE)
            show_panes((view,), (Pane(0, caption, evidence=False),), key="explore_picture")
        except PneumoscopeError as error:
            show_error(error)
    facts.table(_describe(row).set_index("What"))


def _show_diagnosis(data: bytes, row: pd.Series) -> None:
    """Show what the model says of one picture, with its evidence and its lungs."""
    try:
        with st.spinner("Reading the X-ray…"):
            reading = read_file(data, row["path"], key=_READING)
    except PneumoscopeError as error:
        show_error(error)
        return
    about = (f"{row['path']} · labelled {row['label']} by the data set", *reading.xray.notes)
    group = find_age_group(reading.xray.header, reading.diagnosis.concerns)
    show_answer_card(reading.diagnosis, get_diagnoser().card, about, group)
    show_xray_viewer(reading.view, key="explore_viewer")


def _describe(row: pd.Series) -> pd.DataFrame:
    """Return what the index knows of a picture, for people."""
    facts = {
        "File": row["path"],
        "Split": row["split"] or "none",
        "Class": row["label"],
        "Subtype": row["subtype"] or "not told",
        "Patient": row["patient"],
        "Format": f"{row['format']}, {row['mode']}",
        "Size": f"{row['width']} × {row['height']} pixels, {row['file_bytes']:,} bytes",
    }
    facts |= {FIGURES[name]: word_number(row[name]) for name in FIGURES if name not in _IN_SIZE}
    return pd.DataFrame({"What": list(facts), "Value": [str(value) for value in facts.values()]})
