"""Every change to the trained models on disk: publish, rename, delete, add to a card."""

import hashlib
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from xray_core.errors import InvalidConfigError, UnknownNameError
from xray_core.model_card import ClassifierCard, LungCard, Measurement, ModelCard
from xray_core.model_store import CARD_FILE, folder_of, is_shipped, predictions_file, read_card
from xray_core.paths import workspace

_LONGEST_TITLE = 80

AnyModelCard = TypeVar("AnyModelCard", bound=ModelCard)


def add_hashes(card: AnyModelCard, files: Mapping[str, bytes]) -> AnyModelCard:
    """Return the card with the SHA-256 of each file."""
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}
    return card.model_copy(update={"files": hashes})


def publish_model(
    card: LungCard | ClassifierCard, files: Mapping[str, bytes], models_folder: Path
) -> Path:
    """Write a model's folder whole or not at all, replacing one of the same id; return it.

    Args:
        card: its `files` are filled in here from the contents.
        files: file name to contents.
        models_folder: the folder of all models, such as ``models``.
    """
    complete = add_hashes(card, files)
    models_folder.mkdir(parents=True, exist_ok=True)
    prefix = f".publishing-{card.id}="
    left_by_killed = list(models_folder.glob(f"{prefix}*"))
    staging = Path(tempfile.mkdtemp(prefix=prefix, dir=models_folder))
    try:
        for name, data in files.items():
            (staging / name).write_bytes(data)
        write_card(complete, staging)
        staging.chmod(0o755)
        target = models_folder / card.id
        if target.exists():
            target.rename(old := staging.with_name(f"{staging.name}-old"))
            staging.rename(target)
            staging = old
        else:
            staging.rename(target)
        for folder in left_by_killed:
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return target


def delete_model(model_id: str) -> None:
    """Remove a model that was trained here.

    Raises:
        UnknownNameError: the workspace has no model of this id; shipped ones stay.
    """
    own = {
        card.parent.name: card.parent for card in (workspace() / "models").glob(f"*/{CARD_FILE}")
    }
    if model_id not in own:
        raise UnknownNameError("model trained here", model_id, own)
    shutil.rmtree(own[model_id])


def rename_model(model_id: str, title: str) -> None:
    """Give a model that was trained here another name on screen; its id stays.

    Raises:
        UnknownNameError: there is no such model.
        InvalidConfigError: it is a shipped one, or the name is empty or too long.
    """
    card = read_card(model_id)
    title = " ".join(title.split())
    if is_shipped(model_id):
        raise InvalidConfigError(
            f"Expected a model that was trained here, got {model_id!r}, which came with the "
            f"project. Shipped models keep their names."
        )
    if not 0 < len(title) <= _LONGEST_TITLE:
        raise InvalidConfigError(
            f"Expected a name of 1 to {_LONGEST_TITLE} letters, got {len(title)}. Choose another."
        )
    write_card(card.model_copy(update={"title": title}), folder_of(model_id))


def record_measurement(
    card: LungCard | ClassifierCard, name: str, measurement: Measurement, predictions_csv: str = ""
) -> None:
    """Add a data set's figures to a model's card, and the answers behind them to its folder."""
    if predictions_csv:
        add_file(card, predictions_file(name), predictions_csv.encode())
    card = read_card(card.id)
    measurements = {**card.measurements, name: measurement}
    write_card(card.model_copy(update={"measurements": measurements}), folder_of(card.id))


def add_file(card: LungCard | ClassifierCard, name: str, data: bytes) -> None:
    """Add a file to a model's folder, or replace one, and its hash to the card."""
    card, folder = read_card(card.id), folder_of(card.id)
    (folder / name).write_bytes(data)
    files = {**card.files, name: hashlib.sha256(data).hexdigest()}
    write_card(card.model_copy(update={"files": files}), folder)


def write_card(card: LungCard | ClassifierCard, folder: Path) -> None:
    """Write ``card.json``; the old one stays until the new one is complete."""
    draft = folder / f".{CARD_FILE}"
    draft.write_text(card.model_dump_json(indent=2) + "\n")
    draft.rename(folder / CARD_FILE)
