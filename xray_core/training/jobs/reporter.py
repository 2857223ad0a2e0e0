"""What a worker tells of itself while it works, and whether it may go on."""

import time
from collections.abc import Callable

import psutil

from xray_core.errors import StoppedError
from xray_core.training.jobs.run_files import read_reason, write_progress
from xray_core.training.jobs.run_folder import Run
from xray_core.training.jobs.run_records import RunProgress

_TELL_SECONDS = 0.5
_MEASURE_SECONDS = 0.1  # processes' times are counted in hundredths of a second


class Reporter:
    """Writes a run's progress, and ends the run when somebody asked for it."""

    def __init__(self, run: Run) -> None:
        self._run, self._process = run, psutil.Process()
        self._process.cpu_percent()  # the first call only starts the clock
        self._measured, self._cpu_percent = time.monotonic(), 0.0
        self._told = 0.0
        self._epoch_started: tuple[int, int, float] | None = None

    def phase(self, name: str) -> Callable[[int, int], None]:
        """Return what is to be told (done, total) of a part of the work other than the epochs.

        Raises:
            StoppedError: the run was cancelled; so does what is returned.
        """
        self._tell(RunProgress(phase=name), force=True)
        return lambda done, total: self._tell(RunProgress(phase=name, done=done, total=total))

    def tell_step(self, epoch: int, step: int, steps: int) -> bool:
        """Tell (epochs ended, steps of this epoch, steps of an epoch).

        Returns:
            Whether the run is to end here and keep its best epoch.

        Raises:
            StoppedError: the run was cancelled.
        """
        now = time.monotonic()
        if self._epoch_started is None:
            self._epoch_started = epoch, step, now
        first_epoch, first_step, start = self._epoch_started
        finished = (epoch - first_epoch) * steps + step - first_step
        left = (self._run.config.epochs - epoch) * steps - step
        self._tell(
            RunProgress(
                phase="training",
                done=step,
                total=steps,
                epoch=epoch,
                seconds_left=(now - start) / finished * left if finished else None,
            )
        )
        return self._run.read_stop() == "keep"

    def _tell(self, progress: RunProgress, force: bool = False) -> None:
        now = time.monotonic()
        if not force and now - self._told < _TELL_SECONDS:
            return
        self._told = now
        if self._run.read_stop() == "cancel":
            raise StoppedError(read_reason(self._run.folder))
        facts = {
            "cpu_percent": self._measure_cpu(),
            "memory_bytes": self._process.memory_info().rss,
            "updated": time.time(),
        }
        write_progress(self._run.folder, progress.model_copy(update=facts))

    def _measure_cpu(self) -> float:
        """Return the processor's share since the last time; a shorter while cannot be measured."""
        if time.monotonic() - self._measured > _MEASURE_SECONDS:
            self._measured, self._cpu_percent = time.monotonic(), self._process.cpu_percent()
        return self._cpu_percent
