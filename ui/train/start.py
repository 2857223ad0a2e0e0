"""The form, what it costs, and the button that queues the run."""

import streamlit as st

from ui.error_box import show_error
from ui.train.cost_panel import show_cost
from ui.train.form import show_form, show_problem
from ui.train.form_state import PRESET_KEY
from ui.train.runs import open_run
from ui.train.search import offer_search
from ui.train.seen import note_seen, require_seen
from xray_core.datasets.index import DatasetIndex
from xray_core.errors import DatasetError, InvalidConfigError, PneumoscopeError
from xray_core.training.config import TrainingConfig
from xray_core.training.divide_images import divide_dataset
from xray_core.training.jobs.submit import hold_back_kept, submit_runs
from xray_core.training.presets.catalog import get_preset


def show_start(index: DatasetIndex) -> None:
    """Show the form and, beside it, what it costs and the start."""
    note_seen()
    form, beside = st.columns([3, 2], gap="medium")
    with form:
        config = show_form(index)
    with beside, st.container(border=True):
        counts = _show_counts(index, config)
        title = _offer_start(config if counts else None)
        if config and counts:
            show_cost(config, counts[0])
            offer_search(config, title)


def _show_counts(index: DatasetIndex, config: TrainingConfig | None) -> tuple[int, int] | None:
    """Show how many pictures train and validate; None if they cannot be divided so."""
    if config is None:
        st.info("Mend what is refused in the form, then this shows what the run will cost.")
        return None
    config = hold_back_kept(config, index)
    told = config.model_dump_json(
        include={"task", "validation", "validation_share", "validation_patients", "folds", "seed"}
    )
    try:
        counts = _count(index, config, (index.fingerprint, told))
    except (DatasetError, InvalidConfigError) as error:
        show_problem(str(error))
        return None
    st.markdown(f"**{counts[0]:,}** pictures train, **{counts[1]:,}** validate.")
    return counts


# The data set lies on this server for every visitor; so may two numbers about it.
@st.cache_data(max_entries=32, show_spinner=False)
def _count(_index: DatasetIndex, _config: TrainingConfig, key: tuple[str, str]) -> tuple[int, int]:
    training, validation = divide_dataset(_index, _config)
    return len(training), len(validation)


def _offer_start(config: TrainingConfig | None) -> str:
    """Show the name of the model and the start; return the name."""
    preset = get_preset(st.session_state[PRESET_KEY])
    title = st.text_input(
        "Name of the model",
        placeholder=preset.title,
        key="train_title",
        max_chars=60,
        help="Under this name you find it on the other pages.",
        persist_state="session",
        bind="query-params",
    )
    start = st.button(
        "Start training",
        type="primary",
        icon=":material/play_arrow:",
        key="train_start",
        disabled=config is None,
        width="stretch",
    )
    title = title.strip() or preset.title
    if not (start and config):
        return title
    try:
        runs = submit_runs(config, require_seen(), title)
    except InvalidConfigError as error:
        show_problem(str(error))
        return title
    except PneumoscopeError as error:
        show_error(error)
        return title
    open_run(runs[0].id)
    return title
