"""A whole run: read the pictures, train, choose the threshold, judge, publish."""

from collections.abc import Sequence

from xray_core.datasets.catalog import Dataset, read_dataset
from xray_core.datasets.folder import LabelledImage, select_labelled
from xray_core.datasets.index import DatasetIndex
from xray_core.diagnosis.classifier import Classifier
from xray_core.diagnosis.conformal import DEFAULT_ERROR_RATE, SCORES_FILE, read_scores
from xray_core.diagnosis.diagnose import Diagnoser
from xray_core.errors import DatasetError
from xray_core.evaluation.evaluate import measure
from xray_core.evaluation.predict import predict_images, write_predictions
from xray_core.lungs.segment import LungSegmenter
from xray_core.model_card import ClassifierCard
from xray_core.model_changes import add_hashes, publish_model
from xray_core.model_store import DEFAULT_LUNGS, SERVING_FILE, predictions_file
from xray_core.paths import workspace
from xray_core.training.classification_data import LoadedImages
from xray_core.training.config import TrainingConfig
from xray_core.training.divide_images import (
    check_division,
    divide_images,
    list_splits,
    list_training_images,
)
from xray_core.training.jobs.reporter import Reporter
from xray_core.training.jobs.run_folder import Run
from xray_core.training.load_images import Progress, load_images
from xray_core.training.presets.catalog import RANDOM_START, began_at_random
from xray_core.training.publish import make_classifier
from xray_core.training.train_classifier import train_classifier

_ANSWERS = {
    "pneumonia": "Knows two answers, pneumonia and normal: other diseases are called one or the "
    "other.",
    "subtypes": "Knows three answers, normal, bacterial and viral pneumonia: other diseases are "
    "called one of them.",
}
TEST = "test"
_NOT_JUDGED = (
    "Its model was not judged: no test picture gave an answer. Was the data set moved or deleted?"
)
_CACHE_FOLDER = "decoded"
_DATA_FILE = "data_fingerprint.txt"


def carry_out(run: Run, reporter: Reporter) -> str:
    """Train and publish what a run asks for; return what did not go well, in words, or nothing.

    Raises:
        StoppedError: the run was cancelled.
        PneumoscopeError: the settings, or the data set, cannot work.
    """
    dataset = read_dataset(run.request.dataset_id)
    index = dataset.open_index()
    _check_data(run, index)
    judged = _select_judged(index)
    training, validation = load_division(dataset, index, run.config, reporter.phase("reading"))
    reporter.phase("building")
    trained = train_classifier(run.config, training, validation, run.folder, reporter.tell_step)
    reporter.phase("exporting")
    card, files = make_classifier(
        run.id,
        run.request.title,
        trained,
        run.config,
        describe_data(dataset, index, run.config),
        list_limits(run.config, dataset),
        DEFAULT_LUNGS,
        run.folder,
    )
    if judged:
        name = f"{dataset.title}, test split"
        card, files = judge(card, files, judged, name, reporter.phase("judging"))
    reporter.phase("publishing")
    publish_model(card, files, workspace() / "models")
    return _NOT_JUDGED if judged and not card.measurements else ""


def _check_data(run: Run, index: DatasetIndex) -> None:
    """Note which pictures a run began with, and refuse to go on with others.

    Divided anew, some that it has learnt from would be among those that choose its threshold.
    """
    noted = run.folder / _DATA_FILE
    began = noted.exists() and not run.read_history().empty
    if not began:
        noted.write_text(index.fingerprint)
    elif noted.read_text() != index.fingerprint:
        raise DatasetError(
            "Expected the pictures that this run began with, but the data set has changed since. "
            "Start a new run."
        )


def _select_judged(index: DatasetIndex) -> list[LabelledImage]:
    """Return the test pictures; none where the split is missing, or lacks the labels of a class."""
    if not (index.readable["split"] == TEST).any():
        return []
    try:
        return select_labelled(index, (TEST,))
    except DatasetError as error:
        print(f"It will not be judged on test pictures. {error}")
        return []


def judge(
    card: ClassifierCard,
    files: dict[str, bytes],
    images: Sequence[LabelledImage],
    name: str,
    on_progress: Progress,
) -> tuple[ClassifierCard, dict[str, bytes]]:
    """Return the card with the figures on some pictures, and the files with the answers behind.

    Args:
        card: of a model that is not yet published.
        files: of the same.
        images: that it was not trained on.
        name: the pictures, in words.
        on_progress: told (done, total).
    """
    segmenter = LungSegmenter(card.lungs_model or DEFAULT_LUNGS)
    diagnoser = Diagnoser(Classifier(card, files[SERVING_FILE]), segmenter)
    predictions = predict_images(images, diagnoser, on_progress=on_progress)
    if "probability" not in predictions or predictions["probability"].isna().all():
        print(f"Not judged: no picture of {name} has an answer.")
        return card, files
    cutoffs = read_scores(files[SCORES_FILE]).choose_cutoffs(DEFAULT_ERROR_RATE)
    figures = measure(predictions, card.calibration.threshold, name, cutoffs)
    files = files | {predictions_file(TEST): write_predictions(predictions).encode()}
    card = card.model_copy(update={"measurements": {TEST: figures}})
    return add_hashes(card, files), files


def load_division(
    dataset: Dataset, index: DatasetIndex, config: TrainingConfig, on_progress: Progress
) -> tuple[LoadedImages, LoadedImages]:
    """Return the decoded (training, validation) pictures of a data set.

    Raises:
        DatasetError: its files are gone, or are no X-rays of both classes.
        InvalidConfigError: they cannot be divided as the settings ask.
    """
    train_images, val_images = list_training_images(index, config)
    training, validation = divide_images(train_images, val_images, config)
    segmenter = LungSegmenter() if config.input.needs_lungs else None
    # In the order of their names: folds and seeds that divide them otherwise find them decoded.
    images = sorted([*training, *validation], key=lambda image: image.path)
    loaded = load_images(images, segmenter, dataset.folder / _CACHE_FOLDER, on_progress)
    if loaded.left_out:
        print(f"{len(loaded.left_out)} pictures cannot be used: {'; '.join(loaded.left_out[:5])}")
    place = {path: place for place, path in enumerate(loaded.paths)}
    training, validation = (
        [image for image in part if str(image.path) in place] for part in (training, validation)
    )
    check_division((training, validation), config)
    return _take(loaded, training, place), _take(loaded, validation, place)


def list_limits(config: TrainingConfig, dataset: Dataset) -> tuple[str, ...]:
    """Return what a model trained so cannot do, each a sentence."""
    limits = (
        f"Trained on {dataset.title}: X-rays of other people, hospitals and devices differ.",
        _ANSWERS[config.task],
        "Frontal chest X-rays only.",
    )
    if began_at_random(config.preset, config.initial_weights):
        return (*limits, RANDOM_START)
    return limits


def describe_data(dataset: Dataset, index: DatasetIndex, config: TrainingConfig) -> str:
    """Return in words which pictures trained and validated, for the card."""
    known = set(index.readable["split"])
    used = [split for split in list_splits(index, config) if split and split in known]
    return f"{dataset.title}, {' and '.join(used)} split" if used else dataset.title


def _take(
    loaded: LoadedImages, images: Sequence[LabelledImage], place: dict[str, int]
) -> LoadedImages:
    return loaded.take([place[str(image.path)] for image in images])
