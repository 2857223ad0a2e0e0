"""What the default model sees in each picture of a data set: lungs, their edge, an answer."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from xray_core.datasets.index import DatasetIndex, Progress
from xray_core.diagnosis.diagnose import Diagnoser, load_diagnoser
from xray_core.diagnosis.picture_quality import measure_edge_share
from xray_core.errors import LungsNotFoundError, StoppedError, UnreadableImageError
from xray_core.images.decode import decode_xray
from xray_core.images.prepare import InputSpec, prepare
from xray_core.images.xray import XRay, to_working_square
from xray_core.lungs.segment import LungSegmenter
from xray_core.lungs.zones import Lungs

LUNGS_SIDE = 32
_LUNGS_SPEC = InputSpec(size=LUNGS_SIDE, outside_lungs="lung_mask")

# The lungs, the probability of pneumonia, and why no verdict is given or "".
_Look = Callable[[XRay], tuple[Lungs, float, str]]


@dataclass(frozen=True, eq=False)
class InspectedLungs:
    """What was seen in some rows of an index.

    Attributes:
        rows: the N rows.
        probability: (N,) of pneumonia, NaN where the model was not asked or gave no answer.
        edge_share: (N,) see `measure_edge_share`; NaN where no lungs were found.
        reason: (N,) why there is no verdict, or "".
        lungs_uint8: (N, 32, 32), cropped to the lungs, black outside them and where there are none.
    """

    rows: pd.DataFrame
    probability: np.ndarray
    edge_share: np.ndarray
    reason: np.ndarray
    lungs_uint8: np.ndarray


def inspect_lungs(
    index: DatasetIndex,
    rows: pd.DataFrame,
    ask_classifier: bool,
    on_progress: Progress,
    should_stop: Callable[[], bool],
) -> InspectedLungs:
    """Return what the default model sees in each picture; the files are read anew.

    Args:
        index: the data set.
        rows: readable ones of it.
        ask_classifier: whether probabilities are wanted, too; they take as long again.
        on_progress: told (done, total) pictures.
        should_stop: asked before each picture.

    Raises:
        StoppedError: it was told to stop.
    """
    look = _ask_diagnoser(load_diagnoser()) if ask_classifier else _ask_segmenter(LungSegmenter())
    probability, edge_share = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
    reason = np.full(len(rows), "", object)
    lungs_uint8 = np.zeros((len(rows), LUNGS_SIDE, LUNGS_SIDE), np.uint8)
    for place, path in enumerate(rows["path"]):
        if should_stop():
            raise StoppedError("The check of the pictures was stopped. Start it again any time.")
        on_progress(place, len(rows))
        try:
            xray = decode_xray((index.root / path).read_bytes(), "")
            lungs, probability[place], reason[place] = look(xray)
        except LungsNotFoundError as error:
            reason[place] = str(error)
        except (UnreadableImageError, OSError):
            reason[place] = "The file was changed or removed since the data set was read."
        else:
            edge_share[place] = measure_edge_share(lungs)
            seen = prepare(to_working_square(xray), lungs.both, _LUNGS_SPEC)[..., 0]
            lungs_uint8[place] = np.rint(seen * 255)
    on_progress(len(rows), len(rows))
    return InspectedLungs(rows, probability, edge_share, reason, lungs_uint8)


def _ask_diagnoser(diagnoser: Diagnoser) -> _Look:
    outline = _ask_segmenter(diagnoser.segmenter)

    def look(xray: XRay) -> tuple[Lungs, float, str]:
        try:
            diagnosis = diagnoser.diagnose(xray)
        except LungsNotFoundError as error:
            lungs, unknown, _ = outline(xray)
            return lungs, unknown, str(error)
        return diagnosis.lungs, diagnosis.probability, ""

    return look


def _ask_segmenter(segmenter: LungSegmenter) -> _Look:
    return lambda xray: (segmenter.find(to_working_square(xray)), float("nan"), "")
