"""Pictures with their lungs painted over, and what else shows whether lungs are needed."""

from collections.abc import Callable

import cv2
import numpy as np
import pandas as pd

from xray_core.datasets.index import DatasetIndex
from xray_core.errors import LungsNotFoundError, StoppedError
from xray_core.lungs.paint import paint_lungs, paint_over
from xray_core.lungs.segment import LungSegmenter

SMALL_SIDE = 48

_WORKING_SIDE = 224
_AT_ONCE = 64
# Where fewer than one picture in a hundred has paint, the common patch leaves the picture open.
_RARELY_PAINTED = 0.01


class CoveredPictures:
    """Small pictures with their lungs known, and the ways to hide one or the other.

    Attributes:
        found: (N,) whether two lungs were found; the pictures are the F found ones.
    """

    def __init__(self, small: np.ndarray, lungs: np.ndarray, paint: np.ndarray, found: np.ndarray):
        """Keep float32 (F, 48, 48) pictures, and bool lungs and paint of the same shape."""
        self._small, self._lungs, self._paint, self.found = small, lungs, paint, found

    def show_whole(self) -> np.ndarray:
        return self._small

    def show_lungs(self) -> np.ndarray:
        """Everything outside the lungs has the mean shade inside."""
        return paint_over(self._small, ~self._lungs)

    def cover_lungs(self) -> np.ndarray:
        """The lungs, and a margin, have the mean shade of the rest."""
        return paint_over(self._small, self._paint)

    def cover_patch(self) -> np.ndarray:
        """The same patch, over nearly everybody's lungs, is covered in every picture."""
        patch = self._paint.mean(axis=0) >= _RARELY_PAINTED
        return paint_over(self._small, np.broadcast_to(patch, self._paint.shape))

    def show_outline(self) -> np.ndarray:
        """Nothing but where the paint is."""
        return self._paint.astype(np.float32)


def cover_pictures(
    index: DatasetIndex,
    rows: pd.DataFrame,
    on_picture: Callable[[int], None],
    should_stop: Callable[[], bool],
) -> CoveredPictures:
    """Return small versions of pictures, drawn from their thumbnails, with their lungs.

    Args:
        index: the data set.
        rows: readable ones of it.
        on_picture: told how many pictures are done.
        should_stop: asked every few pictures.

    Raises:
        StoppedError: it was told to stop.
    """
    segmenter = LungSegmenter()
    shape = (len(rows), SMALL_SIDE, SMALL_SIDE)
    small, found = np.zeros(shape, np.float32), np.zeros(len(rows), bool)
    lungs, paint = np.zeros(shape, bool), np.zeros(shape, bool)
    for start in range(0, len(rows), _AT_ONCE):
        squares = index.read_squares(rows.iloc[start : start + _AT_ONCE], _WORKING_SIDE)
        for place, square in enumerate(squares, start):
            if should_stop():
                raise StoppedError("The shortcut test was stopped. Start it again any time.")
            on_picture(place)
            picture = square.astype(np.float32) / 255
            try:
                mask = segmenter.find(picture).both.astype(np.float32)
            except LungsNotFoundError:
                continue
            found[place] = True
            small[place], lungs[place] = _shrink(picture), _shrink(mask) > 0.5
            paint[place] = _shrink(paint_lungs(mask)) > 0
    return CoveredPictures(small[found], lungs[found], paint[found], found)


def _shrink(picture: np.ndarray) -> np.ndarray:
    return cv2.resize(picture, (SMALL_SIDE, SMALL_SIDE), interpolation=cv2.INTER_AREA)
