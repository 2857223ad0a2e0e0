"""What the form holds: every setting under a key of its own, and the preset it started from.

The address of the page carries the preset and what differs from it, so that reloading it keeps the
form, and a link hands settings on.
"""

import json
from typing import Any

import streamlit as st

from ui.setting_fields import from_widget, is_possible, to_widget
from xray_core.architectures.catalog import ARCHITECTURES
from xray_core.training.config import TrainingConfig
from xray_core.training.presets.catalog import PRESETS, get_preset
from xray_core.training.presets.preset import Preset
from xray_core.training.settings import Difference, flatten_config, list_settings

PRESET_KEY = "train_preset"
_FIRST_PRESET = "lesson"
_KEY = "train_set_"
_FIELDS = {name: field for known in ARCHITECTURES for name, field in list_settings(known).items()}


def key_of(name: str) -> str:
    """Return the session key of a setting's widget."""
    return _KEY + name.replace(".", "_")


def begin_form() -> Preset:
    """Return the chosen preset; the first time, fill the form from the page's address."""
    if PRESET_KEY not in st.session_state:
        asked = st.query_params.get("preset", "")
        st.session_state[PRESET_KEY] = asked if asked in PRESETS else _FIRST_PRESET
        reset_form()
        for name, value in _read_address().items():
            st.session_state[key_of(name)] = value
    return get_preset(st.session_state[PRESET_KEY])


def reset_form() -> None:
    """Set every setting as the chosen preset has it."""
    values = flatten_config(get_preset(st.session_state[PRESET_KEY]).config)
    for name, field in _FIELDS.items():
        st.session_state[key_of(name)] = to_widget(values.get(name, field.default))


def read_form() -> dict[str, Any]:
    """Return the value of each setting of the chosen network.

    Raises:
        InvalidConfigError: a list is not made of whole numbers.
    """
    names = list_settings(st.session_state[key_of("architecture")])
    return {
        name: from_widget(name, field, st.session_state[key_of(name)])
        for name, field in names.items()
    }


def write_address(preset: TrainingConfig, differences: list[Difference]) -> None:
    """Put the preset and what differs from it into the page's address."""
    st.query_params["preset"] = preset.preset
    changes = {change.name: to_widget(change.value) for change in differences}
    if changes:
        st.query_params["set"] = json.dumps(changes)
    elif "set" in st.query_params:
        del st.query_params["set"]


def _read_address() -> dict[str, Any]:
    """Return the changes in the page's address that could stand in the form.

    Their combination is checked as what a visitor types is; a value of another kind, or out of its
    range, is left out here, since no widget could hold it.
    """
    try:
        changes = json.loads(st.query_params.get("set", "{}"))
    except ValueError:
        return {}
    if not isinstance(changes, dict):
        return {}
    return {
        name: value
        for name, value in changes.items()
        if name in _FIELDS
        and type(value) is type(st.session_state[key_of(name)])
        and is_possible(name, _FIELDS[name], value)
    }
