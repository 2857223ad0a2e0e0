"""An X-ray picture, whatever file it came from."""

from dataclasses import dataclass

import cv2
import numpy as np

WORKING_SIZE = 224


@dataclass(frozen=True)
class AcquisitionHeader:
    """What a file says of how the picture was taken, in DICOM's own words; "" where it is silent.

    Attributes:
        modality, view, body_part: Modality, ViewPosition and BodyPartExamined.
        age_years: of the patient; None where the file does not say.
        rows_run_to: the patient's side at the picture's right edge, "L" as usual, or "R"; from the
            side "A", the front, or "P", the back.
    """

    modality: str = ""
    view: str = ""
    body_part: str = ""
    age_years: float | None = None
    rows_run_to: str = ""


@dataclass(frozen=True)
class XRay:
    """The pixels of one X-ray and what decoding had to do to get them; no patient data.

    Attributes:
        pixels: float32 (H, W) in [0, 1]; bright is dense, as radiographs are read.
        source_format: the file's format, such as "JPEG" or "DICOM (JPEG 2000)".
        notes: full sentences on what decoding changed or noticed, for the user to read.
        pixel_spacing_mm: distance between pixel centres (down, across), where the file tells it.
        mode: how the file stores a pixel: Pillow's mode, such as "L" or "RGB", or DICOM's
            photometric interpretation.
        chest_score: how much `pixels` look like a chest radiograph, -1 to 1.
        header: what the file says of how it was taken.
        negative: the content showed a negative, against the file's own claim; `pixels` are not.
    """

    pixels: np.ndarray
    source_format: str
    notes: tuple[str, ...] = ()
    pixel_spacing_mm: tuple[float, float] | None = None
    mode: str = ""
    negative: bool = False
    chest_score: float = 0.0
    header: AcquisitionHeader = AcquisitionHeader()

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])


def to_working_square(xray: XRay) -> np.ndarray:
    """Return the whole picture at the working resolution, float32 (224, 224) in [0, 1].

    Every model sees a picture through this square, because the pictures they were trained on were
    reduced to it: a sharper original must not look like another kind of picture.
    """
    if xray.pixels.shape == (WORKING_SIZE, WORKING_SIZE):
        return np.asarray(xray.pixels, np.float32)
    square = cv2.resize(xray.pixels, (WORKING_SIZE, WORKING_SIZE), interpolation=cv2.INTER_AREA)
    return np.clip(square, 0, 1).astype(np.float32)
