"""Synthetic chest X-rays of children, drawn by a program, with known lungs and opacities.

No pixel comes from a real picture. Densities are added up as an X-ray beam adds them, then exposed.
Proportions and shades were tuned until the pictures and their statistics resembled those of Kermany
et al. 2018 and a lung U-Net trained on those found the lungs.
"""

import csv
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import cv2

from xray_core.datasets.drawn_chest.draw import Order, Seeds, SyntheticXRay, draw
from xray_core.datasets.drawn_chest.illness import SUBTYPES
from xray_core.datasets.drawn_chest.series import (
    LUNG_MASKS,
    OPACITY_MASKS,
    divide_pictures,
    plan_pictures,
    to_uint8,
    write_pictures,
)
from xray_core.datasets.drawn_chest.shortcut import SIGNS, Shortcut, parse_shortcut
from xray_core.datasets.samples import Sample
from xray_core.errors import InvalidConfigError, UnknownNameError
from xray_core.lungs.zones import ZONE_NAMES

__all__ = [
    "Shortcut",
    "SyntheticXRay",
    "divide_pictures",
    "draw_sample",
    "draw_xray",
    "encode_png",
    "parse_shortcut",
    "write_folder",
]

# A worker first imports for about as long as it takes to draw this many small pictures.
_WORTH_A_WORKER = 32
_SAMPLE_SEVERITY = 0.8


def draw_xray(
    seed: int,
    pneumonia: bool,
    size: int = 512,
    *,
    aspect: float = 1.0,
    zones: Sequence[str] | None = None,
    subtype: str | None = None,
    severity: float | None = None,
    sign: str | None = None,
) -> SyntheticXRay:
    """Return the frontal chest X-ray of a child that never lived.

    The same seed with and without pneumonia gives twins: same child, pose, exposure and noise.

    Args:
        seed: not negative; it decides everything that the other arguments leave open.
        pneumonia: plant a consolidation or an interstitial pattern.
        size: height of the picture in pixels.
        aspect: width over height. At 1 the child is squashed, as in squares reduced from films;
            about 1.3 gives natural proportions.
        zones: where to plant, of `ZONE_NAMES`. A normal picture has none.
        subtype: ``bacteria`` for consolidation, ``virus`` for an interstitial pattern. Where it is
            left open and the zones are not, one zone gets the first and several get the second.
        severity: 0 (mild) to 1 (severe).
        sign: kind of shortcut whose sign is planted: ``marker``, ``border`` or ``exposure``.

    Raises:
        UnknownNameError: a zone, the subtype or the sign has no such name.
        InvalidConfigError: the severity is out of range.

    >>> draw_xray(3, pneumonia=True, size=128, zones=["left upper"]).subtype
    'bacteria'
    """
    for kind, names, valid in (
        ("lung zone", zones or (), ZONE_NAMES),
        ("subtype", [subtype] if subtype is not None else [], SUBTYPES),
        ("shortcut", [sign] if sign is not None else [], tuple(SIGNS)),
    ):
        _check_names(kind, names, valid)
    if severity is not None and not 0 <= severity <= 1:
        raise InvalidConfigError(
            f"Expected a severity from 0 (mild) to 1 (severe). Received: {severity}."
        )
    shape = (size, round(size * aspect))
    seeds = Seeds(child=seed, shot=seed, illness=seed)
    return draw(seeds, Order(pneumonia, shape, zones, subtype, severity, sign))


def draw_sample(sample: Sample, size: int = 768) -> SyntheticXRay:
    """Return a bundled X-ray in a child's natural proportions, `size` pixels high."""
    return draw_xray(
        sample.seed,
        bool(sample.zones),
        size,
        aspect=1.3,
        zones=sample.zones or None,
        severity=_SAMPLE_SEVERITY,
    )


def encode_png(synthetic: SyntheticXRay) -> bytes:
    """Return the picture as the bytes of an 8-bit grey PNG file, as an upload would bring it."""
    return cv2.imencode(".png", to_uint8(synthetic.pixels))[1].tobytes()


def write_folder(
    folder: Path,
    counts: Mapping[str, tuple[int, int]],
    size: int,
    seed: int,
    *,
    shortcut: Shortcut | None = None,
    workers: int | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write a data set in the layout and with the file names of Kermany's folders.

    Pictures go to ``split/NORMAL`` and ``split/PNEUMONIA``, masks (0 / 255) of lungs and opacities
    to ``lung_masks/split/CLASS/stem.png`` and ``opacity_masks/split/CLASS/stem.png``, and what was
    drawn to ``truth.csv``. Some patients have two pictures, never in two splits. Size, shape,
    sharpness, exposure, marker, border and JPEG quality don't depend on the class, unless a
    shortcut is asked for.

    Args:
        folder: made if missing.
        counts: for each split, how many normal and how many pneumonia pictures.
        size: typical height of a picture in pixels; heights vary by a sixth.
        seed: the same seed writes the same pixels, whatever the number of workers.
        shortcut: a sign that goes with the label, in each split alike.
        workers: processes; as many as there are cores and work for if None. A script that writes
            with several needs an ``if __name__ == "__main__":`` around its calls.
        on_progress: called with the number of pictures written and their total.
    """
    planned = plan_pictures(counts, size, seed, shortcut)
    for place in {picture.place for picture in planned}:
        for inside in (folder, folder / LUNG_MASKS, folder / OPACITY_MASKS):
            (inside / place).mkdir(parents=True, exist_ok=True)
    if workers is None:
        workers = min(os.cpu_count() or 1, len(planned) // _WORTH_A_WORKER)
    rows = []
    for row in write_pictures(folder, planned, workers):
        rows.append(row)
        if on_progress:
            on_progress(len(rows), len(planned))
    with (folder / "truth.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("file", "label", "subtype", "severity", "zones", "sign"))
        writer.writerows(rows)


def _check_names(kind: str, names: Iterable[str], valid: Sequence[str]) -> None:
    for name in names:
        if name not in valid:
            raise UnknownNameError(kind, name, valid)
