"""The serving file answers like Keras, looks where Grad-CAM looks, and finds what was planted."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.training.planted import CONFIG, PATCH, draw_planted, plant_patch, two_boxes
from xray_core.architectures.answer import split_at_evidence
from xray_core.architectures.lung_pooling import add_classifier_head
from xray_core.diagnosis.classifier import load_classifier
from xray_core.errors import IncompatibleModelError
from xray_core.images.prepare import InputSpec
from xray_core.litert import LiteModel
from xray_core.training.classification_data import prepare_all
from xray_core.training.config import TrainingConfig
from xray_core.training.export import check_serving, explain_with_keras, export_classifier
from xray_core.training.networks import build_network, load_keras_network
from xray_core.training.placement import measure_placement, measure_stride


@pytest.fixture(scope="module")
def inputs():
    return prepare_all(draw_planted(12, seed=2), CONFIG)


@pytest.fixture(scope="module")
def served(published, inputs):
    """What the serving file answers."""
    return LiteModel(export_classifier(published.trained.model)).run(inputs)


def test_serving_file_in_float32_equals_keras(published, served, inputs):
    model = published.trained.model
    _, heat, logits = served
    expected_heat, expected_logits = explain_with_keras(model, inputs)
    np.testing.assert_allclose(heat, expected_heat, atol=1e-4 * np.abs(expected_heat).max())
    np.testing.assert_allclose(logits, expected_logits, rtol=1e-4, atol=1e-4)


def test_serving_file_gives_the_evidence_averaged_over_the_lungs(published, served):
    model = published.trained.model
    features, _, logits = served
    weights, bias = model.get_layer("logit").get_weights()
    np.testing.assert_allclose(features @ weights + bias, logits, rtol=1e-4, atol=1e-4)


def test_heatmap_cells_and_bias_add_up_to_the_logit(published, served):
    model = published.trained.model
    _, heat, logits = served
    bias = model.get_layer("logit").get_weights()[1]
    np.testing.assert_allclose(heat.sum(axis=(1, 2)) + bias, logits[:, 0], rtol=1e-4, atol=1e-4)


def test_positive_part_equals_grad_cam_of_tf_keras_vis(published, served, inputs):
    from tf_keras_vis.gradcam import Gradcam

    model = published.trained.model
    expected = Gradcam(model, clone=True)(
        lambda output: output[:, 0],
        tf.constant(inputs),
        penultimate_layer="evidence_map",
        seek_penultimate_conv_layer=False,
        expand_cam=False,
        normalize_cam=False,
    )
    expected = np.asarray(expected)
    _, heat, _ = served
    np.testing.assert_allclose(np.maximum(heat, 0), expected, atol=1e-4 * expected.max())


def test_cells_outside_the_lungs_have_no_vote(served, inputs):
    _, heat, _ = served
    lung_share = inputs[0, ..., 1].reshape(8, 8, 8, 8).mean(axis=(1, 3))
    assert (lung_share < 0.5).any()
    assert np.abs(heat[:, lung_share < 0.5]).max() == 0


def test_check_refuses_a_serving_file_of_another_network(published, inputs):
    other = tf.keras.models.clone_model(published.trained.model)
    with pytest.raises(IncompatibleModelError, match="answer like the network"):
        check_serving(export_classifier(other), published.trained.model, inputs)


def test_a_planted_patch_is_found_where_it_was_planted(published):
    classifier = load_classifier(published.model_id)
    rng = np.random.default_rng(3)
    lungs = two_boxes()
    distances, healthy = [], []
    for _ in range(20):
        picture, (row, column) = plant_patch(rng, sick=True)
        answer = classifier.answer(picture.astype(np.float32) / 255, lungs)
        peak = np.unravel_index(np.argmax(answer.heatmap), answer.heatmap.shape)
        distances.append(max(abs(peak[0] - row), abs(peak[1] - column)))
        picture, _ = plant_patch(rng, sick=False)
        healthy.append(classifier.answer(picture.astype(np.float32) / 255, lungs).probability)
    half_a_cell = 177 / 8 / 2  # the input shows 177 pixels across in 8 cells
    assert np.mean(np.array(distances) <= PATCH / 2 + half_a_cell) >= 0.9
    assert np.mean(np.array(healthy) < classifier.card.calibration.threshold) >= 0.9


def test_placement_finds_the_middle_of_each_cell_where_padding_is_even(published, inputs):
    placement = measure_placement(published.trained.model, inputs)
    assert (placement.rows, placement.columns) == (8, 8)
    assert placement.stride == (8, 8)
    assert placement.first == pytest.approx((3.5, 3.5), abs=2)


def test_placement_notices_a_network_that_looks_elsewhere(inputs):
    shift = 6
    prepared = keras.Input((64, 64, 2))
    picture = prepared[..., :1]
    moved = keras.layers.ZeroPadding2D(((shift, 0), (shift, 0)))(picture)[:, :64, :64]
    features = keras.layers.Conv2D(4, 8, strides=8)(moved)
    model = keras.Model(prepared, add_classifier_head(features, prepared[..., 1:], 8, 0.0))
    placement = measure_placement(model, inputs)
    assert placement.first == pytest.approx((3.5 - shift, 3.5 - shift), abs=2)


def test_placement_is_centred_where_no_spot_fits():
    prepared = keras.Input((32, 32, 1))
    features = keras.layers.Conv2D(4, 5, strides=16)(prepared)
    model = keras.Model(prepared, add_classifier_head(features, None, 16, 0.0))
    placement = measure_placement(model, np.zeros((2, 32, 32, 1), np.float32))
    assert placement.first == pytest.approx((7.5, 7.5))


def test_distance_between_cells_is_right_where_pooling_drops_a_rest():
    options = {"filters": (2,) * 4, "kernel": 3, "units": (), "activation": "relu"}
    config = TrainingConfig(
        preset="x",
        architecture="cnn",
        input=InputSpec(size=150, outside_lungs="whole"),
        options=options,
    )
    trunk, _ = split_at_evidence(build_network(config))
    assert trunk.output_shape[1:3] == (9, 9)
    assert measure_stride(trunk) == 16


def test_keras_network_is_rebuilt_from_the_store(published, inputs):
    rebuilt = load_keras_network(published.model_id)
    _, expected = explain_with_keras(published.trained.model, inputs)
    _, logits = explain_with_keras(rebuilt, inputs)
    np.testing.assert_allclose(logits, expected, rtol=1e-4, atol=1e-4)
