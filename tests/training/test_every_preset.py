"""Every preset keeps the same contract: it trains, is served as Keras has it, and is explained.

Each takes a step. Served and explained is one of each network: presets with the same layers, inputs
and classes have the same serving graph, whatever they do in training (see `FOR_TRAINING_ONLY`).
"""

from dataclasses import dataclass, replace

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.training.planted import draw_planted
from xray_core.architectures.answer import EVIDENCE_LAYER, pneumonia_log_odds
from xray_core.architectures.catalog import get_architecture
from xray_core.diagnosis.occlusion import cover_regions
from xray_core.litert import LiteModel
from xray_core.training.batches import BatchMaker
from xray_core.training.config import TrainingConfig, change_config
from xray_core.training.export import answer_with_keras, export_classifier
from xray_core.training.keras_weights import pack_weights, unpack_weights
from xray_core.training.networks import as_served, build_blank_network, build_network
from xray_core.training.placement import measure_stride
from xray_core.training.presets.catalog import PRESETS
from xray_core.training.train_classifier import compile_network

# Smallest sizes that leave a map of 2 x 2 cells or more.
SIZES = {"dense": 20, "cnn": 32, "small-cnn": 16, "efficientnet-lite0": 32, "inceptionv3": 107}
BACKBONE_SIZE = 64
# What makes no difference once a network is trained.
FOR_TRAINING_ONLY = {"dropout_layers", "l1", "l2", "frozen"}


def shrink(config: TrainingConfig) -> TrainingConfig:
    size = SIZES.get(config.architecture, BACKBONE_SIZE)
    # Frozen at random it would see next to nothing: the last layer would have nothing to learn.
    bundled = get_architecture(config.architecture).has_imagenet == "bundled"
    start = "imagenet" if bundled and config.options.get("frozen") else "random"
    return change_config(config, {"input.size": size, "initial_weights": start})


def serving_key(config: TrainingConfig) -> str:
    options = {k: v for k, v in config.options.items() if k not in FOR_TRAINING_ONLY}
    mirrored = config.average_mirror
    return str([config.architecture, config.input.channels, config.classes, options, mirrored])


# More normal ones than of either kind, so that balanced classes differ in weight.
PICTURES = replace(
    draw_planted(24, seed=5).take([0, 2, 4, 6, 1, 3]),
    subtypes=("", "", "", "", "bacteria", "virus"),
)
SHRUNK = {name: shrink(preset.config) for name, preset in PRESETS.items()}
FIRST_OF_NETWORK = {serving_key(config): name for name, config in reversed(SHRUNK.items())}
# Hundreds of layers take a minute to be converted; a cnn and lungs-only keep the contract as well.
DEEP = ("b2-vgg19", "convnext-tiny", "d9-inception", "densenet121", "mobilenetv3")
DEEP += ("subtypes", "whole-image", "lite0-frozen")
NETWORKS = sorted(FIRST_OF_NETWORK.values())


@dataclass(frozen=True)
class Served:
    config: TrainingConfig
    trained: keras.Model
    model: keras.Model
    serving: LiteModel
    inputs: np.ndarray
    answer: dict[str, np.ndarray]


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(name, marks=[pytest.mark.slow] if name in DEEP else []) for name in NETWORKS
    ],
)
def served(request) -> Served:
    config = SHRUNK[request.param]
    trained = train_one_step(config)
    model = as_served(trained, config)
    inputs = draw_inputs(config)
    serving = LiteModel(export_classifier(model))
    return Served(config, trained, model, serving, inputs, answer_with_keras(model, inputs))


