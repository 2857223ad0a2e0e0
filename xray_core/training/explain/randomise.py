"""The overlay of a network that has unlearned what it knew: the first sanity check of any map.

Source: Adebayo et al. 2018, Sanity Checks for Saliency Maps (arXiv:1810.03292).
"""

from collections.abc import Iterator

import keras
import numpy as np

from xray_core.training.config import TrainingConfig
from xray_core.training.explain.methods import map_as_shown
from xray_core.training.networks import as_served, build_blank_network

SEEDS = (0, 1)
# Shares of the layers that forget, from the answer backwards; 0 stands for the last one alone.
DEPTHS = (0.0, 0.5, 1.0)


def draw_randomised(
    model: keras.Model, config: TrainingConfig, prepared: np.ndarray, visible: np.ndarray
) -> Iterator[tuple[float, np.ndarray]]:
    """Yield (depth, map) for each seed and depth: the map after so many layers forgot.

    The weights that are put in place are those with which training would begin.

    Args:
        model: the trained network, before it is averaged with its mirror image's answer; its
            weights are changed.
        config: what it was made from.
        prepared, visible: the network's input, and how much of it shows the picture.
    """
    served = as_served(model, config)
    layers = [layer for layer in model.layers if layer.weights]
    trained = [layer.get_weights() for layer in layers]
    for seed in SEEDS:
        keras.utils.set_random_seed(seed)
        blank = build_blank_network(config)
        fresh = [layer.get_weights() for layer in blank.layers if layer.weights]
        for layer, weights in zip(layers, trained, strict=True):
            layer.set_weights(weights)
        for depth in DEPTHS:
            for place in range(len(layers) - max(1, round(depth * len(layers))), len(layers)):
                layers[place].set_weights(fresh[place])
            yield depth, map_as_shown(served, prepared, visible)
