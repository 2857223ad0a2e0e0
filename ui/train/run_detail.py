"""One run: what happens, its curves, its log, and what can be done with it."""

from collections.abc import Callable

import pandas as pd
import psutil
import streamlit as st

from ui.charts import offer_csv, show_chart
from ui.error_box import show_error
from ui.jobs import format_seconds
from ui.markdown import escape_markdown
from ui.train.act import act
from ui.train.finished import find_card, show_measurements, show_way_on
from ui.words import offer_words
from xray_core import model_changes, run_charts
from xray_core.errors import PneumoscopeError
from xray_core.model_card import ClassifierCard
from xray_core.training.jobs.describe import describe_run, share_done
from xray_core.training.jobs.queue import cancel_run, enqueue_run, list_queued, stop_and_keep
from xray_core.training.jobs.run_folder import Run, delete_run
from xray_core.training.jobs.run_records import RunProgress
from xray_core.training.presets.catalog import PRESETS
from xray_core.training.setting_words import word_value
from xray_core.training.settings import flatten_config, list_differences

_SIGNS = {
    "queued": ":gray[:material/hourglass_empty:]",
    "running": ":blue[:material/play_circle:]",
    "finished": ":green[:material/check_circle:]",
    "cancelled": ":orange[:material/cancel:]",
    "failed": ":red[:material/error:]",
}
_CHARTS_BESIDE = 3


def show_run(run: Run) -> None:
    """Show a run as its folder tells it at this moment."""
    progress, history = run.read_progress(), run.read_history()
    waiting = list_queued()
    place = waiting.index(run.id) if run.id in waiting else None
    sentence = describe_run(run, progress, history, place)
    # Without a word for Markdown in it: a message may hold a path or a number with a tilde.
    st.markdown(f"{_SIGNS[run.state.status]} {escape_markdown(sentence)}")
    if run.state.status == "running":
        _show_progress(run, progress)
    card = find_card(run)
    _show_actions(run, card)
    if card is not None:
        show_measurements(card)
    if len(history):
        _show_curves(run, history)
        offer_words("epoch", "loss", "accuracy", "sensitivity", "auc", "validation", "overfitting")
    _show_settings(run)
    if log := run.read_log():
        with st.expander("Log", icon=":material/article:", key=f"train_log_{run.id}"):
            st.code(log, language=None, height=300)


def _show_curves(run: Run, history: pd.DataFrame) -> None:
    table, name, key = run_charts.tabulate_curves(history), f"{run.id}_curves", f"train_{run.id}"
    if run.state.status != "running":
        show_chart(run_charts.draw_curves(history, run.config.epochs), table, name, key)
        return
    st.caption("By epoch, training dotted and validation solid.")
    columns = st.columns(_CHARTS_BESIDE)
    for place, (curve, points) in enumerate(run_charts.tabulate_growing_curves(history).items()):
        columns[place % _CHARTS_BESIDE].vega_lite_chart(
            points, run_charts.describe_growing_curve(curve, run.config.epochs)
        )
    offer_csv(table, name, f"{key}_csv")


def _show_progress(run: Run, progress: RunProgress | None) -> None:
    st.progress(share_done(run, progress))
    if progress is None:
        return
    left = "" if progress.seconds_left is None else format_seconds(progress.seconds_left)
    figures = {"Time left": f"about {left}" if left else "", **_tell_load(run, progress)}
    st.caption(" · ".join(f"{name}: **{value}**" for name, value in figures.items() if value))


def _tell_load(run: Run, progress: RunProgress) -> dict[str, str]:
    """Return what the worker takes; of this machine, unless a cluster's carries it out."""
    held = progress.memory_bytes / 2**30
    if run.state.ray_job:
        return {"Processor": f"{progress.cpu_percent / 100:.1f} cores", "Memory": f"{held:.1f} GB"}
    cores = psutil.cpu_count() or 1
    memory = psutil.virtual_memory().total / 2**30
    return {
        "Processor": f"{progress.cpu_percent / cores:.0f} % of {cores} cores",
        "Memory": f"{held:.1f} of {memory:.0f} GB",
    }


def _show_actions(run: Run, card: ClassifierCard | None) -> None:
    """Show what can be done with a run as it stands."""
    status, wish = run.state.status, run.read_stop()

    def offer(label: str, icon: str, work: Callable[[], None], disabled: bool = False) -> None:
        key = f"train_{label.split()[0].lower()}_run"
        st.button(
            label,
            icon=f":material/{icon}:",
            key=key,
            on_click=act,
            args=(work,),
            disabled=disabled,
        )

    with st.container(horizontal=True, vertical_alignment="center"):
        if card is not None:
            show_way_on(card)
        if run.is_active:
            cancelled = status == "running" and wish == "cancel"
            offer("Cancel", "close", lambda: cancel_run(run.id), disabled=cancelled)
        if status == "running":
            epochs = len(run.read_history())
            offer(
                "Stop and keep the best epoch",
                "flag",
                lambda: stop_and_keep(run.id),
                disabled=wish is not None or not 0 < epochs < run.config.epochs,
            )
        if run.can_resume:
            offer("Resume", "resume", lambda: enqueue_run(run))
        if status != "running":
            _offer_deletion(run, card is not None)


def _offer_deletion(run: Run, published: bool) -> None:
    with st.popover("Delete", icon=":material/delete:", key=f"train_deletion_{run.id}"):
        st.write("Removes the curves, the log and what it takes to resume.")
        with_model = published and st.toggle(
            "Delete its model, too",
            key="train_delete_model",
            help="Otherwise the model stays on the other pages.",
        )
        if st.button(f"Delete {run.request.title}", key="train_delete_run", type="primary"):
            try:
                delete_run(run)
                if with_model:
                    model_changes.delete_model(run.id)
            except PneumoscopeError as error:
                show_error(error)
            else:
                st.rerun()


def _show_settings(run: Run) -> None:
    """Show what the run was started with."""
    preset = PRESETS.get(run.config.preset)
    with st.expander("Settings", icon=":material/tune:", key=f"train_settings_{run.id}"):
        if preset is None:
            st.write(f"From the preset {run.config.preset}, which is no longer known.")
            return
        st.write(f"From the preset {preset.title} ({preset.source}).")
        for change in list_differences(flatten_config(run.config), preset.config):
            was = word_value(change.was)
            st.markdown(f"- **{change.title}**: {word_value(change.value)} (was {was})")
