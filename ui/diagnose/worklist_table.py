"""The lines of a worklist: filtered, sorted by urgency, and taken away as CSV or JSON."""

import base64
import json
from collections import Counter
from collections.abc import Sequence

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from ui.diagnose.certainty import get_error_rate
from ui.diagnose.read_first import note_seen
from xray_core.diagnosis.report import format_percent
from xray_core.screening.records import to_csv, to_record
from xray_core.screening.screen import ScreenedFile
from xray_core.screening.worklist import Worklist

_KEY = "diagnose_worklist_table"
_UNJUDGED = "no verdict"
_LOOK_SECONDS = 2.0
# While lines come, all that is shown is sent anew at each look: 5.7 MB for 1,000 lines.
_MOST_WHILE_GROWING = 50


def show_table(worklist: Worklist, is_running: bool, visit: int) -> str | None:
    """Show the lines that are there; return the name of the file that was chosen, else None.

    While lines still come, they move, so none can be chosen, and only the most urgent are shown.

    Args:
        worklist: has the lines.
        is_running: whether more will come.
        visit: another number forgets what was chosen before.
    """
    if is_running:
        st.fragment(_show_growing, run_every=_LOOK_SECONDS)(worklist)
        return None
    error_rate = get_error_rate()
    lines = _filter(worklist.decide_lines(error_rate))
    st.caption("The most urgent first. Tick a line at its left to open it with its evidence.")
    if worklist.scores is not None:
        st.caption(
            f"These verdicts allow {format_percent(error_rate)} of wrong answers of each class. "
            f"The slider of an opened X-ray changes that for all of them."
        )
    # A filter changes which line stands where: with it in the key, no old choice survives. Nor may
    # one survive the way back, when that was taken before the opened page had ended.
    key = f"{_KEY}_{visit}_{hash(tuple(line.name for line in lines))}"
    note_seen(line.file_hash for line in lines)
    event = st.dataframe(
        _to_frame(lines),
        column_config=_columns(),
        hide_index=True,
        row_height=64,
        placeholder="",
        height=_height(lines),
        on_select="rerun",
        selection_mode="single-row",
        key=key,
    )
    rows = event.selection.rows
    return lines[rows[0]].name if rows else None


def _show_growing(worklist: Worklist) -> None:
    lines = worklist.decide_lines(get_error_rate())
    shown = lines[:_MOST_WHILE_GROWING]
    if not shown:
        return
    if len(shown) < len(lines):
        st.caption(
            f"The {len(shown)} most urgent of the {len(lines):,} that are judged. The others stand "
            f"below them when all are."
        )
    note_seen(line.file_hash for line in shown)
    st.dataframe(
        _to_frame(shown),
        column_config=_columns(),
        hide_index=True,
        row_height=64,
        placeholder="",
        height=_height(shown),
    )


def _filter(lines: Sequence[ScreenedFile]) -> list[ScreenedFile]:
    """Show the filters; return the lines that pass."""
    counts = Counter(line.verdict or _UNJUDGED for line in lines)
    kinds, words = st.columns([3, 2], vertical_alignment="bottom")
    wanted = kinds.pills(
        "Show",
        list(counts),
        format_func=lambda kind: f"{kind} ({counts[kind]:,})",
        selection_mode="multi",
        key=f"{_KEY}_kinds",
    )
    text = words.text_input("Name contains", key=f"{_KEY}_name").strip().lower()
    return [
        line
        for line in lines
        if (not wanted or (line.verdict or _UNJUDGED) in wanted) and text in line.name.lower()
    ]


def offer_downloads(worklist: Worklist) -> None:
    """Offer all lines as CSV and as JSON, the most urgent first."""
    lines = worklist.decide_lines(get_error_rate())
    st.download_button(
        "Worklist as CSV",
        lambda: to_csv(lines),
        "worklist.csv",
        "text/csv",
        icon=":material/table:",
        on_click="ignore",
    )
    st.download_button(
        "Worklist as JSON",
        lambda: json.dumps([to_record(line) for line in lines], indent=2),
        "worklist.json",
        "application/json",
        icon=":material/data_object:",
        on_click="ignore",
    )


def _to_frame(lines: Sequence[ScreenedFile]) -> pd.DataFrame:
    told: dict[str, list[str]] = {}
    if any(line.concerns for line in lines):
        told["concerns"] = [", ".join(line.concerns) for line in lines]
    remarks = [line.error or " ".join(line.notes) for line in lines]
    if any(remarks):
        told["remark"] = remarks
    return pd.DataFrame(
        {
            "picture": [_to_uri(line.thumbnail) for line in lines],
            "verdict": [line.verdict or _UNJUDGED for line in lines],
            "probability": [_to_percent(line.probability) for line in lines],
            "zones": [_name_zones(line) for line in lines],
            "outside": [_to_percent(line.outside) for line in lines],
            "file": [line.name for line in lines],
        }
        | told
    )


def _columns() -> dict[str, ColumnConfig | None]:
    return {
        "picture": st.column_config.ImageColumn("", width=72),
        "verdict": st.column_config.TextColumn("Verdict"),
        "probability": st.column_config.ProgressColumn(
            "Probability",
            help="Calibrated probability of pneumonia.",
            min_value=0,
            max_value=100,
            format="%.1f %%",
        ),
        "zones": st.column_config.TextColumn(
            "Evidence",
            help="The two zones with most of the evidence for pneumonia. Right and left are the "
            "patient's.",
            width=225,
        ),
        "outside": st.column_config.NumberColumn(
            "Outside",
            help="Share of the evidence that lies outside the lungs.",
            format="%.0f %%",
            width=70,
        ),
        "file": st.column_config.TextColumn("File"),
        "concerns": st.column_config.TextColumn(
            "Speaks against judging it",
            help="What the gate found, such as an adult or a mirrored picture: open the line to "
            "read more. The verdict stands all the same.",
        ),
        "remark": st.column_config.TextColumn(
            "Remark",
            help="Why there is no verdict, or what was noticed while the file was read.",
            width="large",
        ),
    }


def _to_percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _name_zones(line: ScreenedFile) -> str:
    first = sorted((line.zones or {}).items(), key=lambda zone: -zone[1])[:2]
    return ", ".join(f"{name} {format_percent(share)}" for name, share in first if share > 0)


def _to_uri(thumbnail: bytes) -> str | None:
    if not thumbnail:
        return None
    return f"data:image/jpeg;base64,{base64.b64encode(thumbnail).decode('ascii')}"


def _height(lines: Sequence[ScreenedFile]) -> int:
    return 40 + 64 * min(max(len(lines), 1), 10)
