"""The settings of a run, from a preset to a checked configuration."""

from typing import Any

import streamlit as st

from ui.setting_fields import show_setting, word_message
from ui.train.form_state import (
    PRESET_KEY,
    begin_form,
    key_of,
    read_form,
    reset_form,
    write_address,
)
from ui.train.picture_preview import show_preview
from xray_core.architectures.catalog import get_architecture
from xray_core.datasets.index import DatasetIndex
from xray_core.datasets.resplit import load_split
from xray_core.errors import InvalidConfigError
from xray_core.images.xray import WORKING_SIZE
from xray_core.training.config import TrainingConfig
from xray_core.training.presets.catalog import PRESETS
from xray_core.training.presets.preset import OWN, Preset
from xray_core.training.setting_words import word_value
from xray_core.training.settings import (
    Difference,
    build_config,
    list_differences,
    list_relevant,
    list_settings,
)

# (title, icon, settings) of each part of the form; options. and augmentation. stand for all in it.
_PARTS = (
    ("Data and split", "dataset", ("task", "balance_classes", "validation", "validation_share")),
    (
        "Picture",
        "image",
        (
            *("input.size", "input.outside_lungs", "input.margin", "mask_jitter"),
            *("input.colour", "input.spread_exposure"),
        ),
    ),
    ("Augmentation", "shuffle", ("augmentation.",)),
    (
        "Network",
        "account_tree",
        ("architecture", "options.", "dropout", "initial_weights", "average_mirror"),
    ),
    (
        "Learning",
        "trending_down",
        (
            *("optimizer", "learning_rate", "schedule", "weight_decay", "batch_size", "epochs"),
            *("label_smoothing", "average_momentum", "seed"),
        ),
    ),
    ("Validation", "rule", ("early_stopping", "keep", "folds")),
)
_WIDE = ("task", "validation", "input.outside_lungs", "architecture", "optimizer")


def show_form(index: DatasetIndex) -> TrainingConfig | None:
    """Show every setting that matters; return them if they can work, else say what cannot."""
    preset = _choose_preset()
    try:
        values, problem = read_form(), None
        config = build_config(preset.config, values)
    except InvalidConfigError as error:
        values, problem, config = _read_valid(preset), str(error), None
    differences = list_differences(values, preset.config)
    write_address(preset.config, differences)
    _show_differences(differences)
    if problem:
        show_problem(problem)
    for title, icon, names in _PARTS:
        _show_part(title, icon, _pick(names, values), values, index, config)
    return config


def _choose_preset() -> Preset:
    preset = begin_form()
    st.selectbox(
        "Preset",
        list(PRESETS),
        format_func=lambda name: f"{PRESETS[name].title} · {PRESETS[name].source}",
        key=PRESET_KEY,
        on_change=reset_form,
        help="Settings to start from: our own, and every run of five earlier projects. Choosing "
        "one sets the whole form.",
        persist_state="session",
    )
    st.write(preset.teaches)
    if preset.reported:
        st.caption(f"Its author reported: {preset.reported}.")
    elif preset.source != OWN:
        st.caption("Its author gave no figure.")
    if preset.choices:
        with st.expander("What the author did not write down, and we chose", type="compact"):
            st.markdown("\n".join(f"- {choice}" for choice in preset.choices))
    return preset


def _read_valid(preset: Preset) -> dict[str, Any]:
    """Return the values as far as they can be read, to know which settings to show."""
    try:
        return read_form()
    except InvalidConfigError:
        return {
            name: st.session_state[key_of(name)]
            for name in list_settings(st.session_state[key_of("architecture")])
        }


def _pick(names: tuple[str, ...], values: dict[str, Any]) -> list[str]:
    """Return the relevant settings of a part, in its order."""
    relevant = list_relevant(values)
    return [
        known
        for name in names
        for known in relevant
        if known == name or (name.endswith(".") and known.startswith(name))
    ]


def _show_part(
    title: str,
    icon: str,
    names: list[str],
    values: dict[str, Any],
    index: DatasetIndex,
    config: TrainingConfig | None,
) -> None:
    fields = list_settings(values["architecture"])
    part = st.expander(
        title, key=f"train_part_{icon}", icon=f":material/{icon}:", on_change="rerun"
    )
    with part:
        narrow = [name for name in names if name not in _WIDE]
        for name in names:
            if name in _WIDE:
                show_setting(name, fields[name], key_of(name))
                _show_remark(name, values, index)
        for first in range(0, len(narrow), 2):
            for column, name in zip(st.columns(2), narrow[first : first + 2], strict=False):
                with column:
                    show_setting(name, fields[name], key_of(name))
                    _show_remark(name, values, index)
        if title == "Augmentation" and config and part.open:
            show_preview(index, config)


def _show_remark(name: str, values: dict[str, Any], index: DatasetIndex) -> None:
    """Say under a setting what the chosen value means here."""
    architecture = get_architecture(values["architecture"])
    if name == "architecture":
        st.caption(architecture.about)
    elif name == "initial_weights" and architecture.has_imagenet == "download":
        if values["initial_weights"] == "imagenet":
            st.caption(
                "These weights are fetched from the internet once. “Random start” works offline."
            )
    elif name == "options.frozen" and values[name] and values["initial_weights"] == "random":
        st.warning(
            "Frozen at a random start, all but the last layers stay random: it will hardly learn. "
            "Switch this off, or start from ImageNet."
        )
    elif name == "input.size" and values[name] > WORKING_SIZE:
        st.caption(
            f"Pictures are kept at {WORKING_SIZE} × {WORKING_SIZE} pixels; a larger input is "
            f"enlarged from that, without more detail."
        )
    elif name == "validation" and values["validation"] == "patients" and values["folds"] == 1:
        if kept := load_split(index):
            patients = len(kept.validation_patients)
            st.caption(f"The split you kept on the Data page ({patients:,} patients) is used.")
    elif name == "folds" and values["folds"] > 1:
        st.caption(f"Starts {values['folds']} runs, each validated on other patients.")


def show_problem(problem: str) -> None:
    """Say what cannot work, with the names on screen of the part and the setting."""
    name, _, reason = word_message(problem).partition(": ")
    fields = list_settings(st.session_state[key_of("architecture")])
    for title, _, names in _PARTS:
        inside = any(name == own or (own[-1] == "." and name.startswith(own)) for own in names)
        if inside and name in fields:
            st.error(f"**{title} → {fields[name].title}**: {reason}", icon=":material/block:")
            if name == "initial_weights":
                _offer_random_start()
            return
    st.error(problem, icon=":material/block:")


def _offer_random_start() -> None:
    def choose() -> None:
        st.session_state[key_of("initial_weights")] = "random"

    st.button("Random start", icon=":material/casino:", key="train_random_start", on_click=choose)


def _show_differences(differences: list[Difference]) -> None:
    if not differences:
        st.caption("All settings are as the preset has them.")
        return
    told = " · ".join(
        f"**{change.title}** {word_value(change.value)} (was {word_value(change.was)})"
        for change in differences
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"Changed: {told}", width="stretch")
        st.button(
            "Back to the preset", icon=":material/undo:", key="train_reset", on_click=reset_form
        )
