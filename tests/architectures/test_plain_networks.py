"""Dense and plain convolutional networks are built as their options say."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from xray_core.architectures.answer import pneumonia_log_odds
from xray_core.architectures.build import build_architecture
from xray_core.architectures.dense_layers import ACTIVATIONS

HEAD = {"units": (8, 4), "activation": "relu", "dropout_layers": 1, "l1": 0.0, "l2": 0.0}
CNN = {**HEAD, "filters": (4, 6), "kernel": 3}


def kinds(model: keras.Model) -> list[str]:
    return [type(layer).__name__ for layer in model.layers[1:]]


def test_dense_network_has_no_map():
    model = build_architecture("dense", 16, 3, 0.5, {**HEAD, "dropout_layers": 2})
    assert kinds(model) == ["Flatten", "Dense", "Dropout", "Dense", "Dropout", "Dense"]


def test_dense_network_without_hidden_layers_is_logistic_regression():
    model = build_architecture("dense", 16, 1, 0.5, {**HEAD, "units": ()})
    assert kinds(model) == ["Flatten", "Dense"]
    assert model.count_params() == 16 * 16 + 1


@pytest.mark.parametrize(
    ("dropout_layers", "after"),
    [(0, []), (1, ["Dense"]), (3, ["Activation", "Dense", "Dense"]), (8, None)],
)
def test_dropout_counts_from_the_answer(dropout_layers, after):
    options = {**CNN, "dropout_layers": dropout_layers}
    found = kinds(build_architecture("cnn", 16, 1, 0.2, options))
    before = [found[index - 1] for index, kind in enumerate(found) if kind == "Dropout"]
    assert before == (["MaxPooling2D", "Activation", "Dense", "Dense"] if after is None else after)


def test_penalties_act_on_the_last_convolution_alone():
    model = build_architecture("cnn", 16, 1, 0.0, {**CNN, "l1": 0.1, "l2": 0.2})
    (penalised,) = (x for x in model.layers if getattr(x, "kernel_regularizer", None))
    assert penalised.filters == 6
    kernel = penalised.kernel.numpy()
    expected = 0.1 * np.abs(kernel).sum() + 0.2 * np.square(kernel).sum()
    np.testing.assert_allclose(model.losses[0], expected, rtol=1e-5)


@pytest.mark.parametrize("name", ["dense", "cnn", "small-cnn", "efficientnet-lite0"])
def test_three_classes_end_in_three_logits(name):
    options = {"dense": HEAD, "cnn": CNN}.get(name, {})
    assert build_architecture(name, 32, 1, 0.0, options, classes=3).output_shape == (None, 3)


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_activations_and_their_slopes_are_those_of_keras(name):
    x = tf.constant(np.linspace(-5, 5, 41, dtype=np.float32))
    values = []
    for function in (ACTIVATIONS[name], keras.activations.get(name)):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = function(x)
        values.append((y.numpy(), tape.gradient(y, x).numpy()))
    np.testing.assert_allclose(values[0], values[1], atol=1e-6)


def test_log_odds_of_three_classes_and_their_slope():
    logits = tf.constant([[0.3, -2.0, 50.0], [5.0, 1.0, 1.0]])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(logits)
        ours = pneumonia_log_odds(logits)
        plain = tf.reduce_logsumexp(logits[:, 1:], axis=1, keepdims=True) - logits[:, :1]
    np.testing.assert_allclose(ours, plain, rtol=1e-6)
    np.testing.assert_allclose(tape.gradient(ours, logits), tape.gradient(plain, logits), atol=1e-6)
