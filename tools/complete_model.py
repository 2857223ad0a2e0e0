"""Give a model what newer ones bring along: ``python -m tools.complete_model CHEST_XRAY_FOLDER``.

Scores of its validation pictures, figures of its three answers, and, where it tells how lungs look,
prototypes of its training pictures.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.cluster import KMeans

from xray_core.comparison.predictions import list_test_sets, load_predictions
from xray_core.datasets.folder import LabelledImage, list_labelled_images
from xray_core.datasets.split import fingerprint_names, split_by_patient
from xray_core.diagnosis.conformal import (
    DEFAULT_ERROR_RATE,
    SCORES_FILE,
    read_scores,
    write_scores,
)
from xray_core.diagnosis.diagnose import Diagnoser, load_diagnoser
from xray_core.diagnosis.similar import PROTOTYPES_FILE, KnownCases, write_prototypes
from xray_core.errors import DatasetError, LungsNotFoundError
from xray_core.evaluation.predict import predict_images
from xray_core.evaluation.three_answers import measure_answers
from xray_core.images.decode import decode_xray
from xray_core.model_card import ClassifierCard
from xray_core.model_changes import add_file, record_measurement
from xray_core.model_store import read_classifier_card
from xray_core.training.config import TrainingConfig
from xray_core.training.divide_images import Division, divide_images

_VALIDATION_SHARE = 0.12
_SEEN_OF_EACH_CLASS, _PROTOTYPES_OF_EACH_CLASS = 500, 100


def main(data: Path, model_id: str | None = None) -> None:
    """Add them to a model of the store.

    Args:
        data: the Kaggle folders.
        model_id: the default model if None.

    Raises:
        DatasetError: these are not the pictures that the model was validated on.
    """
    diagnoser = load_diagnoser(model_id)
    card = diagnoser.card
    parts = divide_as_trained(list_labelled_images(data / "train"), card)
    answered = predict_images(parts[1], diagnoser).dropna(subset=["probability"])
    scores = write_scores(answered["label"].to_numpy(), answered["probability"].to_numpy())
    add_file(card, SCORES_FILE, scores)
    cutoffs = read_scores(scores).choose_cutoffs(DEFAULT_ERROR_RATE)
    print(f"{len(answered)} of {len(parts[1])} validation pictures; {cutoffs}", flush=True)
    for name in list_test_sets(card):
        table = load_predictions(card, name).table.dropna(subset=["probability"])
        figures = measure_answers(table, cutoffs).as_figures()
        known = read_classifier_card(card.id).measurements[name]
        updated = known.model_copy(update={"figures": known.figures | figures})
        record_measurement(card, name, updated)
        print(name, *(f"{key} {one.value:.4f}" for key, one in figures.items()), flush=True)
    if card.feature_count:
        add_file(card, PROTOTYPES_FILE, write_prototypes(choose_prototypes(parts[0], diagnoser)))


def divide_as_trained(images: Sequence[LabelledImage], card: ClassifierCard) -> Division:
    """Return (training, validation) as they were when a model was trained.

    Raises:
        DatasetError: these are other pictures.
    """
    config = TrainingConfig.model_validate(card.training.settings)
    ways = (
        divide_images(images, [], config),
        # The oldest models were divided without regard to class.
        split_by_patient(images, lambda image: image.patient, _VALIDATION_SHARE),
    )
    for training, validation in ways:
        found = fingerprint_names(str(image.path) for image in validation)
        if found == card.training.split_fingerprint:
            return training, validation
    raise DatasetError(f"Expected the validation pictures of {card.id!r}, got others.")


def choose_prototypes(images: Sequence[LabelledImage], diagnoser: Diagnoser) -> KnownCases:
    """Return training pictures that stand for the others: those nearest to the means of clusters.

    Args:
        images: of the training patients.
        diagnoser: whose features count.
    """
    rng, chosen = np.random.default_rng(0), []
    labels = np.array([image.label for image in images])
    for label in (0, 1):
        places = rng.permutation(np.flatnonzero(labels == label))[:_SEEN_OF_EACH_CLASS]
        features = _see([images[place] for place in places], diagnoser)
        clusters = KMeans(_PROTOTYPES_OF_EACH_CLASS, n_init=1, random_state=0).fit(features)
        nearest = np.unique(clusters.transform(features).argmin(axis=0))
        chosen.append(features[nearest])
    counts = [len(features) for features in chosen]
    return KnownCases(np.concatenate(chosen), np.repeat((0, 1), counts))


def _see(images: Sequence[LabelledImage], diagnoser: Diagnoser) -> np.ndarray:
    """Return the features of the pictures in which lungs are found, float32 (N, C)."""
    found = []
    for image in images:
        try:
            features = diagnoser.diagnose(decode_xray(image.path.read_bytes())).features
        except LungsNotFoundError:
            continue
        if features is not None:
            found.append(features)
    return np.stack(found)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
