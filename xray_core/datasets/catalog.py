"""The data sets that the workspace knows, and the one that is chosen."""

import hashlib
import re
import shutil
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from xray_core.datasets.index import DatasetIndex, open_index
from xray_core.datasets.layout import find_layout
from xray_core.errors import DatasetError, UnknownNameError
from xray_core.paths import workspace

_CARD_FILE = "dataset.json"
_CHOSEN_FILE = "chosen"


class Dataset(BaseModel):
    """A folder of labelled pictures that the workspace remembers.

    Attributes:
        id: name of its folder in the workspace, where its index and reports are kept.
        title: what the page calls it.
        source: where the pictures came from, in words.
        root: the folder that holds the splits, or the classes.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    title: str
    source: str
    root: Path

    @property
    def folder(self) -> Path:
        """Where its index and reports are kept."""
        return _datasets_folder() / self.id

    def open_index(self) -> DatasetIndex:
        """Return what is known of its files without opening any of them.

        Raises:
            DatasetError: the folder is gone, or it was not indexed to the end.
        """
        index, new = open_index(find_layout(self.root), self.folder)
        if len(new):
            raise DatasetError(
                f"Expected {self.title} to be indexed, but {len(new)} of its files are new or were "
                f"changed. Open it on the data page, or run `python -m xray_core data index "
                f"{self.root}`."
            )
        return index


def add_dataset(folder: Path, title: str | None = None, source: str | None = None) -> Dataset:
    """Remember a folder, and return what is now known of it; a second time changes nothing.

    Raises:
        DatasetError: the folder is missing or holds no pictures.
    """
    root = find_layout(folder).root.resolve()
    title = title or folder.resolve().name or str(root)
    digest = hashlib.sha256(str(root).encode()).hexdigest()[:8]
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40]
    dataset = Dataset(
        id=f"{slug or 'data'}-{digest}", title=title, source=source or str(root), root=root
    )
    dataset.folder.mkdir(parents=True, exist_ok=True)
    (dataset.folder / _CARD_FILE).write_text(dataset.model_dump_json(indent=2), encoding="utf-8")
    return dataset


def list_datasets() -> list[Dataset]:
    """Return every data set whose card can be read, by title."""
    cards = sorted(_datasets_folder().glob(f"*/{_CARD_FILE}"))
    known = (_read(card) for card in cards)
    return sorted((dataset for dataset in known if dataset), key=lambda dataset: dataset.title)


def read_dataset(dataset_id: str) -> Dataset:
    """Return one data set.

    Raises:
        UnknownNameError: there is none with this id.
    """
    known = {dataset.id: dataset for dataset in list_datasets()}
    if dataset_id not in known:
        raise UnknownNameError("data set", dataset_id, known)
    return known[dataset_id]


def choose_dataset(dataset_id: str) -> None:
    """Make a data set the one that every page and training use.

    Raises:
        UnknownNameError: there is none with this id.
    """
    dataset = read_dataset(dataset_id)
    (_datasets_folder() / _CHOSEN_FILE).write_text(dataset.id, encoding="utf-8")


def get_chosen_dataset() -> Dataset | None:
    """Return the data set that was chosen last; if it is gone or none was, the first, or None."""
    try:
        chosen = (_datasets_folder() / _CHOSEN_FILE).read_text(encoding="utf-8")
    except OSError:
        chosen = ""
    known = list_datasets()
    return next((dataset for dataset in known if dataset.id == chosen), known[0] if known else None)


def forget_dataset(dataset_id: str) -> None:
    """Remove a data set's index and reports, and its pictures if they lie in the workspace.

    Raises:
        UnknownNameError: there is none with this id.
    """
    dataset = read_dataset(dataset_id)
    shutil.rmtree(dataset.folder)
    pictures = pictures_folder()
    if dataset.root.is_relative_to(pictures.resolve()):
        own = dataset.root.relative_to(pictures.resolve()).parts[0]
        shutil.rmtree(pictures / own, ignore_errors=True)


def pictures_folder() -> Path:
    """Return where data sets lie that the dashboard itself fetched, unpacked or drew."""
    return workspace() / "pictures"


def _datasets_folder() -> Path:
    return workspace() / "datasets"


def _read(card: Path) -> Dataset | None:
    try:
        dataset = Dataset.model_validate_json(card.read_text(encoding="utf-8"))
    except (OSError, ValidationError):
        return None
    return dataset if dataset.id == card.parent.name else None
