"""The X-rays and models of the story, read once for every visitor: none of them is an upload."""

from dataclasses import dataclass

import streamlit as st

from ui.diagnoser import get_diagnoser
from xray_core.datasets.catalog import get_chosen_dataset, read_dataset
from xray_core.datasets.index import TABLE_FILE
from xray_core.diagnosis.classifier import Classifier, load_classifier
from xray_core.diagnosis.diagnosis import Diagnosis
from xray_core.diagnosis.overlay import View, encode_view
from xray_core.errors import PneumoscopeError
from xray_core.evaluation.covered import ask_again, cover_lungs, cover_rest
from xray_core.images.decode import decode_xray
from xray_core.images.xray import XRay
from xray_core.model_card import ClassifierCard
from xray_core.model_store import (
    DEFAULT_CLASSIFIER,
    SERVING_FILE,
    list_classifiers,
    read_classifier_card,
)
from xray_core.story.album import Album, StoryPicture, draw_album, open_album

WHOLE_IMAGE = "whole-image"
NO_WHOLE_IMAGE = (
    f"The model that saw whole pictures ({WHOLE_IMAGE}) is not among the models here, so only the "
    f"one that saw lungs is shown."
)


@dataclass(frozen=True)
class Case:
    """One X-ray of the story and what a model says of it."""

    xray: XRay
    diagnosis: Diagnosis
    view: View


def read_cards() -> tuple[ClassifierCard, ClassifierCard | None]:
    """Return the card of the default model, and that of the whole-image model if it is here.

    Raises:
        IncompatibleModelError: the default model's card is broken.
    """
    whole = [card for card in list_classifiers() if card.id == WHOLE_IMAGE]
    return read_classifier_card(DEFAULT_CLASSIFIER), whole[0] if whole else None


def read_album() -> Album:
    """Return the X-rays of the story: those of the chosen data set, or drawn ones."""
    card, other = read_cards()
    cards = (card.model_dump_json(), other.model_dump_json() if other else "")
    dataset = get_chosen_dataset()
    if dataset is not None:
        try:
            changed = (dataset.folder / TABLE_FILE).stat().st_mtime_ns
            album = _open(dataset.id, changed, cards)
        except (OSError, PneumoscopeError):
            album = None
        if album is not None:
            return album
    return _draw()


def diagnose(picture: StoryPicture, model_id: str = DEFAULT_CLASSIFIER) -> Case:
    """Return what a model says of an X-ray of the story.

    Raises:
        PneumoscopeError: no two lungs are found, or the model was altered.
    """
    return _diagnose(picture.data, picture.name, model_id, _stamp(model_id))


def diagnose_covered(
    picture: StoryPicture, model_id: str = DEFAULT_CLASSIFIER
) -> tuple[Case, Case]:
    """Return what a model says with all but the lungs covered, and with the lungs covered.

    Raises:
        PneumoscopeError: no two lungs are found, or the model was altered.
    """
    return _diagnose_covered(picture.data, picture.name, model_id, _stamp(model_id))


def _stamp(model_id: str) -> str:
    return read_classifier_card(model_id).files.get(SERVING_FILE, "")


@st.cache_resource(max_entries=1, show_spinner=False)
def _draw() -> Album:
    return draw_album()


@st.cache_resource(max_entries=1, show_spinner=False)
def _open(dataset_id: str, changed_ns: int, cards: tuple[str, str]) -> Album | None:
    return open_album(read_dataset(dataset_id).open_index(), *read_cards())


@st.cache_resource(max_entries=2, show_spinner=False)
def _load(model_id: str, stamp: str) -> Classifier:
    return load_classifier(model_id)


@st.cache_resource(max_entries=32, show_spinner=False)
def _diagnose(data: bytes, name: str, model_id: str, stamp: str) -> Case:
    xray = decode_xray(data, name)
    return _case(xray, get_diagnoser(model_id).diagnose(xray))


@st.cache_resource(max_entries=4, show_spinner=False)
def _diagnose_covered(data: bytes, name: str, model_id: str, stamp: str) -> tuple[Case, Case]:
    case, classifier = _diagnose(data, name, model_id, stamp), _load(model_id, stamp)
    lungs = case.diagnosis.lungs
    covered = [cover(case.xray, lungs) for cover in (cover_rest, cover_lungs)]
    first, second = (_case(xray, ask_again(classifier, case.diagnosis, xray)) for xray in covered)
    return first, second


def _case(xray: XRay, diagnosis: Diagnosis) -> Case:
    return Case(xray, diagnosis, encode_view(xray, diagnosis))
