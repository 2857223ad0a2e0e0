"""What is known about a trained model: the file ``card.json`` beside its weights."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from xray_core.images.prepare import InputSpec

Probability = Annotated[float, Field(ge=0, le=1)]
ExplainedBy = Literal["grad_cam", "hires_cam", "occlusion"]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Figure(_Record):
    """A measured value with its 95 % interval, where one was computed."""

    value: float | None
    low: float | None = None
    high: float | None = None


class Measurement(_Record):
    """What a model scored on one data set.

    Attributes:
        data: which pictures, in words.
        n: how many pictures.
        figures: name to value, such as ``auc`` or ``dice``.
        confusion: ``tn``, ``fp``, ``fn``, ``tp``; empty for models that do not classify.
        note: what a reader must know to use the figures.
    """

    data: str
    n: int
    figures: dict[str, Figure]
    confusion: dict[str, int] = {}
    note: str = ""


class TrainingFacts(_Record):
    """How a model came to be.

    Attributes:
        preset: the catalog entry that was trained.
        settings: everything that decides the run.
        data: which pictures, in words.
        data_fingerprint: SHA-256 over the contents of the training pictures and whose they are.
        split_fingerprint: SHA-256 over the names of the validation pictures.
        training_images, validation_images: how many.
        parameters: numbers that the network consists of.
        seconds: that its epochs took.
    """

    preset: str
    settings: dict[str, object]
    data: str
    data_fingerprint: str
    split_fingerprint: str
    training_images: int
    validation_images: int
    parameters: int | None = None
    seconds: float | None = None


class CellPlacement(_Record):
    """Where the cells of a heatmap look, measured with planted spots, in pixels of the input.

    Attributes:
        rows, columns: cells down and across.
        first: centre of cell (0, 0), down and across.
        stride: distance between neighbouring cells, down and across.
    """

    rows: int
    columns: int
    first: tuple[float, float]
    stride: tuple[float, float]


class Calibration(_Record):
    """From logit to verdict; both numbers come from validation pictures only.

    Attributes:
        temperature: the logit is divided by it before the sigmoid.
        threshold: calibrated probability from which the verdict is pneumonia.
        source: which pictures they were chosen on.
    """

    temperature: float = Field(gt=0)
    threshold: Probability
    source: str


class ModelCard(_Record):
    """What every model says of itself.

    Attributes:
        id: the name of its folder.
        title: its name on screen.
        architecture: catalog name of the network.
        intended_use, limits: whom it is for, and what it cannot do.
        measurements: data set name to figures; the test figures are taken once.
        files: file name to SHA-256; a file that differs is not loaded.
    """

    id: str
    title: str
    architecture: str
    input: InputSpec
    training: TrainingFacts
    intended_use: str
    limits: tuple[str, ...]
    measurements: dict[str, Measurement] = {}
    files: dict[str, str]

    @property
    def trained_on(self) -> str:
        return self.training.data


class LungCard(ModelCard):
    """The card of a network that draws lungs."""

    task: Literal["draw lungs"] = "draw lungs"


class ClassifierCard(ModelCard):
    """The card of a network that tells pneumonia from normal.

    Attributes:
        classes: what it tells apart, normal first; all others are kinds of pneumonia.
        explained_by: ``grad_cam``, a heatmap from the serving file; ``hires_cam``, the same for
            networks that flatten their map; or ``occlusion``, for networks without convolutions:
            what covering each region takes from the log-odds.
        placement: where the cells of the serving file's heatmap look; None for occlusion.
        heat_full_scale: log-odds of one cell drawn in full colour, from validation.
        lungs_model: the model whose masks it was trained with; None if it needs no lungs.
        feature_count: numbers that its serving file gives for how the lungs look; 0 for none.
    """

    task: Literal["classify"] = "classify"
    classes: Annotated[tuple[str, ...], Field(min_length=2)] = ("normal", "pneumonia")
    calibration: Calibration
    explained_by: ExplainedBy = "grad_cam"
    placement: CellPlacement | None
    heat_full_scale: float = Field(gt=0)
    lungs_model: str | None
    feature_count: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _a_served_heatmap_has_a_place(self) -> "ClassifierCard":
        if (self.explained_by == "occlusion") != (self.placement is None):
            raise ValueError("placement: expected none for occlusion, and one for all others.")
        return self

    @property
    def outputs(self) -> tuple[str, ...]:
        """The outputs of its serving file, in the order in which LiteRT has them."""
        names = ["logit"]
        if self.explained_by != "occlusion":
            names.append("heatmap")
        if len(self.classes) > 2:
            names.append("class_logits")
        if self.feature_count:
            names.append("features")
        return tuple(sorted(names))


AnyCard = Annotated[LungCard | ClassifierCard, Field(discriminator="task")]
