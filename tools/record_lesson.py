"""Train the lesson on the drawn X-rays and keep how it went: `python -m tools.record_lesson`."""

import os
import sys
import tempfile
import time

from xray_core.story.lesson import start_lesson
from xray_core.story.recording import LessonRecording, record_run, write_recording
from xray_core.training.jobs.run_folder import read_run

_LOOK_SECONDS = 2


def record_lesson() -> LessonRecording:
    """Return the recording of a run that has just been made by the project's own launcher."""
    run = start_lesson(lambda done, total: None, lambda: False)
    while run.state.status in ("queued", "running"):
        time.sleep(_LOOK_SECONDS)
        run = read_run(run.id)
    if run.state.status != "finished":
        sys.exit(f"The lesson did not end well: {run.state.message}\n{run.read_log()}")
    return record_run(run)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as workspace:
        os.environ["PNEUMOSCOPE_WORKSPACE"] = workspace
        recording = record_lesson()
    write_recording(recording)
    print(f"{recording.epochs} epochs in {recording.seconds:.0f} s, kept.")
