"""How fast models answer on this computer: a few are timed at once, many when asked for."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from ui.jobs import Progress, start_job, watch_job
from xray_core.comparison.costs import time_network
from xray_core.model_card import ClassifierCard
from xray_core.model_store import SERVING_FILE, has_network

_JOB = "compare_speed"
_AT_ONCE = 8  # each takes up to half a second the first time


def time_models(cards: Sequence[ClassifierCard]) -> dict[str, float | None]:
    """Return model id to milliseconds for one picture, of those that have been timed."""
    known = _known()
    if len(cards) <= _AT_ONCE:
        _time_all(cards, known)
    return {card.id: known.get(card.files.get(SERVING_FILE, "")) for card in cards}


def offer_speed(cards: Sequence[ClassifierCard], shown: Mapping[str, float | None]) -> None:
    """Offer to time the models that have not been.

    Args:
        shown: from `time_models`, what is on screen.
    """
    known = _known()
    left = [card for card in cards if has_network(card) and card.files[SERVING_FILE] not in known]
    if left and watch_job(_JOB, "compare_speed"):
        return
    if shown != time_models(cards):  # the last ones were timed while the rest was drawn
        st.rerun()
    if not left:
        return

    def work(on_progress: Progress, should_stop: Callable[[], bool]) -> None:
        _time_all(left, known, on_progress, should_stop)

    st.button(
        f"Measure ms an image: {len(left):,} left",
        icon=":material/speed:",
        type="tertiary",
        key="compare_speed_start",
        on_click=start_job,
        args=(_JOB, "Timing models", work),
    )


def _time_all(
    cards: Sequence[ClassifierCard],
    known: dict[str, float | None],
    on_progress: Progress = lambda done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> None:
    for done, card in enumerate(cards):
        if should_stop():
            return
        on_progress(done, len(cards))
        network = card.files.get(SERVING_FILE, "")
        if network not in known:
            known[network] = time_network(card)


@st.cache_resource(max_entries=1, show_spinner=False)
def _known() -> dict[str, float | None]:
    """Return the hash of each timed network to its milliseconds."""
    return {}
