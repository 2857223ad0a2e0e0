"""Train the lesson on the drawn X-rays and keep how it went: `python -m tools.record_lesson`."""

import os
import sys
import tempfile
import time
from datetime import date

from xray_core.model_store import read_classifier_card
from xray_core.story.lesson import start_lesson
from xray_core.story.recording import LessonRecording, write_recording
from xray_core.training.jobs.run_folder import Run, read_run

_LOOK_SECONDS = 2


def record_lesson() -> LessonRecording:
    """Return the recording of a run that has just been made by the project's own launcher."""
    run = start_lesson(lambda done, total: None, lambda: False)
    while run.state.status in ("queued", "running"):
        time.sleep(_LOOK_SECONDS)
        run = read_run(run.id)
    if run.state.status != "finished":
        sys.exit(f"The lesson did not end well: {run.state.message}\n{run.read_log()}")
    return _describe(run)


def _describe(run: Run) -> LessonRecording:
    card = read_classifier_card(run.id)
    (judged,) = card.measurements.values()
    return LessonRecording(
        recorded=date.today(),
        seconds=round((run.state.ended or 0) - (run.state.started or 0), 1),
        training_images=card.training.training_images,
        validation_images=card.training.validation_images,
        epochs=run.config.epochs,
        test_right=judged.confusion["tp"] + judged.confusion["tn"],
        test_images=judged.n,
        history=tuple(run.read_history().to_dict("records")),
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as workspace:
        os.environ["PNEUMOSCOPE_WORKSPACE"] = workspace
        recording = record_lesson()
    write_recording(recording)
    print(f"{recording.epochs} epochs in {recording.seconds:.0f} s, kept.")
