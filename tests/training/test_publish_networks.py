"""Networks of each kind are published, answer from their card, and point at what was planted."""

from pathlib import Path

import keras
import numpy as np
import pytest

from tests.training.planted import PATCH, draw_planted, plant_patch, two_boxes
from xray_core.architectures.catalog import get_architecture
from xray_core.diagnosis.classifier import Answer, Classifier, load_classifier
from xray_core.images.prepare import InputSpec
from xray_core.model_card import ClassifierCard
from xray_core.model_changes import publish_model
from xray_core.training.classification_data import prepare_all
from xray_core.training.config import TrainingConfig
from xray_core.training.export import answer_with_keras
from xray_core.training.networks import build_network
from xray_core.training.publish import make_classifier
from xray_core.training.train_classifier import TrainedClassifier

MASKED = InputSpec(size=64, outside_lungs="lung_mask")
SMALL = InputSpec(size=32, outside_lungs="lung_mask", colour="rgb")
POOLED = InputSpec(size=64, outside_lungs="lung_pool")


def make_config(architecture: str, spec: InputSpec, **changes: object) -> TrainingConfig:
    values = {"preset": "planted", "architecture": architecture, "input": spec, **changes}
    return TrainingConfig.model_validate(values)


CONFIGS = {
    "dense": make_config("dense", SMALL, options={"units": (24,)}, epochs=30, learning_rate=5e-4),
    "cnn": make_config(
        "cnn", MASKED, options={"filters": (16, 32, 32)}, epochs=10, learning_rate=2e-3
    ),
    "three": make_config("small-cnn", POOLED, task="subtypes", epochs=8, learning_rate=2e-3),
}


# One of them, pooled over the lungs, is published in the fast suite, too: see `published`.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=CONFIGS)
def classifier(request, workspace: Path, tmp_path_factory) -> Classifier:
    return publish_planted(CONFIGS[request.param], request.param, workspace, tmp_path_factory)


def publish_planted(config, name, workspace, tmp_path_factory) -> Classifier:
    """Train a network on planted patches, and publish it."""
    keras.utils.set_random_seed(0)
    training, validation = draw_planted(240, seed=1), draw_planted(60, seed=2)
    model = build_network(config)
    labels = training.labels.astype(np.float32)
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    if config.task == "subtypes":
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        labels[1::4] *= 2  # a kind at random: only pneumonia against normal can be learnt
    model.compile(keras.optimizers.Adam(config.learning_rate), loss)
    inputs = prepare_all(training, config)
    model.fit(inputs, labels[:, np.newaxis], batch_size=16, epochs=config.epochs, verbose=0)
    logits = answer_with_keras(model, prepare_all(validation, config))["logit"][:, 0]
    trained = TrainedClassifier(model, model, training, validation, logits)
    run_folder = tmp_path_factory.mktemp(name)
    (run_folder / "history.csv").write_text("epoch,loss,seconds\n0,1,1\n")
    about = (["Finds squares."], "lung-outline", run_folder)
    card, files = make_classifier(f"planted-{name}", name, trained, config, "drawn", *about)
    publish_model(card, files, workspace / "models")
    return load_classifier(f"planted-{name}")


def ask(classifier: Classifier, sick: bool, count: int = 20) -> list[tuple[Answer, tuple]]:
    rng = np.random.default_rng(3)
    drawn = [plant_patch(rng, sick) for _ in range(count)]
    return [
        (classifier.answer(picture.astype(np.float32) / 255, two_boxes()), place)
        for picture, place in drawn
    ]


def test_card_says_how_it_is_explained(classifier):
    card: ClassifierCard = classifier.card
    explained_by = get_architecture(card.architecture).explained_by
    assert card.explained_by == explained_by
    assert (card.placement is None) == (explained_by == "occlusion")
    assert card.classes == TrainingConfig.model_validate(card.training.settings).classes
    assert card.heat_full_scale > 1e-3


def test_a_planted_patch_is_found_where_it_was_planted(classifier):
    distances = []
    for answer, place in ask(classifier, sick=True):
        peak = np.unravel_index(np.argmax(answer.heatmap), answer.heatmap.shape)
        distances.append(np.abs(np.subtract(peak, place)).max())
    cells = classifier.card.placement.rows if classifier.card.placement else 14
    assert np.mean(np.array(distances) <= PATCH / 2 + 224 / cells / 2) >= 0.9


def test_it_tells_the_planted_from_the_others(classifier):
    threshold = classifier.card.calibration.threshold
    sick = [answer.probability >= threshold for answer, _ in ask(classifier, sick=True)]
    well = [answer.probability < threshold for answer, _ in ask(classifier, sick=False)]
    assert np.mean(sick + well) >= 0.7  # a dense network learns half of the patches by heart


def test_classes_add_up_to_the_verdict(classifier):
    for answer, _ in ask(classifier, sick=True, count=3):
        if classifier.card.id != "planted-three":
            assert answer.classes is None
            continue
        assert list(answer.classes) == ["normal", "bacterial", "viral"]
        assert sum(answer.classes.values()) == pytest.approx(1)
        assert answer.classes["normal"] == pytest.approx(1 - answer.probability)
