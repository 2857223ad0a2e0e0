"""The recording of one real training of the lesson, for when there is no time to train."""

from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
from pydantic import BaseModel, ConfigDict

from xray_core.model_store import read_classifier_card
from xray_core.training.jobs.run_folder import Run

_FILE = Path(__file__).parent / "lesson.json"


class LessonRecording(BaseModel):
    """One run of the lesson on the drawn X-rays, as it went.

    Attributes:
        recorded: the day.
        seconds: from the first picture read to the published model.
        training_images, validation_images: how many.
        epochs: of the run.
        test_right, test_images: on drawn pictures that it never saw.
        history: one row for each epoch, from the run's ``history.csv``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    recorded: date
    seconds: float
    training_images: int
    validation_images: int
    epochs: int
    test_right: int
    test_images: int
    history: tuple[dict[str, float], ...]

    @property
    def table(self) -> pd.DataFrame:
        """The history as a run's own is read."""
        return pd.DataFrame(list(self.history))


def record_run(run: Run) -> LessonRecording:
    """Return how a finished run of the lesson went.

    Raises:
        UnknownNameError: its model was deleted.
    """
    card = read_classifier_card(run.id)
    judged = next(iter(card.measurements.values()))  # by the run itself; others come after it
    ended = run.state.ended or 0
    return LessonRecording(
        recorded=datetime.fromtimestamp(ended, UTC).date(),
        seconds=round(ended - (run.state.started or 0), 1),
        training_images=card.training.training_images,
        validation_images=card.training.validation_images,
        epochs=run.config.epochs,
        test_right=judged.confusion["tp"] + judged.confusion["tn"],
        test_images=judged.n,
        history=tuple(run.read_history().to_dict("records")),
    )


def read_recording() -> LessonRecording:
    """Return the recording; `python -m tools.record_lesson` makes it anew."""
    return LessonRecording.model_validate_json(_FILE.read_text(encoding="utf-8"))


def write_recording(recording: LessonRecording) -> None:
    """Keep a recording in place of the last one."""
    _FILE.write_text(recording.model_dump_json(indent=2) + "\n", encoding="utf-8")
