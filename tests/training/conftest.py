"""One tiny network, trained and published once for all tests that need one."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.training.planted import CONFIG, draw_planted


@dataclass(frozen=True)
class Published:
    """A finished run: the network, its pictures, and its place in the store."""

    trained: object
    folder: Path
    model_id: str


@pytest.fixture(scope="session")
def published(workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """A small network that finds planted patches, published in the workspace."""
    from xray_core.model_changes import publish_model
    from xray_core.training.publish import make_classifier
    from xray_core.training.train_classifier import train_classifier

    run_folder = tmp_path_factory.mktemp("run")
    pictures = draw_planted(160, seed=1)
    training, validation = pictures.take(range(120)), pictures.take(range(120, 160))
    trained = train_classifier(CONFIG, training, validation, run_folder)
    card, files = make_classifier(
        "planted",
        "Planted patches",
        trained,
        CONFIG,
        "drawn pictures",
        ["Finds squares, nothing else."],
        "lung-outline",
        run_folder,
    )
    folder = publish_model(card, files, workspace / "models")
    return Published(trained, folder, "planted")
