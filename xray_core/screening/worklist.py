"""The X-rays of one sitting: what was dropped, and the lines that are there so far."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from xray_core.diagnosis.conformal import ConformalScores
from xray_core.errors import InvalidConfigError
from xray_core.screening.files import XRayFile, count_held_bytes
from xray_core.screening.screen import ScreenedFile, read_model_scores, screen_files

# All of it is in memory, and a browser's table stays quick; the command line takes more.
MAX_FILES = 1000
MAX_BYTES = 1_000_000_000


@dataclass
class Worklist:
    """Files and their lines; another thread may add lines while one reads them.

    Attributes:
        files: what was dropped; names are all different.
        model_id: who answers; the default model if None.
        lines: in the order in which they are done, decided at the usual error rate.
        scores: what decides them at another; None before screening, or if the model has none.
    """

    files: Sequence[XRayFile]
    model_id: str | None = None
    lines: list[ScreenedFile] = field(default_factory=list)
    scores: ConformalScores | None = None

    def screen(
        self, on_progress: Callable[[int, int], None], should_stop: Callable[[], bool]
    ) -> None:
        """Judge all files, and keep what is done when stopped.

        Args:
            on_progress: told (done, total) files.
            should_stop: asked between files.

        Raises:
            UnknownNameError, IncompatibleModelError: there is no such model, or it was altered.
        """
        on_progress(0, len(self.files))
        self.scores = read_model_scores(self.model_id)
        for lines in screen_files(self.files, self.model_id, should_stop):
            self.lines.extend(lines)
            on_progress(len(self.lines), len(self.files))

    def decide_lines(self, error_rate: float) -> list[ScreenedFile]:
        """Return the lines that are there, the most urgent first.

        Args:
            error_rate: share of wrong answers of each class that the verdicts allow.
        """
        lines = list(self.lines)
        if self.scores is not None:
            cutoffs = self.scores.choose_cutoffs(error_rate)
            lines = [line.decide_anew(cutoffs) for line in lines]
        return sorted(lines, key=lambda line: line.urgency)

    def find(self, name: str) -> XRayFile:
        """Return the file of a line."""
        return next(file for file in self.files if file.name == name)


def make_worklist(files: Sequence[XRayFile], model_id: str | None = None) -> Worklist:
    """Return a worklist whose files all have names of their own.

    Raises:
        InvalidConfigError: there are too many files, or too many bytes of them in memory.
    """
    held_bytes = count_held_bytes(files)
    if len(files) > MAX_FILES or held_bytes > MAX_BYTES:
        raise InvalidConfigError(
            f"Expected at most {MAX_FILES:,} X-rays and {MAX_BYTES / 1e9:.0f} GB at once, got "
            f"{len(files):,} and {held_bytes / 1e9:.1f} GB. Drop fewer, or screen their folder "
            f"with `python -m xray_core screen`."
        )
    named: dict[str, XRayFile] = {}
    for file in files:
        name, count = file.name, 1
        while name in named:  # a name opens its own X-ray, never that of another patient
            count += 1
            name = f"{file.name} ({count})"
        named[name] = XRayFile(name, file.source)
    return Worklist(list(named.values()), model_id)
