"""What is compared: trained models and runs, each with its settings, curves and answers."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
from pydantic import ValidationError

from xray_core.comparison.predictions import Predictions, list_test_sets, load_predictions
from xray_core.errors import IncompatibleModelError
from xray_core.model_card import ClassifierCard
from xray_core.model_store import is_shipped, read_model_file
from xray_core.training.config import TrainingConfig
from xray_core.training.jobs.run_folder import HISTORY_FILE, Run, parse_history


@dataclass(frozen=True)
class Contender:
    """A model, or a run that gave none yet.

    Attributes:
        id: of the model or the run.
        title: its name on screen.
        card: None for a run without a model.
        settings: everything that decided the training.
        history: one row for each epoch; empty where none was kept.
        tests: its answers, by the name of the measurement.
        problems: what of it cannot be read, in sentences.
        own: whether it was made here, and may be renamed and deleted.
        data: tells what it was trained on: the fingerprint on a card, a run's data set.
    """

    id: str
    title: str
    card: ClassifierCard | None
    settings: Mapping[str, object]
    history: pd.DataFrame
    tests: Mapping[str, Predictions]
    problems: tuple[str, ...] = ()
    own: bool = True
    data: str = ""

    @property
    def threshold(self) -> float:
        """The probability from which it calls pneumonia; one half where none was chosen."""
        return self.card.calibration.threshold if self.card else 0.5


def load_model(card: ClassifierCard) -> Contender:
    """Return a model with everything that can be read of it, and what cannot in words."""
    problems: list[str] = []
    history = pd.DataFrame()
    if HISTORY_FILE in card.files:
        try:
            history = parse_history(read_model_file(card, HISTORY_FILE))
        except (IncompatibleModelError, ValueError) as error:  # pandas' errors are ValueErrors
            problems.append(str(error))
    tests = {}
    for name in list_test_sets(card):
        try:
            tests[name] = load_predictions(card, name)
        except IncompatibleModelError as error:
            problems.append(str(error))
    return Contender(
        card.id,
        card.title,
        card,
        complete_settings(card.training.settings),
        history,
        tests,
        tuple(problems),
        own=not is_shipped(card.id),
        data=card.training.data_fingerprint,
    )


def load_run(run: Run) -> Contender:
    """Return a run that has no model: its curves and its settings."""
    title = f"{run.request.title} ({run.state.status})"
    settings = run.config.model_dump(mode="json")
    data = run.request.dataset_id
    return Contender(run.id, title, None, settings, run.read_history(), {}, data=data)


def complete_settings(settings: Mapping[str, object]) -> Mapping[str, object]:
    """Return settings with today's defaults where an older run wrote nothing down."""
    try:
        return TrainingConfig.model_validate(settings).model_dump(mode="json")
    except ValidationError:
        return settings


def name_uniquely(contenders: list[Contender]) -> dict[str, str]:
    """Return a name for each id: the title, with the id where two share it."""
    titles = [contender.title for contender in contenders]
    return {
        contender.id: contender.title
        if titles.count(contender.title) == 1
        else f"{contender.title} ({contender.id})"
        for contender in contenders
    }
