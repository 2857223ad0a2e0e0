"""From the working square to what a network takes: the one door for training and diagnosis."""

from typing import Literal, NamedTuple

import cv2
import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from xray_core.images.xray import WORKING_SIZE

# The darkest and brightest hundredth are stray: burnt-in letters, film edges, dead pixels.
_EXPOSURE_PERCENTILES = (1.0, 99.0)

Box = tuple[float, float, float, float]


class InputSpec(BaseModel):
    """What a network takes; part of its model card.

    Attributes:
        size: side of the square input in pixels.
        outside_lungs: ``whole`` keeps the picture as it is; ``lung_mask`` crops to the lungs and
            blackens the rest; ``lung_pool`` does the same and hands the lungs to the network as a
            second channel to pool over.
        margin: widening of the crop around the lungs, as a share of their width and height.
        spread_exposure: spread the brightness found around the lungs over the full range.
        colour: ``rgb`` repeats the grey picture three times, as many projects fed their networks.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: int = Field(
        gt=0,
        title="Size (pixels)",
        description="Side of the square picture. More pixels show finer signs and cost more time.",
    )
    outside_lungs: Literal["whole", "lung_mask", "lung_pool"] = Field(
        title="What it sees",
        description="The whole picture, or the lungs alone. On this kind of data a network that "
        "sees everything also learns from shoulders, letters and film borders.",
    )
    margin: float = Field(
        default=0.04,
        ge=0,
        le=0.5,
        title="Margin around the lungs",
        description="Widens the crop around the lungs, as a share of their width and height: an "
        "outline that is too tight then cuts nothing off, but the lungs get fewer pixels.",
    )
    spread_exposure: bool = Field(
        default=True,
        title="Spread the exposure",
        description="Stretches the brightness of each picture over the full range, so that dark "
        "and bright films look alike.",
    )
    colour: Literal["grey", "rgb"] = Field(
        default="grey",
        title="Colour",
        description="X-rays are grey. RGB repeats the grey picture three times, as networks for "
        "photographs were fed: three times the numbers, nothing more to see.",
    )

    @model_validator(mode="after")
    def _lungs_take_the_second_channel(self) -> "InputSpec":
        if self.outside_lungs == "lung_pool" and self.colour == "rgb":
            raise ValueError("colour: expected grey where a network pools over the lungs, got rgb.")
        return self

    @property
    def channels(self) -> int:
        if self.outside_lungs == "lung_pool":
            return 2
        return 3 if self.colour == "rgb" else 1

    @property
    def needs_lungs(self) -> bool:
        return self.outside_lungs != "whole"


def crop_box(lungs: np.ndarray, margin: float) -> Box:
    """Return the box around the lungs (left, top, right, bottom) in pixels of the working square.

    Args:
        lungs: bool (224, 224), with at least one lung pixel.
        margin: widening on each side, as a share of the lungs' width and height.

    >>> lungs = np.zeros((224, 224), bool)
    >>> lungs[50:150, 40:140] = True
    >>> crop_box(lungs, margin=0.1)
    (30.0, 40.0, 150.0, 160.0)
    """
    rows, columns = np.flatnonzero(lungs.any(axis=1)), np.flatnonzero(lungs.any(axis=0))
    top, bottom = float(rows[0]), float(rows[-1] + 1)
    left, right = float(columns[0]), float(columns[-1] + 1)
    wide, high = margin * (right - left), margin * (bottom - top)
    size = float(WORKING_SIZE)
    return (
        max(0.0, left - wide),
        max(0.0, top - high),
        min(size, right + wide),
        min(size, bottom + high),
    )


def box_to_input(box: Box, size: int) -> np.ndarray:
    """Return the 2 x 3 affine matrix from pixels of the working square to pixels of the input.

    Pixel (0, 0) is the centre of the first pixel, as OpenCV counts.
    """
    left, top, right, bottom = box
    scale = np.array([size / (right - left), size / (bottom - top)])
    offset = scale * (0.5 - np.array([left, top])) - 0.5
    return np.column_stack([np.diag(scale), offset]).astype(np.float32)


def picture_box(spec: InputSpec, lungs: np.ndarray | None) -> Box:
    """Return the part of the working square that a network with this InputSpec sees.

    Raises:
        ValueError: the InputSpec needs lungs and none were given.
    """
    if not spec.needs_lungs:
        return (0.0, 0.0, float(WORKING_SIZE), float(WORKING_SIZE))
    if lungs is None:
        raise ValueError(f"outside_lungs={spec.outside_lungs!r}: expected a lung mask, got None.")
    return crop_box(lungs, spec.margin)


class Exposed(NamedTuple):
    """A picture that only has to be moved into the network's input.

    Attributes:
        picture: float32 (224, 224) in [0, 1], its exposure spread if the network asks for that.
        lungs: bool (224, 224); None where the network sees whole pictures.
        to_input: 2 x 3 affine matrix from pixels of the working square to pixels of the input.
    """

    picture: np.ndarray
    lungs: np.ndarray | None
    to_input: np.ndarray


def prepare(square: np.ndarray, lungs: np.ndarray | None, spec: InputSpec) -> np.ndarray:
    """Return the network's input, float32 (S, S, channels) in [0, 1].

    Args:
        square: the picture, float32 (224, 224) in [0, 1].
        lungs: bool (224, 224); ignored where the InputSpec is ``whole``.
        spec: what the network takes.
    """
    exposed = expose(square, lungs, spec)
    return move_to_input(exposed, spec, exposed.to_input)


def expose(square: np.ndarray, lungs: np.ndarray | None, spec: InputSpec) -> Exposed:
    """Return what has to be moved into the input; see `prepare` for the arguments."""
    box = picture_box(spec, lungs)
    picture = _spread(square, box) if spec.spread_exposure else square
    return Exposed(picture, lungs if spec.needs_lungs else None, box_to_input(box, spec.size))


def move_to_input(exposed: Exposed, spec: InputSpec, matrix: np.ndarray) -> np.ndarray:
    """Return the network's input, float32 (S, S, channels) in [0, 1].

    Args:
        exposed: from `expose`.
        spec: what the network takes.
        matrix: 2 x 3 affine, `exposed.to_input` or, for augmentation, another.
    """
    picture = warp(exposed.picture, matrix, spec.size)
    if exposed.lungs is None:
        return np.repeat(picture[..., np.newaxis], spec.channels, axis=-1)
    inside = warp(exposed.lungs.astype(np.float32), matrix, spec.size)
    picture = picture * inside
    if spec.outside_lungs == "lung_mask":
        return np.repeat(picture[..., np.newaxis], spec.channels, axis=-1)
    return np.stack([picture, inside], axis=-1)


def _spread(square: np.ndarray, box: Box) -> np.ndarray:
    """Return the picture with the exposure inside the box spread over [0, 1]."""
    left, top, right, bottom = (round(edge) for edge in box)
    dark, bright = np.percentile(square[top:bottom, left:right], _EXPOSURE_PERCENTILES)
    stretched = (square - dark) / max(float(bright - dark), 1e-3)
    return np.clip(stretched, 0, 1).astype(np.float32)


def warp(picture: np.ndarray, matrix: np.ndarray, size: int) -> np.ndarray:
    """Return what an affine matrix brings into a square, float32 (size, size); black around it."""
    return cv2.warpAffine(picture, matrix, (size, size), flags=cv2.INTER_LINEAR)
