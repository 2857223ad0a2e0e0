"""The traps in a data set, each with its evidence and what to do."""

from collections.abc import Callable

import streamlit as st

from ui.charts import offer_csv, show_chart
from ui.error_box import show_error
from ui.explore.strip import show_strip
from ui.jobs import Job, Progress, forget_job, get_job, show_job, start_job, watch_job
from ui.words import offer_words
from xray_core.audit import charts
from xray_core.audit.findings import Finding
from xray_core.audit.reports import load_model_audit, save_model_audit
from xray_core.audit.run_audit import run_audit
from xray_core.audit.run_model_audit import run_model_audit
from xray_core.datasets.index import DatasetIndex

_SHOWN_ROWS = 1000
_SIGNS = {
    "problem": ":red[:material/error:]",
    "warning": ":orange[:material/warning:]",
    "fine": ":green[:material/check_circle:]",
}


def show_audit(index: DatasetIndex) -> None:
    """Show what the checks of a data set found, the worst first."""
    key = f"audit_{index.fingerprint}"
    job = get_job(key)
    if job is None:
        start_job(key, "Checking", lambda *told: run_audit(index, *told))
        st.rerun()
    if job.running:
        show_job(job, "explore_audit")
        return
    if job.result is None:
        _offer_again(job, key)
        return
    for finding in job.result:
        _show_finding(index, finding)
    st.subheader("What the models say", anchor=False)
    _show_model_audit(index)
    offer_words(
        *("split", "validation", "patient", "class", "near_copies", "negatives", "chest_likeness"),
        *("constant_answer", "interval_of_a_share", "accuracy", "sensitivity", "specificity"),
        *("auc", "threshold", "probability"),
    )


def _offer_again(job: Job, key: str) -> None:
    if job.error is not None:
        show_error(job.error)
    st.button("Check again", on_click=lambda: forget_job(key), key="explore_audit_again")


def _show_model_audit(index: DatasetIndex) -> None:
    """Show what the default model and its lung outline found, or offer to ask them."""
    key = f"model_audit_{index.fingerprint}"
    if watch_job(key, "explore_model_audit"):
        return
    if (findings := load_model_audit(index)) is not None:
        for finding in findings:
            _show_finding(index, finding)
        return

    def work(on_progress: Progress, should_stop: Callable[[], bool]) -> None:
        save_model_audit(run_model_audit(index, on_progress, should_stop), index)

    st.write(
        "The lung outline and the default model look at every picture: which show no two lungs, "
        "which cut them off, and which labels both the model and the most similar pictures "
        "contradict. It takes minutes for thousands of pictures, and can be stopped."
    )
    st.button(
        f"Ask the models about {len(index.readable):,} pictures",
        key="explore_model_audit_start",
        on_click=start_job,
        args=(key, "Looking at pictures", work),
    )


def _show_finding(index: DatasetIndex, finding: Finding) -> None:
    with st.container(border=True):
        st.markdown(f"{_SIGNS[finding.severity]} **{finding.title}**")
        st.write(finding.sentence)
        if finding.advice:
            st.write(f"**What to do:** {finding.advice}")
        if finding.kind == "small_validation" and len(finding.evidence):
            show_chart(
                charts.draw_accuracy_intervals(finding.evidence),
                finding.evidence,
                "intervals",
                "explore_intervals_chart",
            )
        elif len(finding.evidence):
            with st.expander(f"Evidence: {len(finding.evidence):,} rows"):
                _show_evidence(index, finding)


def _show_evidence(index: DatasetIndex, finding: Finding) -> None:
    evidence = finding.evidence
    if "path" in evidence:
        show_strip(index, evidence["path"])
    three_digits = st.column_config.NumberColumn(format="%.3g")
    st.dataframe(
        evidence.head(_SHOWN_ROWS),
        hide_index=True,
        width="stretch",
        column_config=dict.fromkeys(evidence.select_dtypes("floating"), three_digits),
    )
    if len(evidence) > _SHOWN_ROWS:
        st.caption(f"The first {_SHOWN_ROWS:,} rows; the CSV file has all of them.")
    offer_csv(evidence, finding.kind, f"explore_{finding.kind}_csv")
