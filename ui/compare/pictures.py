"""Pictures of the chosen data set, with what each model saw in them."""

from pathlib import Path

import pandas as pd
import streamlit as st

from ui.diagnoser import get_diagnoser
from ui.error_box import show_error
from ui.explore.strip import MOST_PICTURES, show_strip
from xray_core.comparison.field import Field
from xray_core.comparison.find_pictures import find_paths
from xray_core.comparison.predictions import OFFICIAL_TEST
from xray_core.comparison.scores import name_test
from xray_core.datasets.catalog import get_chosen_dataset, read_dataset
from xray_core.datasets.index import TABLE_FILE, DatasetIndex
from xray_core.diagnosis.overlay import encode_overlay
from xray_core.diagnosis.report import format_percent
from xray_core.errors import PneumoscopeError
from xray_core.images.decode import decode_xray
from xray_core.images.xray import XRay
from xray_core.model_card import ClassifierCard
from xray_core.model_store import has_network, tell_how_to_recreate

_MOST_MODELS = 6
_COLUMNS = 3


def find_files(answer: pd.DataFrame) -> list[Path]:
    """Return where a picture lies in the chosen data set; several where nothing tells which it is.

    Args:
        answer: its row of `tabulate_answers`.
    """
    index = _open_chosen()
    if index is None:
        return []
    (paths,) = find_paths(index, answer).values()
    return [index.root / path for path in paths]


def show_thumbnails(answers: pd.DataFrame, field: Field) -> None:
    """Show the first twelve of some pictures, or what it takes to see them."""
    index = _open_chosen()
    if index is None:
        _tell_how_to_see("is not read yet", field)
        return
    found = list(find_paths(index, answers.head(MOST_PICTURES)).values())
    paths = [paths[0] for paths in found if len(paths) == 1]
    if paths:
        show_strip(index, pd.Series(paths))
    elif any(found):
        _tell_how_to_see("holds several of each name, and nothing tells them apart", field)
    else:
        _tell_how_to_see("does not hold them", field)


def _tell_how_to_see(lacks: str, field: Field) -> None:
    """Say which pictures are missing, and lead to where they are chosen."""
    dataset = get_chosen_dataset()
    why = "No data set is chosen."
    if dataset is not None:
        why = f"{dataset.title}, which is chosen, {lacks}."
    model_id, test = next(iter(field.tests.items()))
    wanted = name_test(field.find(model_id), test)
    if test.fingerprint == OFFICIAL_TEST:
        wanted = "the folders of Kermany et al. 2018, which that page can fetch"
    st.info(
        f"To see these pictures, and where each model looked on them, choose on the Data page the "
        f"data set that the models were judged on: {wanted}. {why}",
        icon=":material/image_not_supported:",
    )
    st.page_link("pages/explore_dataset.py", label="Choose the data set", icon=":material/dataset:")


def _open_chosen() -> DatasetIndex | None:
    """Return the index of the chosen data set; None where there is none, or it is not read."""
    dataset = get_chosen_dataset()
    if dataset is None:
        return None
    try:
        changed = (dataset.folder / TABLE_FILE).stat().st_mtime_ns
        return _open(dataset.id, changed)
    except (OSError, PneumoscopeError):
        return None


# Only read by everybody; keyed by the table's time, so that a new reading opens anew.
@st.cache_resource(max_entries=1, show_spinner=False)
def _open(dataset_id: str, changed_ns: int) -> DatasetIndex:
    return read_dataset(dataset_id).open_index()


def show_overlays(path: Path, field: Field) -> None:
    """Show a picture as it is, and once for each model with its evidence over it."""
    try:
        xray = decode_xray(path.read_bytes(), path.name)
    except (PneumoscopeError, OSError) as error:
        show_error(error if isinstance(error, PneumoscopeError) else PneumoscopeError(str(error)))
        return
    silent = [card for model_id in field.tests if (card := _find_silent(field, model_id))]
    ids = [model_id for model_id in field.tests if not _find_silent(field, model_id)]
    columns = st.columns(_COLUMNS)
    columns[0].image(xray.pixels, caption="The X-ray", alt="The X-ray", clamp=True, width="stretch")
    for place, model_id in enumerate(ids[:_MOST_MODELS], start=1):
        with columns[place % _COLUMNS]:
            _show_overlay(xray, model_id, field.names[model_id])
    if len(ids) > _MOST_MODELS:
        st.caption(f"The first {_MOST_MODELS} of {len(ids)} models.")
    for card in silent:
        st.caption(f"No overlay of {card.title}. {tell_how_to_recreate(card)}")


def _find_silent(field: Field, model_id: str) -> ClassifierCard | None:
    """Return the card of a model whose network is not here; None if it can answer."""
    card = field.find(model_id).card
    return card if card and not has_network(card) else None


def _show_overlay(xray: XRay, model_id: str, name: str) -> None:
    """Show what one model sees; nothing of it is kept, since X-rays are patient data."""
    try:
        diagnosis = get_diagnoser(model_id).diagnose(xray)
    except PneumoscopeError as error:
        show_error(error)
        return
    inside = diagnosis.evidence.in_lungs if diagnosis.evidence else None
    told = f", {format_percent(inside)} of the evidence in the lungs" if inside is not None else ""
    caption = f"{name}: {diagnosis.verdict}, {diagnosis.probability:.3f}{told}"
    st.image(encode_overlay(xray, diagnosis), caption=caption, alt=caption, width="stretch")
