"""What a run will cost, measured in the background while the form is filled in."""

from collections.abc import Callable

import pandas as pd
import psutil
import streamlit as st

from ui.error_box import show_error
from ui.jobs import Job, Progress, forget_job, format_seconds, get_job, start_job
from xray_core.training.config import TrainingConfig
from xray_core.training.cost import Cost, measure_cost, name_cost
from xray_core.training.jobs.run_folder import list_runs

_KNOWN = "train_costs"
_MOST_KNOWN = 16
_HOUR = 3600


def show_cost(config: TrainingConfig, pictures: int) -> None:
    """Show layers, parameters, memory and time; measure them first where nobody did."""
    key = f"cost {name_cost(config, pictures)}"
    job = _measure(key, config, pictures)
    if job.running:
        _wait(job)
    elif job.result is None:
        _offer_again(job, key)
    else:
        _show_figures(job.result, config)


def _measure(key: str, config: TrainingConfig, pictures: int) -> Job:
    """Return the job that measures, started if need be; the one for other settings is stopped."""

    def work(on_progress: Progress, should_stop: Callable[[], bool]) -> Cost:
        return measure_cost(config, pictures, should_stop)

    known: list[str] = st.session_state.setdefault(_KNOWN, [])
    if key in known:
        known.remove(key)
    elif known and (last := get_job(known[-1])) and last.running:
        last.stop()
        forget_job(known.pop())
    known.append(key)
    while len(known) > _MOST_KNOWN:
        forget_job(known.pop(0))
    if get_job(key) is None:
        start_job(key, "Measuring the cost", work)
    job = get_job(key)
    assert job is not None
    return job


def _wait(job: Job) -> None:
    @st.fragment(run_every=0.5)
    def watch() -> None:
        if not job.running:
            st.rerun()
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(":material/timer: Measuring on this machine what this will cost…")
        st.caption("It takes seconds, or a minute for a large network. You can start meanwhile.")

    watch()


def _offer_again(job: Job, key: str) -> None:
    if job.error is not None:
        show_error(job.error)
    st.button(
        "Measure again",
        key="train_measure_again",
        icon=":material/refresh:",
        on_click=forget_job,
        args=(key,),
    )


def _show_figures(cost: Cost, config: TrainingConfig) -> None:
    epoch = cost.epoch_seconds
    facts = {
        "Layers": (f"{len(cost.layers):,}", None),
        "Parameters": (_shorten(cost.parameters), f"{cost.parameters:,}"),
        "An epoch": (
            # Hours and minutes would be cut off where the window is narrow.
            format_seconds(epoch) if epoch < _HOUR else f"{epoch / _HOUR:.1f} h",
            f"From {cost.measured_pictures:,} pictures that were really trained on, for about two "
            "seconds. Validation and the first step come on top.",
        ),
        "Memory": (
            f"{cost.memory_bytes / 2**30:.1f} GB",
            "An estimate: what the measurement held, and what a full batch and the pictures add.",
        ),
    }
    for first in range(0, len(facts), 2):
        for column, (label, (value, words)) in zip(
            st.columns(2), list(facts.items())[first : first + 2], strict=True
        ):
            column.metric(label, value, help=words)
    if cost.trainable < cost.parameters:
        st.caption(f"Training changes {cost.trainable:,} of the parameters.")
    runs = f" in each of {config.folds} runs" if config.folds > 1 else ""
    st.markdown(
        f"All {config.epochs} epochs: about **{format_seconds(epoch * config.epochs)}**{runs}. "
        "Reading the pictures before, and validation, export and judging come on top."
    )
    if any(run.is_alive for run in list_runs()):
        st.caption("A run is being trained now: measured beside it, times may be too long.")
    if cost.memory_bytes > psutil.virtual_memory().total:
        st.warning(
            "That is more memory than this machine has. Choose smaller batches or pictures.",
            icon=":material/memory:",
        )
    with st.expander("All layers", type="compact"):
        st.dataframe(_tabulate(cost), hide_index=True, width="stretch", height=300)


def _tabulate(cost: Cost) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Layer": [layer.name for layer in cost.layers],
            "Kind": [layer.kind for layer in cost.layers],
            "Output": [" × ".join(map(str, layer.output)) for layer in cost.layers],
            "Parameters": [layer.parameters for layer in cost.layers],
        }
    )


def _shorten(number: int) -> str:
    """Return a number in three figures.

    >>> _shorten(512), _shorten(46_929), _shorten(3_413_729)
    ('512', '46.9 k', '3.41 M')
    """
    for unit, name in ((10**6, "M"), (10**3, "k")):
        if number >= unit:
            return f"{number / unit:.3g} {name}"
    return str(number)