def draw_inputs(config: TrainingConfig, count: int = 4) -> np.ndarray:
    size, channels = config.input.size, config.input.channels
    inputs = np.random.default_rng(0).random((count, size, size, channels), np.float32)
    if channels == 2:
        inputs[..., 1] = 1
        inputs[:, : size // 2, : size // 2, 1] = 0
    return inputs


def train_one_step(config: TrainingConfig) -> keras.Model:
    keras.utils.set_random_seed(0)
    model = build_network(config)
    before = [weight.copy() for weight in model.get_layer("logit").get_weights()]
    compile_network(model, config, steps=20)
    model.run_eagerly = True
    several = len(config.classes) > 2
    labels = np.eye(3)[[0, 1, 2, 1]] if several else np.array([[0], [1], [0], [1]])
    for _ in range(2):  # a schedule that rises begins with a step of no length
        assert np.isfinite(model.train_on_batch(draw_inputs(config), labels)[0])
    after = model.get_layer("logit").get_weights()
    assert any(not np.array_equal(one, other) for one, other in zip(before, after, strict=True))
    return model


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_a_preset_makes_batches_that_its_network_takes(name):
    config = SHRUNK[name]
    inputs, targets, weights = BatchMaker(PICTURES, config).make(0)
    count, size = config.batch_size or len(PICTURES), config.input.size
    assert inputs.shape == (min(count, len(PICTURES)), size, size, config.input.channels)
    assert np.isfinite(inputs).all()
    assert 0.05 < inputs.std() < 3, "neither blank nor left as bytes"
    assert targets.shape == (len(inputs), 1 if config.task == "pneumonia" else 3)
    assert np.allclose(weights, 1) != config.balance_classes


@pytest.mark.parametrize("name", sorted(set(PRESETS) - set(NETWORKS)))
def test_a_preset_that_differs_in_training_only_takes_a_step(name):
    train_one_step(SHRUNK[name])


def test_serving_file_answers_like_keras(served):
    found = served.serving.run(served.inputs)
    for (name, array), other in zip(served.answer.items(), found, strict=True):
        tolerance = 1e-3 * max(float(np.abs(array).max()), 1e-30)
        np.testing.assert_allclose(other, array, atol=tolerance, err_msg=name)
        assert np.isfinite(other).all()


def test_the_packed_weights_rebuild_the_network(served):
    rebuilt = build_blank_network(served.config)
    unpack_weights(rebuilt, pack_weights(served.trained))
    logits = as_served(rebuilt, served.config)(served.inputs, training=False)
    expected = served.model(served.inputs, training=False)
    np.testing.assert_allclose(logits, expected, rtol=1e-5, atol=1e-6)


def test_outputs_are_those_of_the_task(served):
    several = len(served.config.classes) > 2
    answer = served.answer
    assert answer["logit"].shape == (4, 1)
    assert ("class_logits" in answer) == several
    if several:
        logits = answer["class_logits"].astype(float)
        expected = np.logaddexp(logits[:, 1], logits[:, 2]) - logits[:, 0]
        np.testing.assert_allclose(answer["logit"][:, 0], expected, atol=1e-5)


def test_every_picture_is_explained(served):
    if get_architecture(served.config.architecture).explained_by == "occlusion":
        visible = np.ones(served.inputs.shape[1:3], np.float32)
        heat = cover_regions(lambda x: served.serving.run(x)[-1][:, 0], served.inputs[0], visible)
        assert heat.shape == (14, 14)
    else:
        heat = served.answer["heatmap"]
        rows, columns = heat.shape[1:]
        assert min(rows, columns) >= 2
        assert rows * measure_stride(served.model) <= served.config.input.size
    assert np.isfinite(heat).all()
    assert np.abs(heat).max() > 0


def test_cells_of_a_flattened_map_add_up_to_the_logit_where_the_head_is_linear(served):
    options = served.config.options
    if served.config.architecture != "cnn" or options["units"]:
        return
    bias = served.model.get_layer("logit").get_weights()[1]
    total = served.answer["heatmap"].sum(axis=(1, 2)) + bias
    np.testing.assert_allclose(total, served.answer["logit"][:, 0], atol=1e-4)


def test_heatmap_is_the_grad_cam_of_tf_keras_vis(served):
    from tf_keras_vis.gradcam import Gradcam

    if get_architecture(served.config.architecture).explained_by != "grad_cam":
        return
    gradcam = Gradcam(served.model, clone=True)
    positive, negative = (
        np.asarray(
            gradcam(
                lambda logits, sign=sign: sign * pneumonia_log_odds(logits)[:, 0],
                tf.constant(served.inputs[:2]),
                penultimate_layer=EVIDENCE_LAYER,
                seek_penultimate_conv_layer=False,
                expand_cam=False,
                normalize_cam=False,
            )
        )
        for sign in (1, -1)
    )
    expected = positive - negative
    heat = served.answer["heatmap"][:2]
    np.testing.assert_allclose(heat, expected, atol=1e-4 * np.abs(expected).max())
