"""Can I trust the overlay? Checks on demand, in the background, and one verdict in words."""

import weakref
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from ui.charts import show_chart
from ui.diagnose.questions import Asked
from ui.diagnose.trust_maps import show_forgotten, show_methods
from ui.diagnoser import OVERLAY_WARNING, Reading, get_diagnoser
from ui.error_box import show_error
from ui.jobs import Job, Progress, show_job
from xray_core.diagnosis.trust.draw_curves import draw_faithfulness, tabulate_faithfulness
from xray_core.diagnosis.trust.examine import Examination, examine_overlay
from xray_core.diagnosis.trust.verdict import Verdict, judge_overlay, shows_something
from xray_core.images.xray import to_working_square
from xray_core.model_store import has_weights

_JOB, _RESULT = "trust_job", "trust_result"


@dataclass(frozen=True)
class _Result:
    """What was measured, and what it means."""

    examination: Examination
    verdict: Verdict


def show_trust(asked: Asked) -> None:
    """Show the verdict on the overlay, or offer to check it."""
    reading = asked.reading
    if not shows_something(reading.diagnosis):
        st.info("The overlay shows next to no evidence for pneumonia: there is nothing to check.")
        return
    result: _Result | None = reading.panels.get(_RESULT)
    if result is None:
        _check(asked)
    else:
        _show_result(result, reading)


def _check(asked: Asked) -> None:
    """Offer the checks, or show how far they are; run the page again once they are done."""
    reading = asked.reading
    panels = reading.panels
    job: Job | None = panels.get(_JOB)
    if job is not None and job.running:
        show_job(job, "diagnose_trust")
        return
    if job is not None and job.result is not None:
        panels.pop(_JOB)
        verdict = judge_overlay(job.result)
        panels[_RESULT] = _Result(job.result, verdict)
        panels[OVERLAY_WARNING] = "" if verdict.trusted else verdict.sentence
        st.rerun()  # the viewer above may have to warn
    st.write(
        "An overlay can look convincing and have little to do with the answer. Four checks tell: "
        "whether the answer rests on what it shows, whether it depends on what was learnt, whether "
        "it stays when the picture hardly changes, and whether other methods see the same."
    )
    if job is not None and job.error is not None:
        show_error(job.error)
    if not has_weights(get_diagnoser(asked.model_id).card):
        st.info(
            "This model came without its weights, only as it is served. What needs them is left "
            "out: the check that randomises them, and the methods that need gradients. For these, "
            "choose another model, or train this one anew on the Train page."
        )
    # No callback: Streamlit keeps its arguments, and the X-ray with them, until the session ends.
    if st.button(
        "Check the overlay",
        key="diagnose_check",
        icon=":material/fact_check:",
        help="Can take a minute or more: many maps are drawn. The X-ray stays in memory.",
    ):
        _start(reading, asked.model_id)
        st.rerun()


def _start(reading: Reading, model_id: str | None) -> None:
    """Start the checks; they end with the reading that they are about."""
    diagnoser = get_diagnoser(model_id)
    square, diagnosis = to_working_square(reading.xray), reading.diagnosis

    def work(on_progress: Progress, should_stop: Callable[[], bool]) -> Examination:
        return examine_overlay(
            diagnoser, square, diagnosis.heatmap, diagnosis.lungs.both, on_progress, should_stop
        )

    # Not among the jobs of all visitors: this one holds patient data.
    job = Job("Checking the overlay", work)
    weakref.finalize(reading.view, job.stop)  # which all copies of one reading share
    reading.panels[_JOB] = job
    job.start()


def _show_result(result: _Result, reading: Reading) -> None:
    verdict, found = result.verdict, result.examination
    if not verdict.trusted:
        st.error(verdict.sentence, icon=":material/warning:")
    elif verdict.unasked:
        st.info(verdict.sentence, icon=":material/rule:")
    else:
        st.success(verdict.sentence, icon=":material/verified:")
    for finding in verdict.findings:
        sign = ":green[:material/check:]" if finding.passed else ":red[:material/close:]"
        st.markdown(f"{sign} **{finding.question}** {finding.sentence}")
    for question in verdict.unasked:
        st.markdown(
            f":gray[:material/remove:] **{question}** Not checked: it needs the network's weights."
        )
    left, right = st.columns(2)
    with left:
        show_chart(
            draw_faithfulness(found.faithfulness.deletion, "Covered", "Covered, strongest first"),
            tabulate_faithfulness(found.faithfulness),
            "deletion_insertion",
            "diagnose_deletion",
        )
    with right:
        st.plotly_chart(
            draw_faithfulness(found.faithfulness.insertion, "Shown", "Shown, strongest first"),
            key="diagnose_insertion",
        )
    st.caption(
        "An overlay that shows what counts takes the probability of pneumonia down sooner when it "
        "is covered, and up sooner when it alone is shown, than random maps do (grey band)."
    )
    if found.forgotten:
        show_forgotten(found, reading)
    if found.maps:
        show_methods(found, reading)
