"""A whole run: read the pictures, train, choose the threshold, judge, publish."""

from collections.abc import Sequence
from pathlib import Path

from xray_core.datasets.catalog import Dataset, read_dataset
from xray_core.datasets.folder import LabelledImage, select_labelled
from xray_core.datasets.index import DatasetIndex
from xray_core.diagnosis.classifier import Classifier
from xray_core.diagnosis.conformal import DEFAULT_ERROR_RATE, SCORES_FILE, read_scores
from xray_core.diagnosis.diagnose import Diagnoser
from xray_core.evaluation.evaluate import measure
from xray_core.evaluation.predict import predict_images
from xray_core.lungs.segment import LungSegmenter
from xray_core.model_card import ClassifierCard
from xray_core.model_changes import add_hashes, publish_model
from xray_core.model_store import DEFAULT_LUNGS, SERVING_FILE, predictions_file
from xray_core.paths import workspace
from xray_core.training.classification_data import LoadedImages
from xray_core.training.config import TrainingConfig
from xray_core.training.divide_images import divide_images, list_training_images
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
_CACHE_FOLDER = "decoded"


def carry_out(run: Run, reporter: Reporter) -> Path:
    """Train and publish what a run asks for; return the model's folder.

    Raises:
        StoppedError: the run was cancelled.
        PneumoscopeError: the settings, or the data set, cannot work.
    """
    dataset = read_dataset(run.request.dataset_id)
    index = dataset.open_index()
    training, validation = load_division(dataset, index, run.config, reporter.phase("reading"))
    trained = train_classifier(run.config, training, validation, run.folder, reporter.tell_step)
    reporter.phase("exporting")
    card, files = make_classifier(
        run.id,
        run.request.title,
        trained,
        run.config,
        describe_data(dataset),
        list_limits(run.config),
        DEFAULT_LUNGS,
        run.folder,
    )
    if (index.readable["split"] == "test").any():
        judged = select_labelled(index, ("test",))
        name = f"{dataset.title}, test split"
        card, files = judge(card, files, judged, name, reporter.phase("judging"))
    reporter.phase("publishing")
    return publish_model(card, files, workspace() / "models")


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
    cutoffs = read_scores(files[SCORES_FILE]).choose_cutoffs(DEFAULT_ERROR_RATE)
    figures = measure(predictions, card.calibration.threshold, name, cutoffs)
    files = files | {predictions_file(TEST): predictions.to_csv(index=False).encode()}
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
    loaded = load_images(
        [*training, *validation], segmenter, dataset.folder / _CACHE_FOLDER, on_progress
    )
    place = {path: place for place, path in enumerate(loaded.paths)}
    return _take(loaded, training, place), _take(loaded, validation, place)


def list_limits(config: TrainingConfig) -> tuple[str, ...]:
    """Return what a model trained so cannot do, each a sentence."""
    limits = (
        "Adults, older children and other hospitals differ from what it was trained on.",
        _ANSWERS[config.task],
        "Frontal chest X-rays only.",
    )
    if began_at_random(config.preset, config.initial_weights):
        return (*limits, RANDOM_START)
    return limits


def describe_data(dataset: Dataset) -> str:
    """Return the training pictures in words, for the card."""
    return f"{dataset.title}, all but its test split"


def _take(
    loaded: LoadedImages, images: Sequence[LabelledImage], place: dict[str, int]
) -> LoadedImages:
    paths = [str(image.path) for image in images]
    return loaded.take([place[path] for path in paths if path in place])
