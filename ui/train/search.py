"""Several values for some settings: a search, as one run for each combination."""

import json
from typing import Any

import pandas as pd
import streamlit as st

from ui.error_box import show_error
from ui.setting_fields import list_choices
from ui.train.form import show_problem
from ui.train.runs import open_run
from ui.train.seen import require_seen
from xray_core.errors import InvalidConfigError, PneumoscopeError
from xray_core.training.config import TrainingConfig
from xray_core.training.jobs.search_judge import has_asha
from xray_core.training.jobs.search_runs import submit_search
from xray_core.training.search import (
    INCOMPARABLE,
    LARGEST_SEARCH,
    Way,
    describe_changes,
    draw_settings,
    make_trials,
    parse_space,
)
from xray_core.training.setting_words import word_value
from xray_core.training.settings import flatten_config, list_relevant, list_settings

_WAYS: dict[Way, str] = {
    "grid": "Every one",
    "random": "At random",
    "asha": "ASHA",
}
_FIRST_TRIALS = 8


def offer_search(config: TrainingConfig, title: str) -> None:
    """Offer to train with several values of some settings.

    Args:
        config: what all runs share.
        title: of the runs; each adds its own values.
    """
    part = st.expander(
        "Try several values", icon=":material/manage_search:", key="train_search", on_change="rerun"
    )
    if not part.open:
        return
    with part:
        st.caption(
            "One run for each combination, and the one with the highest validation AUC is named."
        )
        space = _ask_space(config)
        if not space:
            return
        by, trials = _ask_way()
        try:
            settings = draw_settings(parse_space(space), by, trials, config.seed)
            make_trials(config, settings)
        except InvalidConfigError as error:
            show_problem(str(error))
            return
        table = pd.DataFrame([describe_changes(each) for each in settings], columns=["Each run"])
        st.dataframe(table, hide_index=True, height=min(220, 38 + 35 * len(table)))
        _offer_start(config, title, settings, by == "asha")


def _ask_space(config: TrainingConfig) -> list[str]:
    """Ask which settings are searched and over which values; return them as ``name=values``."""
    fields, values = list_settings(config.architecture), flatten_config(config)
    known = [name for name in list_relevant(values) if name not in INCOMPARABLE]
    names = st.multiselect(
        "Settings to search",
        known,
        format_func=lambda name: str(fields[name].title),
        key="train_search_settings",
        persist_state="session",
    )
    space = []
    for name in names:
        label, key = str(fields[name].title), f"train_search_{name.replace('.', '_')}"
        choices = list_choices(name, fields[name])
        if choices:
            picked = st.multiselect(
                label, choices, format_func=word_value, key=key, persist_state="session"
            )
            said = ", ".join(json.dumps(each) for each in picked)
        else:
            said = st.text_input(
                label,
                placeholder=_example(values[name]),
                key=key,
                help="Values with commas between them, or, for a search at random, the ends of a "
                "range with two dots between them, such as 1e-4..1e-2.",
                persist_state="session",
            )
        if not said.strip():
            st.caption(f"Name the values of {label}.")
            return []
        space.append(f"{name}={said}")
    return space


def _example(value: Any) -> str:
    """Return how values are written, from the one that stands in the form."""
    if isinstance(value, tuple | list):
        return "[64, 32], [128, 64]"
    return f"such as {value}, {round(2 * value, 6) if value else 1}"


def _ask_way() -> tuple[Way, int | None]:
    by = st.segmented_control(
        "Which combinations",
        [way for way in _WAYS if way != "asha" or has_asha()],
        format_func=_WAYS.__getitem__,
        default="grid",
        required=True,
        key="train_search_by",
    )
    if by == "asha":
        st.caption("After a ninth and a third of the epochs only the best third goes on (ASHA).")
    elif by != "random":
        return "grid", None
    trials = st.number_input(
        "How many runs", 1, LARGEST_SEARCH, _FIRST_TRIALS, key="train_search_trials"
    )
    return by, int(trials)


def _offer_start(
    config: TrainingConfig, title: str, settings: list[dict[str, Any]], asha: bool
) -> None:
    """Offer to queue the runs; with `asha`, the hopeless are ended."""
    count = len(settings)
    if not st.button(
        f"Start {count} runs" if count > 1 else "Start 1 run",
        icon=":material/play_arrow:",
        key="train_search_start",
        width="stretch",
    ):
        return
    try:
        runs = submit_search(config, require_seen(), title, settings, asha)
    except InvalidConfigError as error:
        show_problem(str(error))
        return
    except PneumoscopeError as error:
        show_error(error)
        return
    open_run(runs[0].id)
