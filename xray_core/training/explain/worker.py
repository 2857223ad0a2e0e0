"""`python -m xray_core.training.explain.worker MODEL`: a prepared picture in, its maps out.

Pictures come through standard input and maps leave through standard output; nothing is written.
"""

import io
import os
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from itertools import count

import numpy as np

from xray_core.diagnosis.trust.keras_maps import KerasMaps, WorkerLine
from xray_core.errors import PneumoscopeError
from xray_core.model_store import WEIGHTS_FILE, read_classifier_card, read_model_file
from xray_core.training.config import TrainingConfig
from xray_core.training.explain.methods import METHODS, choose_methods
from xray_core.training.explain.randomise import DEPTHS, SEEDS, draw_randomised
from xray_core.training.keras_weights import unpack_weights
from xray_core.training.networks import as_served, build_blank_network


def draw_maps(
    model_id: str,
    prepared: np.ndarray,
    visible: np.ndarray,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> KerasMaps:
    """Return every map of a published classifier that needs TensorFlow.

    Args:
        model_id: in the store.
        prepared: the network's input, float32 (S, S, channels).
        visible: how much of each pixel shows the picture, float32 (S, S) in [0, 1].
        on_progress: told how many maps are drawn.

    Raises:
        UnknownNameError, IncompatibleModelError: there is no such model, or it was altered.
    """
    card = read_classifier_card(model_id)
    config = TrainingConfig.model_validate(card.training.settings)
    model = build_blank_network(config)
    unpack_weights(model, read_model_file(card, WEIGHTS_FILE))
    served = as_served(model, config)
    possible = choose_methods(served, card.explained_by)
    total, steps = len(possible) + len(SEEDS) * len(DEPTHS), count(1)
    on_progress(0, total)
    explanations = {}
    for name in possible:
        explanations[name] = METHODS[name](served, prepared, visible).tolist()
        on_progress(next(steps), total)
    randomised: dict[float, list[list[list[float]]]] = {depth: [] for depth in DEPTHS}
    for depth, cells in draw_randomised(model, config, prepared, visible):
        randomised[depth].append(cells.tolist())
        on_progress(next(steps), total)
    return KerasMaps(explanations=explanations, randomised=randomised)


def main() -> None:
    """Answer one request."""
    with np.load(io.BytesIO(sys.stdin.buffer.read()), allow_pickle=False) as arrays:
        prepared, visible = arrays["prepared"], arrays["visible"]
    said = sys.stdout

    def say(line: WorkerLine) -> None:
        said.write(line.model_dump_json() + "\n")
        said.flush()

    with redirect_stdout(sys.stderr):  # Keras talks
        try:
            maps = draw_maps(
                sys.argv[1],
                prepared,
                visible,
                lambda done, total: say(WorkerLine(done=done, total=total)),
            )
        except PneumoscopeError as error:
            say(WorkerLine(error=str(error)))
        else:
            say(WorkerLine(maps=maps))


if __name__ == "__main__":
    main()
    os._exit(0)  # an orderly end of TensorFlow takes a second
