"""From checked settings to queued runs."""

import secrets
from collections.abc import Iterator, Sequence

from xray_core.architectures.catalog import get_architecture
from xray_core.architectures.imagenet_files import require_imagenet
from xray_core.datasets.catalog import Dataset
from xray_core.datasets.index import DatasetIndex
from xray_core.datasets.resplit import load_split
from xray_core.errors import DatasetError, InvalidConfigError, PneumoscopeError
from xray_core.model_card import ClassifierCard
from xray_core.model_store import WEIGHTS_FILE, read_classifier_card, read_model_file
from xray_core.training.config import TrainingConfig, change_config
from xray_core.training.divide_images import divide_dataset
from xray_core.training.jobs.queue import enqueue_run
from xray_core.training.jobs.ray_cluster import ray_address
from xray_core.training.jobs.run_folder import Run, create_run, delete_run

WantedRun = tuple[TrainingConfig, str, str | None]  # settings, title, id


def submit_runs(
    config: TrainingConfig, dataset: Dataset, title: str, run_id: str | None = None
) -> list[Run]:
    """Queue a run, or one for each fold of a cross-validation, and return them.

    Whole patients are held back as the data page's kept split says, where there is one.

    Args:
        config: the settings.
        dataset: what to train on.
        title: name on screen.
        run_id: name of the run's folder and model, instead of one made from the title.

    Raises:
        DatasetError: the data set is not there, was not indexed, or lacks such pictures.
        InvalidConfigError: the ImageNet weights cannot be had, or the pictures be divided so.
        PneumoscopeError: the name is taken, or the disk is full.
    """
    require_weights([config])
    config = settle_division(config, dataset)
    if config.folds == 1:
        wanted, group = [(config, title, run_id)], ""
    else:
        wanted, group = list(_list_folds(config, title, run_id)), secrets.token_hex(4)
    return queue_runs(wanted, dataset, group)


def queue_runs(
    wanted: Sequence[WantedRun], dataset: Dataset, group: str, asha_epochs: int = 0
) -> list[Run]:
    """Queue several runs on a data set, or none where one of them is refused; return them.

    Args:
        wanted: settings, title and, where one is wished for, id of each.
        dataset: what to train on.
        group: what they share; empty for a run alone.
        asha_epochs: as in `RunRequest`.

    Raises:
        PneumoscopeError: a name is taken, or the disk is full.
    """
    runs: list[Run] = []
    try:
        for config, title, run_id in wanted:
            runs.append(create_run(config, dataset.id, title, group, run_id, asha_epochs))
    except PneumoscopeError:
        for run in runs:
            delete_run(run)
        raise
    for run in runs:
        enqueue_run(run)
    return runs


def _list_folds(config: TrainingConfig, title: str, run_id: str | None) -> Iterator[WantedRun]:
    for fold in range(config.folds):
        yield (
            change_config(config, {"fold": fold}),
            f"{title}, fold {fold + 1} of {config.folds}",
            run_id and f"{run_id}-{fold + 1}",
        )


def settle_division(config: TrainingConfig, dataset: Dataset) -> TrainingConfig:
    """Return the settings as `hold_back_kept` does, once the pictures can be divided by them.

    Raises:
        DatasetError: the data set is not there, was not indexed, or lacks such pictures.
        InvalidConfigError: the pictures cannot be divided so.
    """
    index = dataset.open_index()
    config = hold_back_kept(config, index)
    divide_dataset(index, config)
    return config


def hold_back_kept(config: TrainingConfig, index: DatasetIndex) -> TrainingConfig:
    """Return the settings with the patients of the data page's kept split, where it applies."""
    kept = load_split(index)
    if kept and config.validation == "patients" and config.folds == 1:
        return change_config(config, {"validation_patients": kept.validation_patients})
    return config


def require_weights(configs: Sequence[TrainingConfig]) -> None:
    """Return if the first weights of all these runs can be had, as far as this machine can tell.

    Raises:
        InvalidConfigError: those of ImageNet are not here, and there is no internet; or a model to
            go on from has another network.
        PneumoscopeError: there is no such model, or its weights are gone.
    """
    for config in configs:
        if config.start_from is not None:
            _require_start(config, read_classifier_card(config.start_from))
    if ray_address():
        return  # other machines fetch ImageNet's
    named = {x.architecture for x in configs if x.initial_weights == "imagenet"}
    for name in sorted(named):
        if get_architecture(name).has_imagenet == "download":
            require_imagenet(name)


def _require_start(config: TrainingConfig, card: ClassifierCard) -> None:
    asked = config.architecture, len(config.classes)
    found = card.architecture, len(card.classes)
    if asked != found:
        raise InvalidConfigError(
            f"start_from: expected a model of {asked[0]} with {asked[1]} answers, but {card.id} is "
            f"{found[0]} with {found[1]}. Choose another, or set its network."
        )
    read_model_file(card, WEIGHTS_FILE)


def require_dataset(dataset: Dataset | None) -> Dataset:
    """Return a chosen data set.

    Raises:
        DatasetError: none is chosen.
    """
    if dataset is None:
        raise DatasetError(
            "Expected a chosen data set to train on. Choose one on the data page, or with "
            "`python -m xray_core data index FOLDER`."
        )
    return dataset
