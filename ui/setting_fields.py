"""A widget for any setting, made from the field that describes it."""

from typing import Any, Literal, get_args, get_origin

import streamlit as st
from pydantic.fields import FieldInfo

from xray_core.architectures.catalog import ARCHITECTURES
from xray_core.errors import InvalidConfigError
from xray_core.training.setting_words import VALUE_WORDS, word_value

# Steps of settings whose useful values lie far below their bounds; they get a field to type in.
_FINE_STEPS = {
    "learning_rate": 0.0005,
    "weight_decay": 0.0005,
    "l1": 0.0005,
    "l2": 0.0005,
    "average_momentum": 0.001,
}
_SIZE_STEP, _SIZES = 8, (16, 512)
_COARSE_STEP, _COARSE_FROM, _SHARE_STEP = 1.0, 10, 0.01
_MOST_SEED = 2**31 - 1


def word_message(message: str) -> str:
    """Return a message of the core with the names on screen of the values in it.

    >>> word_message("lung_pool: choose lung_mask or whole.")
    'lung_pool: choose “Lungs only” or whole.'
    """
    field, colon, rest = message.partition(": ")
    for value, word in VALUE_WORDS.items():
        if "_" in value or "-" in value:  # the others are words themselves
            rest = rest.replace(value, f"“{word}”")
    return field + colon + rest


def to_widget(value: Any) -> Any:
    """Return what the widget of a setting holds for its value."""
    return ", ".join(map(str, value)) if isinstance(value, tuple | list) else value


def from_widget(name: str, field: FieldInfo, held: Any) -> Any:
    """Return a setting's value from what its widget holds.

    Raises:
        InvalidConfigError: a list is not made of whole numbers.
    """
    if not (_is_list(field) and isinstance(held, str)):
        return held
    try:
        return tuple(int(part) for part in held.replace(",", " ").split())
    except ValueError as error:
        raise InvalidConfigError(
            f"{name}: expected whole numbers with commas, such as 64, 32; got {held!r}."
        ) from error


def show_setting(name: str, field: FieldInfo, key: str) -> None:
    """Show the widget of a setting, whose value the session holds under `key`."""
    label, words = str(field.title), field.description
    choices = () if field.annotation is bool else list_choices(name, field)
    if choices:
        _show_choices(label, choices, words, key)
    elif field.annotation is bool:
        st.toggle(label, key=key, help=words, persist_state="session")
    elif _is_list(field):
        example = "such as 64, 32"
        st.text_input(label, key=key, help=words, placeholder=example, persist_state="session")
    else:
        _show_number(name.rpartition(".")[2], field, key)


def _show_choices(label: str, choices: tuple[Any, ...], words: str | None, key: str) -> None:
    if len(choices) > 3:
        st.selectbox(
            label, choices, format_func=word_value, key=key, help=words, persist_state="session"
        )
        return
    st.segmented_control(
        label,
        choices,
        required=True,
        format_func=word_value,
        key=key,
        help=words,
        persist_state="session",
    )


def _show_number(name: str, field: FieldInfo, key: str) -> None:
    label, words, whole = str(field.title), field.description, field.annotation is int
    low, high = _bounds(name, field)
    if whole or name in _FINE_STEPS:
        step = (_SIZE_STEP if name == "size" else 1) if whole else _FINE_STEPS[name]
        st.number_input(
            label,
            low,
            high,
            step=step,
            format="%d" if whole else "%g",
            key=key,
            help=words,
            persist_state="session",
        )
        return
    step = _COARSE_STEP if high >= _COARSE_FROM else _SHARE_STEP
    if _bound(field, "le") is None:
        high -= step
    st.slider(label, low, high, step=step, key=key, help=words, persist_state="session")


def _bounds(name: str, field: FieldInfo) -> tuple[Any, Any]:
    """Return the (lowest, highest) value of a number."""
    if name == "size":
        return _SIZES
    low = _bound(field, "ge", "gt")
    high = _bound(field, "le", "lt")
    kind = int if field.annotation is int else float
    return kind(low or 0), kind(_MOST_SEED if high is None else high)


def _bound(field: FieldInfo, *names: str) -> float | None:
    told = (getattr(part, name, None) for part in field.metadata for name in names)
    return next((bound for bound in told if bound is not None), None)


def list_choices(name: str, field: FieldInfo) -> tuple[Any, ...]:
    """Return all that a setting may be; empty where it is a number or a list."""
    if field.annotation is bool:
        return (False, True)
    if name == "architecture":
        return tuple(ARCHITECTURES)
    return get_args(field.annotation) if get_origin(field.annotation) is Literal else ()


def is_possible(name: str, field: FieldInfo, held: Any) -> bool:
    """Return whether the widget of a setting could hold a value of its kind."""
    if choices := list_choices(name, field):
        return held in choices
    if _is_list(field):
        return True
    low, high = _bounds(name.rpartition(".")[2], field)
    return bool(low <= held <= high)


def _is_list(field: FieldInfo) -> bool:
    return get_origin(field.annotation) is tuple
