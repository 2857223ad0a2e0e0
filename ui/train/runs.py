"""Every run: the queue, one run in detail, and folders that are none."""

import time
from datetime import datetime

import streamlit as st

from ui.train.act import act, see_to_runs, show_refusal
from ui.train.run_detail import show_run
from ui.train.run_group import show_group
from ui.train.run_table import offer_table
from xray_core.training.jobs.queue import list_queued, move_run
from xray_core.training.jobs.run_folder import Run, delete_run, list_broken_runs, list_runs

START, RUNS = VIEWS = ("Start a run", "Runs")
VIEW_KEY = "train_view"
_RUN_KEY = "train_run"
_OPEN_KEY = "train_open"
_LOOKED_KEY = "train_looked_after"
_LOOK_SECONDS = 10  # a process that works on the queue takes some to start


def choose_view() -> str:
    """Show the two views of the page; return the chosen one."""
    if _OPEN_KEY in st.session_state:
        st.session_state[VIEW_KEY] = RUNS
        st.session_state[_RUN_KEY] = st.session_state.pop(_OPEN_KEY)
    view = st.segmented_control(
        "View",
        VIEWS,
        default=None if VIEW_KEY in st.session_state else START,
        required=True,
        key=VIEW_KEY,
        label_visibility="collapsed",
        bind="query-params",
    )
    return view or START


def open_run(run_id: str) -> None:
    """Run the page again, with this run in view."""
    st.session_state[_OPEN_KEY] = run_id
    st.rerun()


def show_runs() -> None:
    """Show every run; while one waits or works, the view follows it."""
    follows = _is_active(list_runs())

    @st.fragment(run_every=1 if follows else None)
    def watch() -> None:
        runs = list_runs()
        if _is_active(runs) != follows:
            st.rerun()
        show_refusal()
        _look_after(runs)
        _show_queue(runs)
        if runs:
            run = _choose_run(runs)
            show_run(run)
            show_group(run, runs)
            offer_table(runs)
        else:
            st.info("No run yet. Choose a preset under “Start a run” and press “Start training”.")
        _show_broken()

    watch()


def _is_active(runs: list[Run]) -> bool:
    return any(run.is_active for run in runs)


def _look_after(runs: list[Run]) -> None:
    """See from time to time that runs which wait or work are seen to, while somebody watches."""
    now = time.monotonic()
    if _is_active(runs) and now - st.session_state.get(_LOOKED_KEY, 0.0) > _LOOK_SECONDS:
        st.session_state[_LOOKED_KEY] = now
        see_to_runs()


def _choose_run(runs: list[Run]) -> Run:
    known = {run.id: run for run in runs}
    if st.session_state.get(_RUN_KEY) not in known:
        asked = st.query_params.get(_RUN_KEY, "")
        newest = next((run.id for run in runs if run.is_alive), runs[0].id)
        st.session_state[_RUN_KEY] = asked if asked in known else newest
    chosen = st.selectbox(
        "Run",
        list(known),
        format_func=lambda run_id: _name_run(known[run_id]) if run_id in known else run_id,
        key=_RUN_KEY,
        persist_state="session",
    )
    if st.query_params.get(_RUN_KEY) != chosen:  # so that a reload shows the same run
        st.query_params[_RUN_KEY] = chosen
    return known[chosen]


def _name_run(run: Run) -> str:
    """Return a name that no other run has and that does not change while it works."""
    when = datetime.fromtimestamp(run.request.created).strftime("%d %b %H:%M")
    return f"{run.request.title} · {when} · {run.id}"


def _show_queue(runs: list[Run]) -> None:
    """Show the waiting runs, the next one first, with ways to change their order."""
    titles = {run.id: run.request.title for run in runs}
    waiting = [run_id for run_id in list_queued() if run_id in titles]
    if not waiting:
        return
    st.markdown(f"**Waiting: {len(waiting)}**")
    for place, run_id in enumerate(waiting):
        with st.container(horizontal=True, vertical_alignment="center", key=f"train_row_{run_id}"):
            st.markdown(f"{place + 1}. {titles[run_id]}", width="stretch")
            for words, icon, places in (
                ("Earlier", "arrow_upward", -1),
                ("Later", "arrow_downward", 1),
            ):
                st.button(
                    words,
                    icon=f":material/{icon}:",
                    key=f"train_{words.lower()}_{run_id}",
                    on_click=act,
                    args=(move_run, run_id, places),
                    disabled=not 0 <= place + places < len(waiting),
                )


def _show_broken() -> None:
    broken = list_broken_runs()
    if not broken:
        return
    with st.expander(f"Folders that cannot be read: {len(broken)}", icon=":material/folder_off:"):
        for run in broken:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"`{run.folder.name}`: {run.reason}.", width="stretch")
                st.button(
                    "Delete the folder",
                    icon=":material/delete:",
                    key=f"train_delete_{run.folder.name}",
                    on_click=delete_run,
                    args=(run,),
                )
