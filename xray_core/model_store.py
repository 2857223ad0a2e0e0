"""Trained models on disk: list, read, verify, publish."""

import hashlib
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from xray_core.errors import IncompatibleModelError, UnknownNameError
from xray_core.model_card import AnyCard, ClassifierCard, LungCard, Measurement
from xray_core.paths import SHIPPED_MODELS, workspace

DEFAULT_CLASSIFIER = "lungs-only"
DEFAULT_LUNGS = "lung-outline"
CARD_FILE = "card.json"
SERVING_FILE = "serving.tflite"

_card = TypeAdapter[LungCard | ClassifierCard](AnyCard)


def list_models() -> list[LungCard | ClassifierCard]:
    """Return the card of every shipped model, then of every model in the workspace."""
    return [_read_card(folder) for folder in _model_folders().values()]


def read_card(model_id: str) -> LungCard | ClassifierCard:
    """Return the card of one model.

    Raises:
        UnknownNameError: no model has this id.
        IncompatibleModelError: its card is missing or broken.
    """
    return _read_card(_folder_of(model_id))


def read_classifier_card(model_id: str) -> ClassifierCard:
    """Return the card of a model that classifies.

    Raises:
        IncompatibleModelError: the model does something else, or its card is broken.
    """
    card = read_card(model_id)
    if not isinstance(card, ClassifierCard):
        raise IncompatibleModelError(
            f"Expected a model that classifies, got {model_id!r}, which is there to {card.task}. "
            f"Choose another with `python -m xray_core models`."
        )
    return card


def read_model_file(card: LungCard | ClassifierCard, name: str) -> bytes:
    """Return a model's file after checking it against the card's hash.

    Raises:
        IncompatibleModelError: the file is missing, altered or not on the card.
    """
    path = _folder_of(card.id) / name
    if name not in card.files:
        raise IncompatibleModelError(
            f"Expected {name} among the files of model {card.id!r}; its card lists "
            f"{', '.join(card.files) or 'none'}. Train or download the model again."
        )
    if not path.is_file():
        raise IncompatibleModelError(
            f"Expected the file {path}, found none. Download or train the model again."
        )
    data = path.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != card.files[name]:
        raise IncompatibleModelError(
            f"The file {path} was altered: expected SHA-256 {card.files[name][:12]}…, found "
            f"{found[:12]}…. Download or train the model again."
        )
    return data


def publish_model(
    card: LungCard | ClassifierCard, files: Mapping[str, bytes], models_folder: Path
) -> Path:
    """Write a model's folder whole or not at all, replacing one of the same id; return it.

    Args:
        card: its `files` are filled in here from the contents.
        files: file name to contents.
        models_folder: the folder of all models, such as ``models``.
    """
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}
    complete = card.model_copy(update={"files": hashes})
    models_folder.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=".publishing-", dir=models_folder))
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
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return target


def record_measurement(
    card: LungCard | ClassifierCard, name: str, measurement: Measurement, predictions_csv: str = ""
) -> None:
    """Add a data set's figures to a model's card, and the answers behind them to its folder."""
    folder = _folder_of(card.id)
    card = _read_card(folder)
    files = dict(card.files)
    if predictions_csv:
        data = predictions_csv.encode()
        file_name = f"predictions_{re.sub(r'[^a-z0-9]+', '_', name.lower())}.csv"
        (folder / file_name).write_bytes(data)
        files[file_name] = hashlib.sha256(data).hexdigest()
    measurements = {**card.measurements, name: measurement}
    write_card(card.model_copy(update={"measurements": measurements, "files": files}), folder)


def write_card(card: LungCard | ClassifierCard, folder: Path) -> None:
    """Write ``card.json``; the old one stays until the new one is complete."""
    draft = folder / f".{CARD_FILE}"
    draft.write_text(card.model_dump_json(indent=2) + "\n")
    draft.rename(folder / CARD_FILE)


def _model_folders() -> dict[str, Path]:
    roots = (workspace() / "models", SHIPPED_MODELS)  # a shipped model cannot be shadowed
    found = {
        path.parent.name: path.parent for root in roots for path in root.glob(f"*/{CARD_FILE}")
    }
    return dict(sorted(found.items(), key=lambda item: (item[1].parent != SHIPPED_MODELS, item[0])))


def _folder_of(model_id: str) -> Path:
    folders = _model_folders()
    if model_id not in folders:
        raise UnknownNameError("model", model_id, folders)
    return folders[model_id]


def _read_card(folder: Path) -> LungCard | ClassifierCard:
    try:
        return _card.validate_json((folder / CARD_FILE).read_bytes())
    except (OSError, ValidationError) as error:
        raise IncompatibleModelError(
            f"The card {folder / CARD_FILE} cannot be read: {error}. "
            f"Download or train the model again."
        ) from error
