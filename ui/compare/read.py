"""Models and runs, read once and kept while their files stay the same."""

from dataclasses import dataclass

import streamlit as st

from xray_core.comparison.contenders import Contender, load_model, load_run
from xray_core.comparison.pairs import Pair, compare_pair
from xray_core.comparison.predictions import Predictions
from xray_core.comparison.scores import ScoreRow, score_contender
from xray_core.model_store import list_classifiers, read_classifier_card
from xray_core.training.jobs.run_folder import HISTORY_FILE, list_runs, read_run

_MOST = 100


@dataclass(frozen=True)
class Candidate:
    """What may be chosen.

    Attributes:
        id, title: of the model, or of a run that has curves but no model.
        stamp: another one means that its files changed.
        is_model: whether it is a model.
    """

    id: str
    title: str
    stamp: str
    is_model: bool


def list_candidates() -> list[Candidate]:
    """Return every model that classifies, and every run without one that has curves."""
    cards = list_classifiers()
    models = [Candidate(card.id, card.title, card.model_dump_json(), True) for card in cards]
    known = {card.id for card in cards}
    runs = []
    for run in list_runs():
        history = run.folder / HISTORY_FILE
        if run.id not in known and history.exists():
            stamp = f"{run.state.status} {history.stat().st_mtime_ns}"
            title = f"{run.request.title} ({run.state.status})"
            runs.append(Candidate(run.id, title, stamp, False))
    return models + runs


def read_contender(candidate: Candidate) -> Contender:
    """Return a model or a run with all that can be read of it.

    Raises:
        UnknownNameError: it was deleted a moment ago.
    """
    return _read(candidate.id, candidate.is_model, candidate.stamp)


# Only read by everybody; keyed by what is on the card, so that a change is read anew.
@st.cache_resource(max_entries=_MOST, show_spinner=False)
def _read(model_id: str, is_model: bool, stamp: str) -> Contender:
    if is_model:
        return load_model(read_classifier_card(model_id))
    return load_run(read_run(model_id))


def score(contender: Contender, test: Predictions | None) -> ScoreRow:
    """Return a model's scores on some answers, measured once."""
    stamp = contender.card.model_dump_json() if contender.card else contender.title
    return _score(contender.id, stamp, test.name if test else "", contender, test)


@st.cache_data(max_entries=4 * _MOST, show_spinner=False)
def _score(
    model_id: str, stamp: str, name: str, _contender: Contender, _test: Predictions | None
) -> ScoreRow:
    return score_contender(_contender, _test)


def compare(first: Contender, second: Contender, tests: dict[str, Predictions | None]) -> Pair:
    """Return how two models differ at their own thresholds, computed once."""
    pair = (first, second)
    stamps = tuple(each.card.model_dump_json() if each.card else each.title for each in pair)
    names = tuple(test.name if (test := tests[each.id]) else "" for each in pair)
    thresholds = {each.id: each.threshold for each in pair}
    return _compare(first.id, second.id, stamps, names, tests, thresholds)


@st.cache_data(max_entries=2000, show_spinner=False)
def _compare(
    first: str,
    second: str,
    stamps: tuple[str, ...],
    names: tuple[str, ...],
    _tests: dict[str, Predictions | None],
    _thresholds: dict[str, float],
) -> Pair:
    return compare_pair(first, second, _tests, _thresholds)
