"""Everything that can be measured about one overlay, to judge whether it may be trusted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from xray_core.diagnosis.case import Case, make_case
from xray_core.diagnosis.diagnose import Diagnoser
from xray_core.diagnosis.trust.faithfulness import (
    RANDOM_MAPS,
    Faithfulness,
    draw_random_maps,
    measure_faithfulness,
)
from xray_core.diagnosis.trust.keras_maps import KerasMaps, draw_keras_maps
from xray_core.diagnosis.trust.methods import EXPLANATIONS
from xray_core.diagnosis.trust.rank_correlation import correlate_ranks
from xray_core.diagnosis.trust.stability import CHANGES, Changed, measure_change
from xray_core.errors import StoppedError
from xray_core.model_store import has_weights

Progress = Callable[[int, int], None]
DrawKerasMaps = Callable[[Case, Progress, Callable[[], bool]], KerasMaps]

# How many steps of the bar the other process gets; it takes about half of the time.
_KERAS_STEPS = 30
_CELL_MAPS = [name for name, entry in EXPLANATIONS.items() if entry.needs_map]


@dataclass(frozen=True)
class Examination:
    """What was measured about one overlay.

    Attributes:
        faithfulness: what covering and showing its spots does to the answer.
        randomised: share of the layers that forgot, and how like the overlay the network's map
            still is: the mean size of the rank correlation, 0 to 1; empty without weights.
        forgotten: share of the layers that forgot, and the first map that the network drew then,
            float32 (224, 224); empty without weights.
        changes: how the overlay withstands small changes of the picture.
        maps: name in `EXPLANATIONS` to map, float32 (224, 224); the overlay's own method is left
            out, and so are those that need weights where there are none.
        agreement: name in `EXPLANATIONS` to the rank correlation of its map and the overlay in
            what the network sees.
        chance: the highest rank correlation of the overlay and any of the random maps.
    """

    faithfulness: Faithfulness
    randomised: Mapping[float, float]
    forgotten: Mapping[float, np.ndarray]
    changes: tuple[Changed, ...]
    maps: Mapping[str, np.ndarray]
    agreement: Mapping[str, float]
    chance: float


def examine_overlay(
    diagnoser: Diagnoser,
    square: np.ndarray,
    heatmap: np.ndarray,
    lungs: np.ndarray,
    on_progress: Progress = lambda done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
    draw: DrawKerasMaps = draw_keras_maps,
) -> Examination:
    """Return what can be measured about an overlay, mostly in another process.

    Of a model without weights that is what its answers alone tell.

    Args:
        diagnoser: who answered.
        square: the picture, float32 (224, 224) in [0, 1].
        heatmap: the overlay, float32 (224, 224).
        lungs: bool (224, 224), as they were found in the picture.
        on_progress: told how far it is.
        should_stop: asked often.
        draw: draws the maps that need TensorFlow; the default does so in a process of its own.

    Raises:
        StoppedError: it was told to stop.
        PneumoscopeError: the other process failed.
    """
    classifier = diagnoser.classifier
    case = make_case(classifier, square, lungs)
    before_keras = RANDOM_MAPS + 1 + len(CHANGES) + 1
    total = before_keras + (_KERAS_STEPS if has_weights(classifier.card) else 0)

    def report(done: int) -> None:
        if should_stop():
            raise StoppedError("The check of the overlay was stopped.")
        on_progress(done, total)

    faithfulness = measure_faithfulness(case, heatmap, lambda done, _: report(done))
    changes: list[Changed] = []
    for change in CHANGES:
        report(RANDOM_MAPS + 1 + len(changes))
        changes.append(measure_change(classifier, diagnoser.segmenter, square, heatmap, change))
    report(before_keras - 1)
    maps = {} if classifier.card.placement is None else {"occlusion": case.map_occlusion()}
    report(before_keras)
    drawn = KerasMaps(explanations={}, randomised={})
    if has_weights(classifier.card):
        drawn = draw(
            case,
            lambda done, of: report(before_keras + round(_KERAS_STEPS * done / max(of, 1))),
            should_stop,
        )
    seen = _see_where_in_picture(case)
    maps |= place_maps(case, drawn)
    forgotten = {
        depth: [case.place(np.array(cells, np.float32), case.placement) for cells in of_seeds]
        for depth, of_seeds in drawn.randomised.items()
    }
    return Examination(
        faithfulness=faithfulness,
        randomised={
            depth: float(np.mean([abs(correlate_ranks(heatmap, each, seen)) for each in of_seeds]))
            for depth, of_seeds in forgotten.items()
        },
        forgotten={depth: of_seeds[0] for depth, of_seeds in forgotten.items()},
        changes=tuple(changes),
        maps=maps,
        agreement={name: correlate_ranks(heatmap, each, seen) for name, each in maps.items()},
        chance=max(correlate_ranks(heatmap, each, seen) for each in draw_random_maps(case)),
    )


def place_maps(case: Case, drawn: KerasMaps) -> dict[str, np.ndarray]:
    """Return the explanations that were drawn where they look, each float32 (224, 224)."""
    return {
        name: case.place(
            np.array(cells, np.float32), case.placement if name in _CELL_MAPS else case.patches
        )
        for name, cells in drawn.explanations.items()
    }


def _see_where_in_picture(case: Case) -> np.ndarray:
    """Return bool (224, 224): what the network sees of the picture."""
    if case.classifier.card.input.needs_lungs:
        return case.lungs
    return np.ones(case.lungs.shape, bool)
