"""The recording of one real training of the lesson, for when there is no time to train."""

from datetime import date
from pathlib import Path

import pandas as pd
from pydantic import BaseModel, ConfigDict

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


def read_recording() -> LessonRecording:
    """Return the recording; `python -m tools.record_lesson` makes it anew."""
    return LessonRecording.model_validate_json(_FILE.read_text(encoding="utf-8"))


def write_recording(recording: LessonRecording) -> None:
    """Keep a recording in place of the last one."""
    _FILE.write_text(recording.model_dump_json(indent=2) + "\n", encoding="utf-8")
