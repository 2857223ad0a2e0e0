"""Does the answer rest on what the overlay shows? Deletion and insertion, beside random maps.

The spots of the overlay are covered from the strongest to the weakest: if the answer rests on them,
the probability falls sooner than under random maps of the same fineness. Then they are uncovered in
the same order: the probability must rise sooner.

Source: Petsiuk et al. 2018, RISE (arXiv:1806.07421).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from xray_core.diagnosis.case import Case
from xray_core.errors import StoppedError

# Better than all of 19 random maps is what one in 20 random maps would be.
RANDOM_MAPS = 19
STEPS = 6


@dataclass(frozen=True)
class Curves:
    """What happens to the answer while the strongest spots are covered, or uncovered.

    Attributes:
        shares: how much of the visible picture is covered or shown, float (STEPS + 1,) in [0, 1].
        overlay: calibrated log-odds at each share, in the overlay's order, float (STEPS + 1,).
        random: the same in the order of each random map, float (RANDOM_MAPS, STEPS + 1).
    """

    shares: np.ndarray
    overlay: np.ndarray
    random: np.ndarray


@dataclass(frozen=True)
class Faithfulness:
    """Deletion and insertion of one overlay, beside random maps."""

    deletion: Curves
    insertion: Curves

    @property
    def deletion_beats(self) -> float:
        """Share of the random maps under which the log-odds stay higher while spots go."""
        curves = self.deletion
        return float((curves.random.mean(axis=1) > curves.overlay.mean()).mean())

    @property
    def insertion_beats(self) -> float:
        """Share of the random maps under which the log-odds stay lower while spots come."""
        curves = self.insertion
        return float((curves.random.mean(axis=1) < curves.overlay.mean()).mean())


def measure_faithfulness(
    case: Case,
    heatmap: np.ndarray,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Faithfulness:
    """Return the curves of a heatmap and of random maps.

    Args:
        case: the picture and whom to ask.
        heatmap: float32 (224, 224) over the whole picture, positive for pneumonia.
        on_progress: told how many of the maps are done.
        should_stop: asked between maps.

    Raises:
        StoppedError: it was told to stop.
    """
    maps = [heatmap, *draw_random_maps(case)]
    shares = np.linspace(0, 1, STEPS + 1)
    nothing, everything = np.zeros_like(case.visible), np.ones_like(case.visible)
    shown, hidden = case.ask_covered(np.stack([nothing, everything]))
    deleted, inserted = [], []
    for done, each in enumerate(maps):
        if should_stop():
            raise StoppedError("The check of the overlay was stopped.")
        on_progress(done, len(maps))
        places = _order_pixels(case.to_input(each), case.visible > 0)
        covers = (places < shares[1:-1, np.newaxis, np.newaxis]).astype(np.float32)
        answers = case.ask_covered(np.concatenate([covers, 1 - covers]))
        deleted.append([shown, *answers[: STEPS - 1], hidden])
        inserted.append([hidden, *answers[STEPS - 1 :], shown])
    on_progress(len(maps), len(maps))
    return Faithfulness(_make_curves(shares, deleted), _make_curves(shares, inserted))


def draw_random_maps(case: Case) -> list[np.ndarray]:
    """Return noise as fine as the overlay, each float32 (224, 224), the same every time."""
    rng = np.random.default_rng(0)
    cells = (case.placement.rows, case.placement.columns)
    return [case.place(rng.normal(size=cells), case.placement) for _ in range(RANDOM_MAPS)]


def _order_pixels(values: np.ndarray, visible: np.ndarray) -> np.ndarray:
    """Return each visible pixel's place from the strongest, 0, to the weakest, just below 1.

    What cannot be seen comes last, with a place of 1.
    """
    places = np.ones(values.shape)
    order = np.argsort(-values[visible], kind="stable")
    ranks = np.empty(len(order))
    ranks[order] = np.arange(len(order)) / len(order)
    places[visible] = ranks
    return places


def _make_curves(shares: np.ndarray, rows: list[list[float]]) -> Curves:
    return Curves(shares, np.array(rows[0]), np.array(rows[1:]))
