"""The Keras network that settings ask for, and the one behind a published model."""

import keras

from xray_core.architectures.build import build_architecture, load_imagenet
from xray_core.architectures.lung_pooling import average_with_mirror
from xray_core.model_store import WEIGHTS_FILE, read_card, read_classifier_card, read_model_file
from xray_core.training.config import TrainingConfig
from xray_core.training.keras_weights import unpack_weights


def build_network(config: TrainingConfig) -> keras.Model:
    """Return the untrained network that the settings ask for.

    Raises:
        InvalidConfigError: the ImageNet weights cannot be had.
        IncompatibleModelError: the model to go on from has another network.
    """
    model = build_blank_network(config)
    if config.start_from is not None:
        unpack_weights(model, read_model_file(read_card(config.start_from), WEIGHTS_FILE))
    elif config.initial_weights == "imagenet":
        load_imagenet(config.architecture, model)
    return model


def build_blank_network(config: TrainingConfig) -> keras.Model:
    """Return the network with random weights, whatever the settings would start from."""
    return build_architecture(
        config.architecture,
        config.input.size,
        config.input.channels,
        config.dropout,
        config.options,
        len(config.classes),
    )


def load_keras_network(model_id: str) -> keras.Model:
    """Return the Keras network behind a published classifier, as it is served.

    Raises:
        UnknownNameError, IncompatibleModelError: there is no such model, or it was altered.
    """
    card = read_classifier_card(model_id)
    config = TrainingConfig.model_validate(card.training.settings)
    model = build_blank_network(config)
    unpack_weights(model, read_model_file(card, WEIGHTS_FILE))
    return as_served(model, config)


def as_served(model: keras.Model, config: TrainingConfig) -> keras.Model:
    """Return the network as it is published: itself, or averaged with its mirror image's answer."""
    return average_with_mirror(model) if config.average_mirror else model
