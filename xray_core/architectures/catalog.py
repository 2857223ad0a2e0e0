"""Every classifier network by name, and what can be chosen about it; needs no TensorFlow."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from xray_core.errors import UnknownNameError

Activation = Literal["relu", "tanh", "sigmoid"]
Width = Annotated[int, Field(ge=1, le=4096)]
Widths = Annotated[
    tuple[Width, ...],
    Field(max_length=8),
    BeforeValidator(lambda value: (value,) if isinstance(value, int) else value),  # of one layer
]
Penalty = Annotated[float, Field(ge=0, le=1)]


_FROZEN_TITLE = "Keep the backbone as it is"


class Options(BaseModel):
    """What can be chosen about a network; the parent of all of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class LiteOptions(Options):
    """Choices of EfficientNet-Lite0."""

    stages: int = Field(
        7,
        ge=1,
        le=7,
        title="Stages",
        description="Fewer stages train faster, and each map cell sees less of its surroundings.",
    )
    frozen: bool = Field(
        False,
        title=_FROZEN_TITLE,
        description="Train the last layer only: quick, and it needs few pictures.",
    )


class HeadOptions(Options):
    """Choices of the dense layers between features and answer."""

    units: Widths = Field(
        (),
        title="Dense layers",
        description="Neurons in each dense layer before the answer. More can fit more, and "
        "overfit more.",
    )
    activation: Activation = Field(
        "relu",
        title="Activation",
        description="What a neuron does with its sum. ReLU trains fastest; tanh and sigmoid "
        "saturate in deep networks.",
    )
    dropout_layers: int = Field(
        1,
        ge=0,
        le=8,
        title="Layers with dropout",
        description="After how many of the last layers some neurons are silenced in training. More "
        "curb overfitting more, and slow the learning.",
    )
    l1: Penalty = Field(
        0.0,
        title="L1 penalty",
        description="Pulls weights to exactly zero: fewer of them decide, which can curb "
        "overfitting.",
    )
    l2: Penalty = Field(
        0.0,
        title="L2 penalty",
        description="Keeps weights small, so that no single one decides; it can curb overfitting.",
    )


class CnnOptions(HeadOptions):
    """Choices of a plain convolutional network; the penalties act on its last convolution."""

    filters: Annotated[Widths, Field(min_length=1)] = Field(
        (32, 64, 128),
        title="Convolutions",
        description="Patterns that each convolution looks for; each is followed by a pooling that "
        "halves the picture. More convolutions see more of it at once, more patterns finer "
        "differences; both cost time.",
    )
    kernel: Literal[3, 5, 7] = Field(
        3,
        title="Kernel",
        description="Side of the patterns in pixels. Larger ones see more at once and cost more.",
    )


class BackboneOptions(HeadOptions):
    """Choices of a published network; the penalties act on the dense layers."""

    frozen: bool = Field(
        True,
        title=_FROZEN_TITLE,
        description="Train the new layers only: quick, and it needs few pictures. Switched off, "
        "everything is fine-tuned: slower, usually better.",
    )


@dataclass(frozen=True)
class Architecture:
    """One kind of network.

    Attributes:
        title: its name on screen.
        about: what it is, in a sentence, with its source.
        options: what can be chosen, with defaults.
        size_multiple: the input's side must be a multiple of it.
        smallest: the shortest side that it takes, in pixels.
        pools_over_lungs: it can average its features over the lungs alone.
        has_imagenet: ``bundled`` weights come with the installation, ``download`` ones need
            internet once.
        explained_by: ``grad_cam``; ``hires_cam`` where the map is flattened, so that a pattern
            counts differently from place to place; ``occlusion`` where there is no map.
    """

    title: str
    about: str
    options: type[Options]
    size_multiple: int = 1
    smallest: int = 16
    pools_over_lungs: bool = False
    has_imagenet: Literal["no", "bundled", "download"] = "no"
    explained_by: Literal["grad_cam", "hires_cam", "occlusion"] = "grad_cam"


def _backbone(title: str, about: str, smallest: int = 32) -> Architecture:
    return Architecture(title, about, BackboneOptions, 1, smallest, has_imagenet="download")


ARCHITECTURES: dict[str, Architecture] = {
    "efficientnet-lite0": Architecture(
        "EfficientNet-Lite0",
        "An efficient network with a fine map, able to pool over the lungs (Tan & Le 2019).",
        LiteOptions,
        size_multiple=16,
        smallest=32,
        pools_over_lungs=True,
        has_imagenet="bundled",
    ),
    "small-cnn": Architecture(
        "Small CNN",
        "Four convolutions with batch normalisation: trains in a minute, for lessons.",
        Options,
        size_multiple=8,
        pools_over_lungs=True,
    ),
    "dense": Architecture(
        "Dense network",
        "Every pixel is a number of its own; it knows nothing of neighbourhoods.",
        HeadOptions,
        explained_by="occlusion",
    ),
    "cnn": Architecture(
        "Plain CNN",
        "Convolutions with pooling, flattened into dense layers, as in a first course.",
        CnnOptions,
        explained_by="hires_cam",
    ),
    "vgg19": _backbone("VGG19", "Nineteen plain layers (Simonyan & Zisserman 2014)."),
    "inceptionv3": _backbone("InceptionV3", "Parallel kernels (Szegedy et al. 2015).", 75),
    "densenet121": _backbone("DenseNet121", "Every layer sees all before it (Huang et al. 2016)."),
    "mobilenetv3": _backbone("MobileNetV3 small", "Made for telephones (Howard et al. 2019)."),
    "convnext-tiny": _backbone("ConvNeXt tiny", "A modernised ResNet (Liu et al. 2022)."),
}


def get_architecture(name: str) -> Architecture:
    """Return the entry of this name.

    Raises:
        UnknownNameError: there is none.
    """
    try:
        return ARCHITECTURES[name]
    except KeyError:
        raise UnknownNameError("architecture", name, ARCHITECTURES) from None
