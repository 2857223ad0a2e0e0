"""Copy trained models from the workspace to models/, which comes with the project.

    python -m tools.ship_models a3-dense-third whole-image --networks whole-image

What is shipped of each: card, history, answers on the test pictures; the network itself only of
those that are named, since all of them together would take hundreds of megabytes.
"""

from pathlib import Path
from typing import Annotated

import typer

from xray_core.model_card import ClassifierCard
from xray_core.model_changes import publish_model
from xray_core.model_store import SERVING_FILE, read_classifier_card, read_model_file
from xray_core.paths import SHIPPED_MODELS

_WEIGHTS_FILE = "weights.npz"  # needed only to train on from a model


def ship_model(card: ClassifierCard, with_network: bool, models_folder: Path) -> Path:
    """Copy a model without its weights, and without its network unless asked; return its folder.

    Raises:
        IncompatibleModelError: one of its files is missing or was altered.
    """
    left_out = {_WEIGHTS_FILE} if with_network else {_WEIGHTS_FILE, SERVING_FILE}
    files = {name: read_model_file(card, name) for name in card.files if name not in left_out}
    return publish_model(card, files, models_folder)


def main(
    ids: Annotated[list[str], typer.Argument(help="Models of the workspace.")],
    networks: Annotated[
        list[str] | None, typer.Option(help="Ship the network of this one.")
    ] = None,
) -> None:
    """Copy models to models/."""
    for model_id in ids:
        card = read_classifier_card(model_id)
        folder = ship_model(card, model_id in (networks or ()), SHIPPED_MODELS)
        size = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
        typer.echo(f"{folder}: {size:.2f} MB")


if __name__ == "__main__":
    typer.run(main)
