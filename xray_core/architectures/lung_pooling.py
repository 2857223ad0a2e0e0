"""Pool features over the lungs only, so that nothing outside them can vote."""

import keras
from keras import layers, ops

from xray_core.architectures.answer import (
    EVIDENCE_LAYER,
    LOGIT_LAYER,
    add_evidence_map,
    add_logits,
)

POOL_LAYER = "pool"

_Shape = tuple[int | None, int, int, int]


@keras.saving.register_keras_serializable("pneumoscope")
class LungCellWeights(layers.Layer):
    """How much each map cell votes: in proportion to its lung share above one half.

    A cell that is mostly outside the lungs has no vote. The weights average 1, so that the pooled
    features do not depend on how large the lungs are. Input (B, S, S, 1), output
    (B, S / stride, S / stride, 1).
    """

    def __init__(self, stride: int, **kwargs: object) -> None:
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.stride = stride

    def call(self, lungs: keras.KerasTensor) -> keras.KerasTensor:
        share = ops.average_pool(lungs, self.stride, strides=self.stride)
        weight = ops.relu(2 * share - 1)
        mean = ops.mean(weight, axis=(1, 2, 3), keepdims=True)
        return weight / ops.maximum(mean, 1e-3)

    def compute_output_shape(self, input_shape: _Shape) -> _Shape:
        batch, height, width, channels = input_shape
        return batch, height // self.stride, width // self.stride, channels

    def get_config(self) -> dict[str, object]:
        return {**super().get_config(), "stride": self.stride}


def add_classifier_head(
    features: keras.KerasTensor,
    lungs: keras.KerasTensor | None,
    stride: int,
    dropout: float,
    classes: int = 2,
) -> keras.KerasTensor:
    """Return the logits of a feature map; its layer ``evidence_map`` is what they are summed from.

    Args:
        features: (B, S / stride, S / stride, C).
        lungs: (B, S, S, 1), where to pool; None pools everywhere.
        stride: pixels of the input for each map cell.
        dropout: share of the pooled features dropped in training.
        classes: as in `add_logits`.
    """
    if lungs is None:
        evidence = add_evidence_map(features)
    else:
        weights = LungCellWeights(stride, name="cell_weights")(lungs)
        evidence = layers.Multiply(name=EVIDENCE_LAYER)([features, weights])
    pooled = layers.Dropout(dropout)(layers.GlobalAveragePooling2D(name=POOL_LAYER)(evidence))
    return add_logits(pooled, classes)


def average_with_mirror(model: keras.Model) -> keras.Model:
    """Return a network that answers for a picture and its mirror image, and averages both.

    It has the same weights and the same layer names; its ``evidence_map`` is the mean of the map
    and the mirror image's map, turned back.

    Args:
        model: ends in `add_classifier_head`.
    """
    trunk = keras.Model(model.input, model.get_layer(EVIDENCE_LAYER).output, name="trunk")
    inputs = keras.Input(model.input_shape[1:], name="prepared")
    mirrored = ops.flip(trunk(ops.flip(inputs, axis=2)), axis=2)
    evidence = layers.Average(name=EVIDENCE_LAYER)([trunk(inputs), mirrored])
    pooled = model.get_layer(POOL_LAYER)(evidence)
    return keras.Model(inputs, model.get_layer(LOGIT_LAYER)(pooled), name=model.name)
