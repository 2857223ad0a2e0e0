"""How far one gets on a data set without looking at a lung."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from ui.charts import show_chart
from ui.jobs import Progress, start_job, watch_job
from ui.words import offer_words
from xray_core.audit import charts
from xray_core.audit.measure_shortcuts import measure_shortcuts
from xray_core.audit.reports import load_shortcuts, save_shortcuts
from xray_core.audit.shortcut_report import Shortcut, ShortcutReport
from xray_core.datasets.index import DatasetIndex


def show_shortcuts(index: DatasetIndex) -> None:
    """Show what tells the classes apart besides the lungs, or offer to measure it."""
    st.write(
        "A network takes the easiest way to the label. If the size of a file, its border or the "
        "shoulders give the label away, a model can score well on this data and be worthless on "
        "any other."
    )
    key = f"shortcuts_{index.fingerprint}"
    if watch_job(key, "explore_shortcuts"):
        return
    report = load_shortcuts(index)
    if report is not None:
        _show_report(report)
        return

    def work(on_progress: Progress, should_stop: Callable[[], bool]) -> None:
        save_shortcuts(measure_shortcuts(index, on_progress, should_stop), index)

    st.write(
        "It takes minutes for thousands of pictures, and can be stopped. It goes on if you leave "
        "the page."
    )
    st.button(
        "Measure the shortcuts",
        type="primary",
        key="explore_shortcuts_start",
        on_click=start_job,
        args=(key, "Measuring", work),
    )


def _show_report(report: ShortcutReport) -> None:
    if not report.shortcuts:
        st.info(report.note)
        return
    figures = [entry for entry in report.shortcuts if entry.group == "figure"]
    pictures = [entry for entry in report.shortcuts if entry.group == "picture"]
    left, right = st.columns(2)
    with left:
        st.subheader("One number alone", anchor=False)
        _show_entries(figures, "figures")
    with right:
        if pictures:
            st.subheader("A small model on pixels", anchor=False)
            _show_entries(pictures, "pictures")
    st.caption(report.note)
    offer_words("shortcut", "auc", "interval")


def _show_entries(entries: list[Shortcut], name: str) -> None:
    table = pd.DataFrame([entry.model_dump() for entry in entries])
    show_chart(charts.draw_aucs(table), table, f"shortcuts_{name}", f"explore_shortcuts_{name}")
    for entry in entries:
        st.markdown(f"- {entry.sentence}")
