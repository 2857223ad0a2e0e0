"""The known X-rays whose lungs look most like these to the model."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from ui.error_box import show_error
from ui.jobs import Progress, start_job, watch_job
from ui.markdown import escape_markdown
from xray_core.datasets.catalog import Dataset, get_chosen_dataset
from xray_core.datasets.index import DatasetIndex
from xray_core.diagnosis.diagnose import Diagnoser
from xray_core.diagnosis.diagnosis import Diagnosis
from xray_core.diagnosis.similar import (
    PROTOTYPES_FILE,
    SimilarCase,
    find_similar,
    read_prototypes,
)
from xray_core.errors import DatasetError, PneumoscopeError
from xray_core.evaluation.lung_features import (
    FeatureTable,
    measure_lung_features,
    read_lung_features,
)
from xray_core.model_card import ClassifierCard
from xray_core.model_store import SERVING_FILE, read_model_file

_LABELS = ("normal", "pneumonia")


def show_similar(diagnosis: Diagnosis, diagnoser: Diagnoser) -> None:
    """Show the five most similar training X-rays, or prototypes of them where they are not here."""
    if diagnosis.features is None:
        st.info("This model does not say what it makes of the lungs, so nothing can be compared.")
        return
    try:
        if not _show_from_dataset(diagnosis.features, diagnoser):
            _show_prototypes(diagnosis.features, diagnoser.card)
    except PneumoscopeError as error:
        show_error(error)


def _show_from_dataset(features: np.ndarray, diagnoser: Diagnoser) -> bool:
    """Show cases of the chosen data set; return whether there are any, or offer to find them."""
    dataset = get_chosen_dataset()
    if dataset is None:
        return False
    try:
        index = dataset.open_index()
    except DatasetError as error:
        st.caption(escape_markdown(f"{dataset.title} is not used here. {error}"))
        return False
    key = f"lung_features_{index.fingerprint}_{diagnoser.card.files[SERVING_FILE]}"
    if watch_job(key, "diagnose_lung_features"):
        return True
    table = _open_features(key, index, diagnoser)
    if table is None or not len(table.rows):
        _open_features.clear()  # so that a later reading is seen
        _offer_reading(key, dataset, index, diagnoser)
        return False
    cases = find_similar(features, table.known)
    rows = table.rows.iloc[[case.place for case in cases]]
    st.write(_summarise(cases, f"the training X-rays of {dataset.title}"))
    columns = st.columns(len(cases))
    told = zip(columns, cases, rows["path"], index.read_thumbnails(rows), strict=True)
    for column, case, path, thumbnail in told:
        column.image(thumbnail, caption=f"{_LABELS[case.label]} · {_like(case)} · {path}")
    return True


def _offer_reading(key: str, dataset: Dataset, index: DatasetIndex, diagnoser: Diagnoser) -> None:
    def work(on_progress: Progress, should_stop: Callable[[], bool]) -> FeatureTable:
        return measure_lung_features(index, diagnoser, on_progress, should_stop)

    st.caption(
        "The model looks at each training X-ray once and keeps what it saw. It takes minutes for "
        "thousands of pictures, and can be stopped."
    )
    st.button(
        f"Compare with the training X-rays of {dataset.title}",
        key="diagnose_read_lungs",
        on_click=start_job,
        args=(key, "Looking at the training X-rays", work),
    )


def _show_prototypes(features: np.ndarray, card: ClassifierCard) -> None:
    if PROTOTYPES_FILE not in card.files:
        st.write("This model came without prototypes. Choose a data set on the Data page.")
        return
    known = read_prototypes(read_model_file(card, PROTOTYPES_FILE))
    cases = find_similar(features, known)
    names = f"{len(known.labels)} training X-rays, chosen to stand for all of them"
    st.write(_summarise(cases, names))
    st.dataframe(
        {
            "Label": [_LABELS[case.label] for case in cases],
            "Similarity": [round(case.similarity, 2) for case in cases],
        },
        width=320,
    )
    st.caption(
        "Their pictures are not part of the project. With the public data set chosen on the Data "
        "page, the most similar of all its training X-rays are shown."
    )


def _summarise(cases: list[SimilarCase], of: str) -> str:
    sick = sum(case.label for case in cases)
    return (
        f"The {len(cases)} most similar of {of}: {sick} are labelled pneumonia. Similarity is the "
        f"cosine of what the model makes of the lungs: 1 is the same, 0 nothing in common."
    )


def _like(case: SimilarCase) -> str:
    return f"similarity {case.similarity:.2f}"


# Only read by everybody, and no visitor's picture is in it.
@st.cache_resource(max_entries=2, show_spinner="Opening the training X-rays…")
def _open_features(key: str, _index: DatasetIndex, _diagnoser: Diagnoser) -> FeatureTable | None:
    return read_lung_features(_index, _diagnoser)
