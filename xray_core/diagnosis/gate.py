"""Whether a picture is one that the models can judge: an upright, well taken chest X-ray."""

from collections.abc import Iterator
from dataclasses import astuple, dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from xray_core.diagnosis.gate_model import GATE_FILE, POSES, GateModel, read_gate_model
from xray_core.diagnosis.picture_quality import PictureQuality, measure_quality
from xray_core.errors import LungsNotFoundError, NotAChestXRayError, TurnedXRayError
from xray_core.lungs.segment import Drawing, LungSegmenter, find_lungs
from xray_core.lungs.zones import Lungs
from xray_core.model_store import read_model_file

Reason = Literal[
    "turned",
    "mirrored",
    "cropped",
    "exposure",
    "blurred",
    "adult",
    "not a frontal chest",
    "age",
]


@dataclass(frozen=True)
class Concern:
    """Something that speaks against judging a picture; the user may go on past it.

    Attributes:
        reason: a name that scripts may rely on.
        sentence: the same for people, with what to do.
    """

    reason: Reason
    sentence: str


@dataclass(frozen=True)
class Admitted:
    """A picture that may be judged.

    Attributes:
        lungs: where they are.
        concerns: what speaks against judging it nevertheless.
    """

    lungs: Lungs
    concerns: tuple[Concern, ...]


class Gate:
    """Looks at a picture before the classifier does."""

    def __init__(self, segmenter: LungSegmenter) -> None:
        self._segmenter = segmenter

    @cached_property
    def _model(self) -> GateModel:
        return read_gate_model(read_model_file(self._segmenter.card, GATE_FILE))

    def admit(self, square: np.ndarray) -> Admitted:
        """Return the lungs in a picture and what speaks against judging it.

        Args:
            square: float32 (224, 224) in [0, 1].

        Raises:
            NotAChestXRayError: the picture shows something else.
            TurnedXRayError: it lies on its side or head, and no lungs are found as it lies.
            LungsNotFoundError: it may be a chest X-ray, but no two lungs can be outlined in it.
            IncompatibleModelError: the outline's model has no gate.
        """
        drawing = self._segmenter.draw(square)
        pose = POSES[int(np.argmax(self._model.pose_logits(drawing.features)))]
        if pose in ("upside-down", "on its side") and any(
            self._is_chest(turned) for turned in _turn_back(square, pose)
        ):
            return _admit_turned(square, drawing, pose)
        lungs = self._find_chest(square, drawing)
        quality = measure_quality(square, lungs)
        is_whole = self._model.is_whole_chest(drawing.features)
        concerns = [
            *_judge_mirror(pose),
            *_judge_view(quality.edge_share, is_whole, self._model),
            *_judge_quality(quality, self._model),
            *_judge_age(self._model.adult_logit(drawing.features)),
        ]
        return Admitted(lungs, tuple(concerns))

    def _find_chest(self, square: np.ndarray, drawing: Drawing) -> Lungs:
        lungs = find_lungs(square, drawing)
        model, features = self._model, drawing.features
        if not (model.is_whole_chest(features) or model.is_cropped_chest(features)):
            raise NotAChestXRayError(
                "Expected a frontal chest X-ray, got a picture that is unlike every one that the "
                "lung outline was trained on. No verdict is given: check that it is the right "
                "file, well exposed and with both lungs in view."
            )
        return lungs

    def _is_chest(self, square: np.ndarray) -> bool:
        try:
            self._find_chest(square, self._segmenter.draw(square))
        except LungsNotFoundError:
            return False
        return True


def _admit_turned(square: np.ndarray, drawing: Drawing, pose: str) -> Admitted:
    """Return the lungs of a picture that is a chest once turned back, as it lies now."""
    concern = Concern(
        "turned",
        f"This chest X-ray seems to lie {'on its head' if pose == 'upside-down' else pose}. "
        f"Turn the file upright and drop it again.",
    )
    try:
        return Admitted(find_lungs(square, drawing), (concern,))
    except LungsNotFoundError as error:
        raise TurnedXRayError(
            f"{concern.sentence} As it lies, no two lungs are found in it."
        ) from error


def _turn_back(square: np.ndarray, pose: str) -> Iterator[np.ndarray]:
    """Yield the ways in which a picture may have lain before somebody turned it."""
    if pose == "upside-down":
        yield np.ascontiguousarray(square[::-1, ::-1])
        yield np.ascontiguousarray(square[::-1])
    else:
        yield np.ascontiguousarray(np.rot90(square))
        yield np.ascontiguousarray(np.rot90(square, 3))


def _judge_mirror(pose: str) -> Iterator[Concern]:
    if pose == "mirrored":
        yield Concern(
            "mirrored",
            "The heart seems to lie on the wrong side: the picture may be mirrored. Then right and "
            "left are exchanged in everything that is said here.",
        )


def _judge_view(edge_share: float, is_whole: bool, model: GateModel) -> Iterator[Concern]:
    if edge_share > model.quality_high[0]:
        yield Concern(
            "cropped",
            f"{100 * edge_share:.0f} % of the outline of a lung lies on the edge of the picture: a "
            f"part of the lung may be out of view.",
        )
    elif not is_whole:
        yield Concern(
            "cropped",
            "This looks like a chest X-ray with a part cut off: the answer rests on what is left "
            "of the lungs, and how good it is then was not measured.",
        )


def _judge_quality(quality: PictureQuality, model: GateModel) -> Iterator[Concern]:
    """Yield what lies outside the limits from validation pictures."""
    values = np.array(astuple(quality), np.float32)
    _, bright, contrast, clipped, _ = (values > model.quality_high).tolist()
    _, dark, flat, _, blurred = (values < model.quality_low).tolist()
    faults = {
        "dark": dark,
        "bright": bright,
        "flat, without contrast": flat,
        "hard, with too much contrast": contrast,
        "clipped, fully black or white in large parts": clipped,
    }
    if found := [name for name, holds in faults.items() if holds]:
        yield Concern(
            "exposure",
            f"The lungs are unusually {', '.join(found)}. Export the picture again with its usual "
            f"window, if you can.",
        )
    if blurred:
        yield Concern(
            "blurred",
            "The lungs are less sharp than in the pictures that the model knows: fine signs may be "
            "lost. Use the original at its full resolution, if you can.",
        )


def _judge_age(logit: float) -> Iterator[Concern]:
    if logit > 0:
        yield Concern(
            "adult",
            "This looks more like the X-rays of adults of another hospital than like those of the "
            "children of 1 to 5 years that the model learnt from.",
        )
