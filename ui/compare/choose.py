"""Which models are compared, on which test pictures."""

import streamlit as st

from ui.compare.read import Candidate, list_candidates, read_contender
from xray_core.comparison.field import Field
from xray_core.comparison.first_choice import choose_first
from xray_core.comparison.scores import list_test_pictures
from xray_core.comparison.style import assign_places, make_styles
from xray_core.model_store import list_broken_models, list_classifiers
from xray_core.training.jobs.run_folder import list_broken_runs

_CHOSEN = "compare_models"
_PLACES = "compare_places"
_WRITTEN = "compare_models_written"  # into the address, by this page; anything else is a link
_PARAMETER = "models"


def choose_field() -> Field | None:
    """Show the choice of models and of test pictures; return what was chosen, or None."""
    candidates = {candidate.id: candidate for candidate in list_candidates()}
    ids = _choose_models(candidates)
    _show_broken()
    if not candidates:
        st.info("There is no model to compare yet. Train one on the Train page.")
        return None
    if not ids:
        st.info("Choose at least one model.")
        return None
    contenders = [read_contender(candidates[model_id]) for model_id in ids]
    for contender in contenders:
        for problem in contender.problems:
            st.warning(f"{contender.title}: {problem}", icon=":material/warning:")
    places = assign_places(ids, st.session_state.get(_PLACES, {}))
    st.session_state[_PLACES] = places
    pictures = list_test_pictures(contenders)
    return Field(contenders, _choose_pictures(pictures), make_styles(places))


def _choose_models(candidates: dict[str, Candidate]) -> list[str]:
    """Show the choice of models, which the address of the page keeps."""
    asked = st.query_params.get(_PARAMETER, "")
    is_link = bool(asked) and asked != st.session_state.get(_WRITTEN)
    if is_link or _CHOSEN not in st.session_state:
        known = [model_id for model_id in asked.split(",") if model_id in candidates]
        kept = st.session_state.get(_CHOSEN) or choose_first(list_classifiers()) or list(candidates)
        st.session_state[_CHOSEN] = known or kept
    # One that was deleted meanwhile would be an error.
    kept = [model_id for model_id in st.session_state[_CHOSEN] if model_id in candidates]
    st.session_state[_CHOSEN] = kept
    titles = [candidate.title for candidate in candidates.values()]

    def name(model_id: str) -> str:
        title = candidates[model_id].title
        return title if titles.count(title) == 1 else f"{title} ({model_id})"

    ids = st.multiselect(
        "Models",
        list(candidates),
        format_func=name,
        key=_CHOSEN,
        help="Shipped models, those that you trained, and runs that have curves but no model.",
        persist_state="session",
    )
    st.query_params[_PARAMETER] = st.session_state[_WRITTEN] = ",".join(ids)
    return ids


def _choose_pictures(pictures: dict[str, str]) -> str:
    """Show the choice of test pictures where there is one; return their fingerprint, or empty."""
    if len(pictures) < 2:
        return next(iter(pictures), "")
    names = {}
    for fingerprint, name in pictures.items():
        names[f"{name} {fingerprint[:6]}" if name in names else name] = fingerprint
    chosen = st.selectbox(
        "Judged on",
        list(names),
        key="compare_pictures",
        width=420,
        bind="query-params",
        help="Models are compared picture by picture only where all of them judged the same ones.",
    )
    return names[chosen]


def _show_broken() -> None:
    """List what should be a model or a run and cannot be read, with the reason."""
    reasons = {broken.id: broken.reason for broken in list_broken_models()}
    reasons |= {broken.folder.name: f"{broken.reason}." for broken in list_broken_runs()}
    if not reasons:
        return
    with st.expander(f"Folders that cannot be read: {len(reasons)}", icon=":material/folder_off:"):
        for folder, reason in reasons.items():
            st.markdown(f"`{folder}`")
            st.text(reason)
