"""Many X-rays judged by one model, in as many processes as there are cores."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial

from xray_core.datasets.map_chunks import map_chunks
from xray_core.datasets.measure import draw_thumbnail
from xray_core.diagnosis import diagnose
from xray_core.diagnosis.conformal import ConformalScores, Cutoffs
from xray_core.errors import PneumoscopeError
from xray_core.images.decode import decode_xray
from xray_core.images.quiet import quiet_decoders
from xray_core.screening.files import LoadedFiles, XRayFile

# For each process one chunk is in memory and one waits; a process needs a second to start.
_CHUNK = 4
_FEWEST_FOR_PROCESSES = 24

# What the worklist asks of a human first.
_URGENCY = ("pneumonia", "cannot tell", "", "normal")


@dataclass(frozen=True)
class ScreenedFile:
    """One line of a worklist: a model's answer for one file, or why there is none.

    Attributes:
        name: what the user calls the file.
        file_hash: SHA-256 of the file; empty if it cannot be read.
        model_id, model_hash: who was asked.
        verdict: as in `Diagnosis`; empty where there is none.
        probability: calibrated probability of pneumonia, 0 to 1.
        threshold: from validation; it decides where the two below are None.
        normal_below, pneumonia_from: the probabilities that decide; between them nobody can tell.
        zones: zone name to share of the evidence; None where there is no positive evidence.
        outside: share of the evidence outside the lungs.
        thumbnail: JPEG, longest side 160; empty where the file is no picture.
        error: why there is no verdict, or "".
        concerns: what speaks against judging this picture, by the gate's names.
        notes: what was noticed while it was read, such as an inversion, in sentences.
    """

    name: str
    file_hash: str
    model_id: str
    model_hash: str
    verdict: str = ""
    probability: float | None = None
    threshold: float | None = None
    normal_below: float | None = None
    pneumonia_from: float | None = None
    zones: dict[str, float] | None = None
    outside: float | None = None
    thumbnail: bytes = b""
    error: str = ""
    concerns: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def urgency(self) -> tuple[int, float, str]:
        """Sorts pneumonia first, then what nobody judged, then normal; the likelier the sooner."""
        rank = _URGENCY.index(self.verdict) if self.verdict in _URGENCY else 1
        return rank, -(self.probability or 0), self.name

    def decide_anew(self, cutoffs: Cutoffs) -> "ScreenedFile":
        """Return the line with the verdict at other cutoffs; without a probability, as it is."""
        if self.probability is None:
            return self
        return replace(
            self,
            verdict=cutoffs.decide(self.probability),
            normal_below=cutoffs.low,
            pneumonia_from=cutoffs.high,
        )


def screen_files(
    files: Sequence[XRayFile],
    model_id: str | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    workers: int | None = None,
) -> Iterator[list[ScreenedFile]]:
    """Give the lines of a few files at a time, in the order in which they are done.

    Args:
        files: one bad file costs its own line only.
        model_id: who answers; the default model if None.
        should_stop: asked between files.
        workers: processes; as many as there are cores if None, none for a handful of files.

    Raises:
        UnknownNameError, IncompatibleModelError: there is no such model, or it was altered.
    """
    _get_diagnoser(model_id)  # an error here is one sentence, in a process it would be a traceback
    if len(files) < _FEWEST_FOR_PROCESSES:
        workers = 1
    work, give_up = partial(screen_chunk, model_id), partial(give_up_chunk, model_id)
    for _, lines in map_chunks(work, LoadedFiles(files), workers, should_stop, _CHUNK, give_up):
        yield lines


def screen_chunk(model_id: str | None, files: Sequence[XRayFile]) -> list[ScreenedFile]:
    """Return the lines of some files, judged in this process."""
    diagnoser = _get_diagnoser(model_id)
    with quiet_decoders():
        return [screen_file(file, diagnoser) for file in files]


def give_up_chunk(model_id: str | None, files: Sequence[XRayFile]) -> list[ScreenedFile]:
    """Return the lines of files that end every process that reads them."""
    diagnoser = _get_diagnoser(model_id)
    reason = "Reading it ends the program; it is damaged or hostile. Export the X-ray again."
    return [
        ScreenedFile(file.name, "", diagnoser.card.id, diagnoser.model_hash, error=reason)
        for file in files
    ]


def screen_file(file: XRayFile, diagnoser: diagnose.Diagnoser) -> ScreenedFile:
    """Return the line of one file; never raises for what the file holds."""
    model_id, model_hash = diagnoser.card.id, diagnoser.model_hash
    file_hash, thumbnail = "", b""
    try:
        data = file.read()
        file_hash = hashlib.sha256(data).hexdigest()
        xray = decode_xray(data, file.name)
        thumbnail = draw_thumbnail(xray.pixels)
        diagnosis = diagnoser.diagnose(xray)
    except PneumoscopeError as error:
        reason = str(error).removeprefix(f"{file.name}: ")
        return ScreenedFile(
            file.name, file_hash, model_id, model_hash, thumbnail=thumbnail, error=reason
        )
    shares, cutoffs = diagnosis.evidence, diagnosis.cutoffs
    return ScreenedFile(
        file.name,
        file_hash,
        model_id,
        model_hash,
        diagnosis.verdict,
        diagnosis.probability,
        diagnosis.threshold,
        cutoffs.low if cutoffs else None,
        cutoffs.high if cutoffs else None,
        dict(shares.zones) if shares else None,
        shares.outside if shares else None,
        thumbnail,
        concerns=tuple(concern.reason for concern in diagnosis.concerns),
        notes=xray.notes,
    )


def read_model_scores(model_id: str | None) -> ConformalScores | None:
    """Return what a model said of its validation pictures; None if it did not come with it.

    Raises:
        UnknownNameError, IncompatibleModelError: there is no such model, or it was altered.
    """
    return _get_diagnoser(model_id).scores


@lru_cache(maxsize=2)
def _get_diagnoser(model_id: str | None) -> diagnose.Diagnoser:
    return diagnose.load_diagnoser(model_id)
