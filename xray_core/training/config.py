"""Everything that decides a training run."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from xray_core.images.prepare import InputSpec
from xray_core.training.augment import Augmentation


class TrainingConfig(BaseModel):
    """The settings of one run of a classifier; the same settings and seed give the same run.

    Attributes:
        preset: the catalog entry that these settings started from.
        architecture: catalog name of the network.
        options: arguments of the network's builder.
        input: what the network takes.
        initial_weights: ``imagenet`` where the architecture has such weights.
        start_from: id of a published model to go on from; it replaces `initial_weights`.
        augmentation: random changes to the training pictures.
        mask_jitter: largest random growth or shrinkage of the lung mask in pixels of 224.
        balance_classes: weigh the rarer class up, so that both count the same.
        label_smoothing: share of each label given to the other class.
        learning_rate: the highest, after a short rise; it then falls along a cosine to zero.
        average_momentum: the kept weights are a running average with this momentum; 0 keeps the
            last step's weights.
        average_mirror: the published model answers for a picture and its mirror image, and
            averages both.
        validation_share: share of the patients kept for choosing threshold and temperature.
        validation_patients: who is kept for that, instead of a share.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    preset: str
    architecture: str
    options: dict[str, float | int | bool] = {}
    input: InputSpec
    initial_weights: Literal["random", "imagenet"] = "random"
    start_from: str | None = None
    augmentation: Augmentation = Augmentation()
    mask_jitter: int = Field(default=0, ge=0)
    balance_classes: bool = True
    label_smoothing: float = Field(default=0.0, ge=0, lt=0.5)
    dropout: float = Field(default=0.0, ge=0, lt=1)
    epochs: int = Field(default=8, ge=1)
    batch_size: int = Field(default=32, ge=1)
    learning_rate: float = Field(default=1e-3, gt=0)
    weight_decay: float = Field(default=0.0, ge=0)
    average_momentum: float = Field(default=0.0, ge=0, lt=1)
    average_mirror: bool = False
    validation_share: float = Field(default=0.12, gt=0, lt=1)
    validation_patients: tuple[str, ...] = ()
    seed: int = 0

    @model_validator(mode="after")
    def _mask_jitter_needs_lungs(self) -> "TrainingConfig":
        if self.mask_jitter and not self.input.needs_lungs:
            raise ValueError("mask_jitter: expected 0 for a network that sees whole pictures.")
        return self
