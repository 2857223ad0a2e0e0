"""Which data sets are remembered, and which is chosen."""

import pytest

from tests.datasets.drawn_folders import write_classes
from xray_core.datasets import catalog
from xray_core.datasets.index import index_layout
from xray_core.datasets.layout import find_layout
from xray_core.errors import DatasetError, UnknownNameError

pytestmark = pytest.mark.usefixtures("empty_workspace")


@pytest.fixture
def data(tmp_path):
    return write_classes(tmp_path / "My data", patients=1)


def test_a_data_set_is_remembered_once_however_it_is_named(data):
    first = catalog.add_dataset(data)
    assert catalog.add_dataset(data / ".." / "My data") == first
    assert catalog.list_datasets() == [first]
    assert first.title == "My data"
    assert catalog.read_dataset(first.id) == first


def test_the_chosen_one_stays_chosen_until_it_is_forgotten(data):
    assert catalog.get_chosen_dataset() is None
    dataset = catalog.add_dataset(data)
    catalog.choose_dataset(dataset.id)
    assert catalog.get_chosen_dataset() == dataset
    catalog.forget_dataset(dataset.id)
    assert catalog.get_chosen_dataset() is None
    assert list(data.rglob("*.png"))  # the user's own pictures stay


def test_a_set_that_a_command_read_is_found_without_choosing_it(data, tmp_path):
    known = catalog.add_dataset(data)
    assert catalog.get_chosen_dataset() == known
    other = catalog.add_dataset(write_classes(tmp_path / "Your data"))
    catalog.choose_dataset(other.id)
    assert catalog.get_chosen_dataset() == other
    catalog.forget_dataset(other.id)
    assert catalog.get_chosen_dataset() == known


def test_pictures_that_the_dashboard_made_are_forgotten_with_it():
    folder = write_classes(catalog.pictures_folder() / "drawn", patients=1)
    catalog.forget_dataset(catalog.add_dataset(folder).id)
    assert not folder.exists()


def test_an_unknown_one_is_refused_with_the_known(data):
    known = catalog.add_dataset(data).id
    for act in (catalog.read_dataset, catalog.choose_dataset, catalog.forget_dataset):
        with pytest.raises(UnknownNameError, match=known):
            act("other")


def test_a_broken_card_hides_no_other(data):
    dataset = catalog.add_dataset(data)
    for name, text in (("a", "{"), ("b", "{}"), ("c", dataset.model_dump_json())):
        (dataset.folder.parent / name).mkdir()
        (dataset.folder.parent / name / "dataset.json").write_text(text)
    assert catalog.list_datasets() == [dataset]


def test_an_index_is_opened_only_when_it_is_whole(data):
    dataset = catalog.add_dataset(data)
    with pytest.raises(DatasetError, match="indexed"):
        dataset.open_index()
    index_layout(find_layout(data), dataset.folder, workers=1)
    assert len(dataset.open_index().table) == 4
