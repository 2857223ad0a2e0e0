"""Everything that decides a training run."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from xray_core.architectures.catalog import ARCHITECTURES, get_architecture
from xray_core.errors import InvalidConfigError, UnknownNameError
from xray_core.images.prepare import InputSpec
from xray_core.training.augment import Augmentation
from xray_core.training.config_problems import list_problems


class TrainingConfig(BaseModel):
    """The settings of one run of a classifier; the same settings and seed give the same run.

    Titles and descriptions are those that the form shows. Those without are for the code alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    preset: str = Field(description="the catalog entry that these settings started from")
    task: Literal["pneumonia", "subtypes"] = Field(
        "pneumonia",
        title="Tell apart",
        description="Pneumonia from normal; or normal, bacterial and viral, which is harder: both "
        "kinds look alike.",
    )
    architecture: str = Field(
        title="Network", description="The kind of network: what it can see, and what it costs."
    )
    options: dict[str, Any] = Field({}, description="what the architecture lets one choose")
    input: InputSpec
    initial_weights: Literal["random", "imagenet"] = Field(
        "random",
        title="First weights",
        description="From ImageNet the network already knows edges and textures; a random start "
        "has to learn them from your pictures.",
    )
    start_from: str | None = Field(None, description="published model to go on from")
    augmentation: Augmentation = Augmentation()
    mask_jitter: int = Field(
        0,
        ge=0,
        le=20,
        title="Lung outline jitter (pixels)",
        description="Grows or shrinks the lung outline at random, so that its exact shape cannot "
        "vote.",
    )
    balance_classes: bool = Field(
        True,
        title="Balance the classes",
        description="Weighs the rarer class up. Without it a network learns to say the common "
        "class more often.",
    )
    label_smoothing: float = Field(
        0.0,
        ge=0,
        lt=0.5,
        title="Label smoothing",
        description="Gives the other classes a small share of each label: less overconfidence.",
    )
    dropout: float = Field(
        0.0,
        ge=0,
        lt=1,
        title="Dropout",
        description="Share of neurons silenced at random in training, so that none can be relied "
        "on alone.",
    )
    optimizer: Literal["adamw", "adam", "sgd", "rmsprop"] = Field(
        "adamw",
        title="Optimizer",
        description="How steps are taken. Adam adapts each weight's step; SGD is plain and needs "
        "more patience.",
    )
    learning_rate: float = Field(
        1e-3,
        gt=0,
        le=10,
        title="Learning rate",
        description="Length of a step. Too long: the loss jumps; too short: nothing happens.",
    )
    schedule: Literal["constant", "cosine"] = Field(
        "cosine",
        title="Schedule",
        description="Constant, or a short rise and then a cosine down to zero, which settles "
        "better.",
    )
    weight_decay: float = Field(
        0.0,
        ge=0,
        le=1,
        title="Weight decay",
        description="Shrinks all weights a little at each step (AdamW only), so that none grows "
        "large for a few pictures: it can curb overfitting.",
    )
    epochs: int = Field(
        8,
        ge=1,
        le=500,
        title="Epochs",
        description="Passes over all training pictures. More can learn more, and overfit more.",
    )
    batch_size: int = Field(
        32,
        ge=0,
        le=8192,
        title="Batch size",
        description="Pictures for each step; 0 takes the whole training split at once. Small "
        "batches are noisy, large ones need memory and more epochs.",
    )
    early_stopping: int = Field(
        0,
        ge=0,
        le=100,
        title="Stop early after (epochs)",
        description="Stops when the validation loss has not improved for so many epochs; 0 never "
        "stops early.",
    )
    keep: Literal["best", "last"] = Field(
        "best",
        title="Keep",
        description="The epoch with the lowest validation loss, which guards against overfitting; "
        "or the last one, where too few pictures validate to tell the best.",
    )
    average_momentum: float = Field(
        0.0,
        ge=0,
        lt=1,
        title="Weight averaging",
        description="Keeps a running average of the weights with this momentum, which holds up "
        "better on other data; 0 switches it off.",
    )
    average_mirror: bool = Field(
        False,
        title="Answer for the mirror image too",
        description="The published model averages its answers for a picture and its mirror image: "
        "steadier, in twice the time.",
    )
    validation: Literal["patients", "pictures", "val_folder"] = Field(
        "patients",
        title="Validation from",
        description="Whole patients held back from training; or pictures drawn at random, which "
        "leaks patients; or the data set's own val folder, which may be tiny.",
    )
    validation_share: float = Field(
        0.12,
        gt=0,
        lt=1,
        title="Validation share",
        description="Share held back for choosing the epoch and the threshold. More makes the "
        "choice surer, and leaves fewer pictures to learn from.",
    )
    validation_patients: tuple[str, ...] = Field((), description="who, instead of a share")
    folds: int = Field(
        1,
        ge=1,
        le=20,
        title="Folds",
        description="Cross-validation by patient: as many runs, each validated on another part. "
        "Tells how much of a difference is luck.",
    )
    fold: int = Field(0, ge=0, description="which part validates")
    seed: int = Field(
        0,
        ge=0,
        title="Seed",
        description="Decides everything random. Another seed shows how much is luck.",
    )

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of what is told apart, normal first."""
        if self.task == "subtypes":
            return "normal", "bacterial", "viral"
        return "normal", "pneumonia"

    @model_validator(mode="after")
    def _is_possible(self) -> "TrainingConfig":
        try:
            architecture = get_architecture(self.architecture)
        except UnknownNameError as error:
            raise ValueError(f"architecture: {error}") from error
        try:
            options = architecture.options.model_validate(self.options)
        except ValidationError as error:
            raise ValueError(_first_problem(error, "options.")) from error
        object.__setattr__(self, "options", options.model_dump())
        if problems := list_problems(self, architecture):
            raise ValueError(" ".join(problems))
        return self


def make_config(values: Mapping[str, Any]) -> TrainingConfig:
    """Return checked settings.

    Raises:
        InvalidConfigError: a setting or a combination cannot work; the message names the field.
    """
    try:
        return TrainingConfig.model_validate(values)
    except ValidationError as error:
        raise InvalidConfigError(_first_problem(error)) from error


def change_config(config: TrainingConfig, changes: Mapping[str, Any]) -> TrainingConfig:
    """Return the settings with some changed, checked again.

    Args:
        config: the settings to start from.
        changes: field to value; a dotted name reaches inside, such as ``input.size``,
            ``options.units`` or ``augmentation.flip``.

    Raises:
        InvalidConfigError: no such field, or a value that cannot work.
    """
    values = config.model_dump()
    network = changes.get("architecture", config.architecture)
    if network != config.architecture and network in tuple(ARCHITECTURES):
        fields = ARCHITECTURES[network].options.model_fields
        values["options"] = {
            name: values["options"].get(name, field.default) for name, field in fields.items()
        }
    for name, value in changes.items():
        *above, field = name.split(".")
        inside = values
        for part in above:
            inside = inside[part] if isinstance(inside.get(part), dict) else {}
        if field not in inside:
            known = ", ".join(sorted(inside)) or f"none, {network} has no options"
            raise InvalidConfigError(f"{name}: no such setting. Choose one of: {known}.")
        inside[field] = value
    return make_config(values)


def _first_problem(error: ValidationError, above: str = "") -> str:
    """Return what is wrong, with the field's name in front."""
    problem = error.errors()[0]
    field = above + ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "value_error":  # our own sentences begin with the field's name
        message = str(problem["msg"]).removeprefix("Value error, ")
        return f"{field}.{message}" if field else message
    return f"{field}: {problem['msg']}, got {problem['input']!r}."
