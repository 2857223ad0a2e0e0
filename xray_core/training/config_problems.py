"""Which settings cannot work together, each as a sentence that begins with the field's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xray_core.architectures.catalog import Architecture

if TYPE_CHECKING:
    from xray_core.training.config import TrainingConfig


def list_problems(config: TrainingConfig, architecture: Architecture) -> list[str]:
    """Return what is wrong with settings whose fields are all well formed; empty if they can work.

    Args:
        config: the settings.
        architecture: the catalog entry of their network.
    """
    return [*_input_problems(config, architecture), *_habit_problems(config, architecture)]


def _input_problems(config: TrainingConfig, architecture: Architecture) -> list[str]:
    problems = []
    size, spec = config.input.size, config.input
    if size % architecture.size_multiple:
        problems.append(
            f"input.size: expected a multiple of {architecture.size_multiple} for "
            f"{config.architecture}, got {size}."
        )
    if not architecture.smallest <= size <= 512:
        problems.append(
            f"input.size: expected {architecture.smallest} to 512 pixels for "
            f"{config.architecture}, got {size}."
        )
    halvings = len(config.options.get("filters", ()))
    if size >> halvings == 0:
        problems.append(
            f"options.filters: expected at most {size.bit_length() - 1} convolutions for pictures "
            f"of {size} pixels, since each halves the picture; got {halvings}."
        )
    if spec.outside_lungs == "lung_pool" and not architecture.pools_over_lungs:
        problems.append(
            f"input.outside_lungs: {config.architecture} cannot pool over the lungs. Choose "
            f"lung_mask or whole."
        )
    if spec.colour == "rgb" and architecture.pools_over_lungs:
        problems.append(
            f"input.colour: expected grey for {config.architecture}, which looks at one channel."
        )
    if config.mask_jitter and not spec.needs_lungs:
        problems.append("mask_jitter: expected 0 for a network that sees whole pictures.")
    return problems


def _habit_problems(config: TrainingConfig, architecture: Architecture) -> list[str]:
    problems = []
    if config.initial_weights == "imagenet" and architecture.has_imagenet == "no":
        problems.append(
            f"initial_weights: {config.architecture} has no ImageNet weights. Choose random."
        )
    if config.average_mirror and not architecture.pools_over_lungs:
        problems.append(
            f"average_mirror: expected a network that averages its map, got {config.architecture}."
        )
    if config.weight_decay and config.optimizer != "adamw":
        problems.append(f"weight_decay: expected 0 for {config.optimizer}; adamw alone decays.")
    if config.fold >= config.folds:
        problems.append(f"fold: expected 0 to {config.folds - 1}, got {config.fold}.")
    if config.folds > 1 and config.validation != "patients":
        problems.append("folds: cross-validation is by patient. Set validation to patients.")
    if config.start_from and config.initial_weights == "imagenet":
        problems.append("initial_weights: expected random for a run that goes on from a model.")
    return problems
