"""Work that takes longer than a page may: in the background, with progress and a cancel."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from ui.error_box import show_error
from xray_core.errors import PneumoscopeError, StoppedError

Progress = Callable[[int, int], None]
Work = Callable[[Progress, Callable[[], bool]], Any]


@dataclass
class Job:
    """One piece of work, done by a thread of its own; reloading the page does not end it.

    Attributes:
        label: what it does, for people.
        done, total: how far it is.
        error: what ended it, for people.
        result: what it returned.
    """

    label: str
    work: Work
    done: int = 0
    total: int = 0
    error: PneumoscopeError | None = None
    result: Any = None
    started: float = field(default_factory=time.monotonic)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    @property
    def stopped(self) -> bool:
        """Whether somebody asked it to stop."""
        return self._stop.is_set()

    @property
    def seconds_left(self) -> float | None:
        """An estimate from the pace so far; None while there is none."""
        spent = time.monotonic() - self.started
        if self.done < 1 or spent < 1:
            return None
        return spent / self.done * (self.total - self.done)

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name=self.label, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ask it to end at the next convenient moment."""
        self._stop.set()

    def _report(self, done: int, total: int) -> None:
        self.done, self.total = done, total

    def _run(self) -> None:
        try:
            self.result = self.work(self._report, self._stop.is_set)
        except StoppedError:
            pass
        except PneumoscopeError as error:
            self.error = error
        except OSError as error:
            self.error = PneumoscopeError(
                f"{self.label} ended early. Expected files that can be read and written, got: "
                f"{error.strerror or error}. Make room, or check that nothing was moved, and start "
                f"it again."
            )
        except BaseException:
            self.error = PneumoscopeError(
                f"{self.label} ended unexpectedly; the console of the app says why. Start it again."
            )
            raise  # to the console: a thread has no page


@st.cache_resource(max_entries=1, show_spinner=False)
def _jobs() -> dict[str, Job]:
    return {}


def start_job(key: str, label: str, work: Work) -> None:
    """Start the job of this key, unless it is under way."""
    job = get_job(key)
    if job is None or not job.running:
        job = _jobs()[key] = Job(label, work)
        job.start()


def get_job(key: str) -> Job | None:
    """Return the job of this key, under way or ended, until it is forgotten."""
    return _jobs().get(key)


def forget_job(key: str) -> None:
    """Drop an ended job and its result."""
    _jobs().pop(key, None)


def show_job(job: Job, key: str) -> None:
    """Show a bar with an estimate and a cancel; the page is run again when the job ends."""

    @st.fragment(run_every=0.5)
    def watch() -> None:
        if not job.running:
            st.rerun()
        share = job.done / job.total if job.total else 0.0
        count = f"{job.done:,} of {job.total:,}" if job.total else "starting"
        left = job.seconds_left
        estimate = "" if left is None else f", about {format_seconds(left)} left"
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.progress(min(share, 1.0), f"{job.label}: {count}{estimate}")
            st.button(
                "Stopping…" if job.stopped else "Cancel",
                key=f"{key}_cancel",
                icon=":material/close:",
                disabled=job.stopped,
                on_click=job.stop,
            )

    watch()


def watch_job(key: str, widget_key: str) -> bool:
    """Show how far the job of this key is, or what ended it; return whether it is under way.

    Args:
        key: of the job.
        widget_key: begins with the page's name.
    """
    job = get_job(key)
    if job is not None and job.running:
        show_job(job, widget_key)
        return True
    if job is not None and job.error is not None:
        show_error(job.error)
    return False


def format_seconds(seconds: float) -> str:
    """Return a duration for people.

    >>> format_seconds(4.2), format_seconds(95), format_seconds(4000)
    ('5 s', '2 min', '1 h 7 min')
    """
    if seconds < 60:
        return f"{max(1, int(seconds + 0.99))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
