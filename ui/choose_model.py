"""Which model answers: the default one, or one that was trained here."""

import streamlit as st

from xray_core.paths import workspace

_PARAMETER = "model"


def choose_model(page: str) -> str | None:
    """Show the models that can answer, to whom it may concern; return the id of the chosen one.

    None stands for the default model, as it does in `get_diagnoser`. The choice is shown to those
    who trained a model, or whom another page sent with a model in the address.

    Args:
        page: the page's name, with which session keys begin.
    """
    key = f"{page}_model"
    asked = st.query_params.get(_PARAMETER, "")
    if not (asked or key in st.session_state or any((workspace() / "models").glob("*"))):
        return None
    # Cards take longer to import than all that a first visitor sees.
    from xray_core.model_store import DEFAULT_CLASSIFIER, has_network, list_classifiers

    titles = {card.id: card.title for card in list_classifiers() if has_network(card)}
    if len(titles) < 2:
        return None
    if st.session_state.get(key) not in titles:
        st.session_state[key] = asked if asked in titles else DEFAULT_CLASSIFIER

    def keep() -> None:
        st.query_params[_PARAMETER] = st.session_state[key]

    chosen = st.selectbox(
        "Model",
        list(titles),
        format_func=lambda model_id: _name_model(model_id, titles),
        key=key,
        on_change=keep,
        help="The default model, a shipped one to compare it with, or one that you trained.",
        width=360,
    )
    return None if chosen == DEFAULT_CLASSIFIER else chosen


def _name_model(model_id: str, titles: dict[str, str]) -> str:
    """Return the title, with the id where two models share it."""
    title = titles.get(model_id, model_id)
    return f"{title} ({model_id})" if list(titles.values()).count(title) > 1 else title
