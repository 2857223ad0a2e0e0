"""What is known about a trained model: the file ``card.json`` beside its weights."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from xray_core.images.prepare import InputSpec

Probability = Annotated[float, Field(ge=0, le=1)]


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
    """

    preset: str
    settings: dict[str, object]
    data: str
    data_fingerprint: str
    split_fingerprint: str
    training_images: int
    validation_images: int


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
        placement: where its heatmap's cells look.
        heat_full_scale: log-odds of one cell drawn in full colour, from validation.
        lungs_model: the model whose masks it was trained with; None if it needs no lungs.
    """

    task: Literal["classify"] = "classify"
    calibration: Calibration
    placement: CellPlacement
    heat_full_scale: float = Field(gt=0)
    lungs_model: str | None


AnyCard = Annotated[LungCard | ClassifierCard, Field(discriminator="task")]
