"""The third step: a small network learns, live, or as it was recorded."""

import pandas as pd
import streamlit as st

from ui.error_box import show_error
from ui.jobs import forget_job, get_job, show_job, start_job
from ui.present.sheet import show_head, show_source
from xray_core.diagnosis.report import format_percent
from xray_core.errors import PneumoscopeError
from xray_core.story.draw_lesson import draw_lesson
from xray_core.story.lesson import find_running_lesson, start_lesson
from xray_core.story.recording import LessonRecording, read_recording, record_run
from xray_core.story.script import Step
from xray_core.training.jobs.describe import describe_run
from xray_core.training.jobs.queue import cancel_run
from xray_core.training.jobs.run_folder import Run, read_run

_JOB = "present_lesson"
_RUN = "present_run"
_LEFT = "present_run_left"
_ACTIVE = ("queued", "running")


def show_learn(step: Step, part: int) -> None:
    """Show the curve of a training that runs now, or of the recorded one."""
    _begin_followed()
    _adopt()
    run_id = st.session_state.get(_RUN)
    try:
        run = read_run(run_id) if run_id else None
    except PneumoscopeError:  # deleted meanwhile, on the page that lists runs
        _stop_following()
        run = None
    if run is None:
        _show_recording(step)
    else:
        _show_run(step, run)


def _begin_followed() -> None:
    """Follow the run once its X-rays are drawn and it is queued."""
    job = get_job(_JOB)
    if job is None or job.running:
        return
    forget_job(_JOB)
    if job.error is not None:
        show_error(job.error)
    elif job.result is not None:
        st.session_state[_RUN] = job.result.id


def _adopt() -> None:
    """Follow a lesson that was started before the page was loaded, unless it was left."""
    run = None if _RUN in st.session_state else find_running_lesson()
    if run is not None and run.id != st.session_state.get(_LEFT):
        st.session_state[_RUN] = run.id


def _show_recording(step: Step) -> None:
    recording = read_recording()
    _show_whole(step, recording)
    job = get_job(_JOB)
    left = find_running_lesson()
    if job is not None:
        show_job(job, "present_lesson")
    elif left is not None:
        st.button(
            "Show the live training",
            icon=":material/visibility:",
            key="present_live",
            on_click=_follow,
            args=(left.id,),
        )
    else:
        st.button(
            "Train it now, live",
            icon=":material/play_arrow:",
            key="present_train",
            on_click=lambda: start_job(_JOB, "Preparing X-rays to learn from", start_lesson),
        )
    show_source(
        f"A recording of a real training on drawn X-rays, {recording.recorded:%d %B %Y}: "
        f"{recording.seconds:.0f} s. {_judge(recording)}"
    )


def _show_whole(step: Step, recording: LessonRecording) -> None:
    """Show a training from its first epoch to its last, and what came of it."""
    table = recording.table
    first, last = (format_percent(table["val_accuracy"].iloc[place]) for place in (0, -1))
    show_head(
        step,
        f"By example: it saw {recording.training_images} labelled pictures {recording.epochs} "
        f"times, and went from {first} to {last} right on pictures that it did not learn from.",
    )
    _draw(table, recording.epochs)


def _judge(recording: LessonRecording) -> str:
    return (
        f"At its end it called {recording.test_right} of {recording.test_images} new drawn X-rays "
        "right."
    )


def _show_run(step: Step, found: Run) -> None:
    active = found.state.status in _ACTIVE

    @st.fragment(run_every=1 if active else None)
    def watch() -> None:
        try:
            run = read_run(found.id)
        except PneumoscopeError:
            st.rerun()
        if active and run.state.status not in _ACTIVE:
            st.rerun()
        _show_progress(step, run)

    watch()
    with st.container(horizontal=True):
        st.button("Show the recording", key="present_recording", on_click=_stop_following)
        if active:
            st.button("Cancel", key="present_cancel", on_click=_cancel, args=(found.id,))


def _show_progress(step: Step, run: Run) -> None:
    told = _recall(run)
    if told is not None:
        _show_whole(step, told)
        show_source(
            f"Trained just now on drawn X-rays, on this computer, in {told.seconds:.0f} s. "
            f"{_judge(told)}"
        )
        return
    history = run.read_history()
    show_head(step, describe_run(run, run.read_progress(), history))
    _draw(history, run.config.epochs)
    show_source("Live: a real training on drawn X-rays, on this computer.")


def _recall(run: Run) -> LessonRecording | None:
    """Return how the whole training went, once it has ended; None if its model is gone again."""
    if run.state.status != "finished":
        return None
    try:
        return record_run(run)
    except PneumoscopeError:
        return None


def _draw(history: pd.DataFrame, epochs: int) -> None:
    with st.container(key="present_curve"):
        st.plotly_chart(
            draw_lesson(history, epochs),
            key="present_lesson_chart",
            config={"displayModeBar": False},
            height="stretch",
        )


def _follow(run_id: str) -> None:
    st.session_state[_RUN] = run_id


def _stop_following() -> None:
    st.session_state[_LEFT] = st.session_state.pop(_RUN)


def _cancel(run_id: str) -> None:
    try:
        cancel_run(run_id)
    except PneumoscopeError as error:  # such as a full disk
        show_error(error)
