"""Trained models on disk: list, read, verify; see `model_changes` for what changes them."""

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from xray_core.errors import IncompatibleModelError, UnknownNameError
from xray_core.model_card import AnyCard, ClassifierCard, LungCard
from xray_core.paths import SHIPPED_MODELS, workspace

DEFAULT_CLASSIFIER = "lungs-only"
DEFAULT_LUNGS = "lung-outline"
CARD_FILE = "card.json"
SERVING_FILE = "serving.tflite"
WEIGHTS_FILE = "weights.npz"

_card = TypeAdapter[LungCard | ClassifierCard](AnyCard)


@dataclass(frozen=True)
class BrokenModel:
    """A model's folder without a card that can be read."""

    id: str
    reason: str


def list_models() -> list[LungCard | ClassifierCard]:
    """Return the card of every shipped model, then of every model in the workspace.

    One whose card is broken is left out; see `list_broken_models`.
    """
    cards = []
    for folder in _model_folders().values():
        with suppress(IncompatibleModelError):
            cards.append(_read_card(folder))
    return cards


def list_broken_models() -> list[BrokenModel]:
    """Return the folders of models whose card is missing or cannot be read, with the reason."""
    broken = []
    for model_id, folder in _model_folders().items():
        try:
            _read_card(folder)
        except IncompatibleModelError as error:
            broken.append(BrokenModel(model_id, str(error)))
    return broken


def is_shipped(model_id: str) -> bool:
    """Return whether a model came with the project; such a one is never changed or deleted."""
    return (SHIPPED_MODELS / model_id / CARD_FILE).exists()


def list_classifiers() -> list[ClassifierCard]:
    """Return the card of every model that classifies; one whose card is broken is left out."""
    return [card for card in list_models() if isinstance(card, ClassifierCard)]


def read_card(model_id: str) -> LungCard | ClassifierCard:
    """Return the card of one model.

    Raises:
        UnknownNameError: no model has this id.
        IncompatibleModelError: its card is missing or broken.
    """
    return _read_card(folder_of(model_id))


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
    path = folder_of(card.id) / name
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


def has_network(card: ClassifierCard) -> bool:
    """Return whether a model can answer; of large models only the figures are shipped."""
    return SERVING_FILE in card.files


def has_weights(card: ClassifierCard) -> bool:
    """Return whether Keras can open a model; some are shipped only as they are served."""
    return WEIGHTS_FILE in card.files


def tell_how_to_recreate(card: ClassifierCard) -> str:
    """Return how a model whose network is not here is made anew, in sentences.

    >>> tell_how_to_recreate(read_classifier_card("lungs-only"))
    'Its network is not shipped. Train it anew: `python -m xray_core train --preset lungs-only`.'
    >>> "--preset d9-inception --set initial_weights=random" in tell_how_to_recreate(
    ...     read_classifier_card("d9-inception")
    ... )
    True
    """
    settings, options = card.training.settings, card.training.settings.get("options")
    # Presets of published networks, which alone can be frozen, begin with ImageNet's weights.
    can_be_frozen = isinstance(options, dict) and "frozen" in options
    at_random = can_be_frozen and settings.get("initial_weights") == "random"
    start = " --set initial_weights=random" if at_random else ""
    return (
        f"Its network is not shipped. Train it anew: "
        f"`python -m xray_core train --preset {card.training.preset}{start}`."
    )


def predictions_file(name: str) -> str:
    """Return the name of the file that holds a model's answers on a data set.

    >>> predictions_file("official test")
    'predictions_official_test.csv'
    """
    return f"predictions_{re.sub(r'[^a-z0-9]+', '_', name.lower())}.csv"


def _model_folders() -> dict[str, Path]:
    roots = (workspace() / "models", SHIPPED_MODELS)  # a shipped model cannot be shadowed
    found = {
        path.name: path
        for root in roots
        for path in root.glob("[!.]*")  # those with a dot are on their way here, or away
        if path.is_dir()
    }
    return dict(sorted(found.items(), key=lambda item: (item[1].parent != SHIPPED_MODELS, item[0])))


def folder_of(model_id: str) -> Path:
    """Return where a model lies.

    Raises:
        UnknownNameError: no model has this id.
    """
    folders = _model_folders()
    if model_id not in folders:
        raise UnknownNameError("model", model_id, folders)
    return folders[model_id]


def has_model(model_id: str) -> bool:
    """Return whether a model of this id lies here, readable or not."""
    return model_id in _model_folders()


def _read_card(folder: Path) -> LungCard | ClassifierCard:
    path, advice = folder / CARD_FILE, "Download or train the model again."
    if not path.exists():
        raise IncompatibleModelError(f"Expected the card {path}, found none. {advice}")
    try:
        card = _card.validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise IncompatibleModelError(
            f"The card {path} cannot be read: {error}. {advice}"
        ) from error
    if card.id != folder.name:
        raise IncompatibleModelError(
            f"Expected the card of {folder.name!r} in {path}, found that of {card.id!r}. Name the "
            f"folder {card.id!r}."
        )
    return card
