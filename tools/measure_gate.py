"""Measure the gate: ``python -m tools.measure_gate DATA [FOLDER_OF_PHOTOGRAPHS]``.

Only reports; nothing is chosen here. Pictures that are turned, negative or badly taken are made
from the official test pictures, and go through every step from the file on.
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from xray_core.datasets.naming import read_name
from xray_core.diagnosis.gate import Gate
from xray_core.errors import LungsNotFoundError, TurnedXRayError, UnreadableImageError
from xray_core.evaluation.decision import estimate_share
from xray_core.images.decode import decode_xray
from xray_core.images.xray import to_working_square
from xray_core.lungs.segment import LungSegmenter
from xray_core.model_card import Figure, Measurement
from xray_core.model_changes import record_measurement
from xray_core.model_store import DEFAULT_LUNGS, read_card

Change = Callable[[np.ndarray], np.ndarray]

_SUFFIXES = {".jpeg", ".jpg", ".png"}
# What is made of an upright test picture, and what the gate should say of it.
_CHANGES: dict[str, tuple[Change, str]] = {
    "mirrored": (lambda pixels: pixels[:, ::-1], "mirrored"),
    "upside_down": (lambda pixels: pixels[::-1, ::-1], "turned"),
    "on_its_side": (np.rot90, "turned"),
    "negative": (lambda pixels: 255 - pixels, "negative"),
    "sixth_cut_off": (lambda pixels: pixels[:, pixels.shape[1] // 6 :], "cropped"),
    "third_cut_off": (lambda pixels: pixels[:, pixels.shape[1] // 3 :], "cropped"),
    "third_as_bright": (lambda pixels: pixels // 3, "exposure"),
    "blurred": (lambda pixels: cv2.GaussianBlur(pixels, (0, 0), 2), "blurred"),
}


def main(data: Path, photographs: Path | None = None) -> None:
    """Measure, print, and write the figures to the card of the lung outline.

    Args:
        data: holds ``chest_xray/test``, ``external_adult`` and ``not_a_chest_xray``.
        photographs: pictures that are no X-rays, such as scikit-image's own.
    """
    gate = Gate(LungSegmenter())
    test = _list(data / "chest_xray" / "test")
    patients = [read_name(path.stem).patient for path in test]
    figures = _share_findings([_judge(gate, path.read_bytes()) for path in test], patients)
    for name, (change, expected) in _CHANGES.items():
        found = [_judge(gate, _change(path, change)) for path in test]
        right = np.array([expected in one for one in found])
        figures[f"recognised_{name}"] = estimate_share(right, patients)
        stopped = np.array([bool({expected, "refused"} & one) for one in found])
        figures[f"stopped_{name}"] = estimate_share(stopped, patients)
    _record("official test, gate", len(test), figures)
    folders = {
        "adults of another hospital, gate": data / "external_adult",
        "other body parts, gate": data / "not_a_chest_xray",
    }
    if photographs:
        folders["photographs, gate"] = photographs
    for name, folder in folders.items():
        paths = _list(folder)
        findings = [_judge(gate, path.read_bytes()) for path in paths]
        _record(name, len(paths), _share_findings(findings, [path.stem for path in paths]))


def _judge(gate: Gate, data: bytes) -> set[str]:
    """Return all that is said of one file."""
    try:
        xray = decode_xray(data)
        concerns = gate.admit(to_working_square(xray)).concerns
    except TurnedXRayError:
        return {"refused", "turned"}
    except (LungsNotFoundError, UnreadableImageError):
        return {"refused"}
    return {concern.reason for concern in concerns} | ({"negative"} if xray.negative else set())


def _share_findings(findings: Sequence[set[str]], patients: Sequence[str]) -> dict[str, Figure]:
    """Return the share of pictures that were refused, that were warned about, and of what."""
    shares = {
        "refused": ["refused" in found for found in findings],
        "warned": [bool(found - {"refused"}) for found in findings],
    }
    for reason in sorted(set().union(*findings) - {"refused"}):
        shares[f"warned_{reason}"] = [reason in found for found in findings]
    return {name: estimate_share(np.array(held), patients) for name, held in shares.items()}


def _change(path: Path, change: Change) -> bytes:
    """Return a PNG file of a changed picture."""
    pixels = np.rint(decode_xray(path.read_bytes()).pixels * 255).astype(np.uint8)
    return cv2.imencode(".png", np.ascontiguousarray(change(pixels)))[1].tobytes()


def _list(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES)


def _record(name: str, count: int, figures: dict[str, Figure]) -> None:
    measurement = Measurement(data=name, n=count, figures=figures)
    record_measurement(read_card(DEFAULT_LUNGS), name, measurement)
    print(name, count, *(f"\n  {key}: {one.value:.4f}" for key, one in figures.items()), flush=True)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
