"""How long whole runs of a page take, from a click to the last element sent."""

import time
from collections.abc import Callable, Mapping
from itertools import cycle
from statistics import median

from streamlit.testing.v1 import AppTest

from xray_core.paths import ROOT

_RUNS = 6
_MOST_SECONDS = 600


def open_app() -> AppTest:
    """Return the dashboard, on its first page."""
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=_MOST_SECONDS)


def report_runs(title: str, app: AppTest, jobs: Mapping[str, Callable[[], object]]) -> None:
    """Print the median seconds of each interaction with an app, and those of its first time."""
    print(f"{f'{title}: median, and the first time':52}")
    for label, job in jobs.items():
        seconds = [_time_to_the_end(app, job) for _ in range(_RUNS)]
        print(f"{label:52} {median(seconds):8.3f} {seconds[0]:8.3f}  s", flush=True)


def turn(app: AppTest, kind: str, key: str, *values: object) -> Callable[[], AppTest]:
    """Return a function that gives a widget its next value and runs the page."""
    coming = cycle(values)
    return lambda: getattr(app, kind)(key=key).set_value(next(coming)).run()


def _time_to_the_end(app: AppTest, job: Callable[[], object]) -> float:
    """Return the seconds until the page is there and no work for it is under way."""
    start = time.perf_counter()
    job()
    while any(button.label == "Cancel" for button in app.button):
        time.sleep(0.05)
        app.run()
    if app.exception:
        raise RuntimeError(app.exception[0].message)
    return time.perf_counter() - start
