"""Stored DICOM values as brightness: modality, window, MONOCHROME1, palettes and colour."""

import math

import numpy as np
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_color_lut

from xray_core.errors import UnreadableImageError
from xray_core.images.grey import colour_to_grey, spread_range

_COLOUR = frozenset({"RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT"})


def to_grey(stored: np.ndarray, dataset: Dataset, notes: list[str]) -> np.ndarray:
    """Return float32 (H, W) in [0, 1], bright where the file says the display is bright.

    Args:
        stored: values as stored, (H, W), or (H, W, 3) in RGB for colour.
        dataset: the header.
        notes: sentences on what was decided are added.

    Raises:
        UnreadableImageError: a photometric interpretation that no X-ray has.

    Source:
        DICOM PS3.3 C.11.1 (modality), C.11.2 (VOI), C.7.6.3.1.2 (photometric interpretation).
    """
    photometric = str(dataset.PhotometricInterpretation)
    if photometric == "PALETTE COLOR":
        colour = apply_color_lut(stored, dataset)
        return colour_to_grey(colour, float(np.iinfo(colour.dtype).max), notes)
    if photometric in _COLOUR and stored.ndim == 3:
        return colour_to_grey(stored, 2.0 ** int(dataset.BitsStored) - 1, notes)
    if photometric not in ("MONOCHROME1", "MONOCHROME2") or stored.ndim != 2:
        raise UnreadableImageError(
            "Expected a grey or RGB DICOM image, got another photometric interpretation. "
            "Export the X-ray as PNG."
        )
    grey = _display(_apply_modality(stored, dataset), dataset, notes)
    return 1 - grey if photometric == "MONOCHROME1" else grey


def _apply_modality(stored: np.ndarray, dataset: Dataset) -> np.ndarray:
    """Return values in the modality's unit: through its table, or slope and intercept."""
    if dataset.get("ModalityLUTSequence"):
        return _look_up(stored, dataset.ModalityLUTSequence[0])[0]
    slope, intercept = _number(dataset, "RescaleSlope"), _number(dataset, "RescaleIntercept")
    if slope is None or intercept is None or (slope, intercept) == (1, 0):
        return stored
    return stored.astype(np.float32) * np.float32(slope) + np.float32(intercept)


def _display(values: np.ndarray, dataset: Dataset, notes: list[str]) -> np.ndarray:
    """Return brightness in [0, 1] through the first VOI table or window, or the whole range."""
    if not np.isfinite(values).all():
        raise UnreadableImageError(
            "Expected finite brightness values, got infinite or undefined ones. "
            "Export the X-ray as PNG."
        )
    displayed = _apply_voi(values, dataset)
    if displayed is not None and np.ptp(displayed) > 0:
        return displayed
    if displayed is None and values.dtype == np.uint8:
        full = 2.0 ** int(dataset.BitsStored) - 1
        return np.clip(values / np.float32(full), 0, 1).astype(np.float32)
    notes.append(
        "The file tells no usable display window; its darkest and brightest values were taken as "
        "the ends of the scale."
    )
    return spread_range(values)


def _apply_voi(values: np.ndarray, dataset: Dataset) -> np.ndarray | None:
    """Return brightness in [0, 1], or None where the file has no usable table or window."""
    if dataset.get("VOILUTSequence"):
        table_values, bits = _look_up(values, dataset.VOILUTSequence[0])
        return np.clip(table_values / np.float32(2**bits - 1), 0, 1).astype(np.float32)
    center, width = _number(dataset, "WindowCenter"), _number(dataset, "WindowWidth")
    if center is None or width is None:
        return None
    return apply_window(values, center, width, str(dataset.get("VOILUTFunction") or "LINEAR"))


def apply_window(
    values: np.ndarray, center: float, width: float, function: str = "LINEAR"
) -> np.ndarray | None:
    """Return values seen through a window, float32 in [0, 1]; None where the window is impossible.

    Args:
        values: in the modality's unit.
        center: middle of the window.
        width: its width; at least 1 for LINEAR, above 0 for the others.
        function: "LINEAR", "LINEAR_EXACT" or "SIGMOID".

    Source:
        DICOM PS3.3 C.11.2.1.2 and C.11.2.1.3.

    >>> apply_window(np.array([0.0, 127.5, 255.0]), 128, 256)
    array([0. , 0.5, 1. ], dtype=float32)
    """
    if function == "LINEAR":
        center, width = center - 0.5, width - 1
    if width < 0 or (width == 0 and function != "LINEAR"):
        return None
    distance = values.astype(np.float32) - np.float32(center)
    if width == 0:
        return (distance > 0).astype(np.float32)
    if function == "SIGMOID":
        # exp() of 80 still fits into float32, and the result is 0 or 1 long before.
        return 1 / (1 + np.exp(np.clip(-4 * distance / np.float32(width), -80, 80)))
    return np.clip(distance / np.float32(width) + np.float32(0.5), 0, 1)


def _look_up(values: np.ndarray, item: Dataset) -> tuple[np.ndarray, int]:
    """Return what a table of a data set makes of values, and the table's bits.

    pydicom's own `apply_voi` counts 8-bit tables with 8-bit indices, which wrap beyond 255.
    """
    _, first, bits = (int(number) for number in item.LUTDescriptor)
    table = _read_table(item.LUTData)
    if not 1 <= bits <= 16 or table.size == 0:
        raise ValueError("unusable lookup table")
    index = np.clip(np.rint(values.astype(np.float64)) - first, 0, table.size - 1)
    return table[index.astype(np.intp)], bits


def _read_table(data: bytes | list[int]) -> np.ndarray:
    if isinstance(data, bytes):
        return np.frombuffer(data, "<u2").astype(np.float32)
    return np.atleast_1d(np.asarray(data, np.float32))


def _number(dataset: Dataset, keyword: str) -> float | None:
    """Return the first value of a numeric tag, or None where there is no finite one."""
    value = dataset.get(keyword)
    if value is None or isinstance(value, str):
        return None
    first = value if isinstance(value, (int, float)) else next(iter(value), None)
    number = float(first) if isinstance(first, (int, float)) else math.nan
    return number if math.isfinite(number) else None
