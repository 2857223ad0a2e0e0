"""The lesson of the story, trained for real: a small network on the drawn X-rays."""

from collections.abc import Callable

from xray_core.datasets.index import Progress, index_layout
from xray_core.datasets.layout import find_layout
from xray_core.datasets.sources import draw_dataset
from xray_core.errors import StoppedError
from xray_core.training.jobs.run_folder import Run, list_runs
from xray_core.training.jobs.submit import submit_runs
from xray_core.training.presets.catalog import get_preset

_TITLE = "Lesson of the story"


def find_running_lesson() -> Run | None:
    """Return the lesson that waits or works, whoever started it; else None."""
    return next((run for run in list_runs() if run.is_active and run.request.title == _TITLE), None)


def start_lesson(on_progress: Progress, should_stop: Callable[[], bool]) -> Run:
    """Draw the X-rays where that was not done yet, queue the lesson on them, and return its run.

    Args:
        on_progress: told (done, total) pictures drawn, then read.
        should_stop: asked after each picture.

    Raises:
        StoppedError: it was told to stop.
        PneumoscopeError: the disk is full.
    """
    dataset = draw_dataset(None, on_progress, should_stop)
    index_layout(find_layout(dataset.root), dataset.folder, on_progress, should_stop)
    if should_stop():
        raise StoppedError("The preparation was stopped. Start it again any time.")
    return submit_runs(get_preset("lesson").config, dataset, _TITLE)[0]
