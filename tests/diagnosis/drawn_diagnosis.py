"""A diagnosis whose every pixel is known, for tests of what is said and shown of it."""

from typing import Literal

import numpy as np

from xray_core.diagnosis.diagnosis import Diagnosis
from xray_core.images.xray import XRay
from xray_core.lungs.zones import Lungs, share_evidence

SIZE = 224
# Middle of the patient's left lower zone, as shares of the picture, across and down.
PLANTED_AT = (165 / SIZE, 165 / SIZE)


def draw_ellipse(x: float, y: float, wide: float, high: float) -> np.ndarray:
    rows, columns = np.mgrid[:SIZE, :SIZE]
    return ((columns - x) / wide) ** 2 + ((rows - y) / high) ** 2 <= 1


def draw_lungs() -> Lungs:
    return Lungs(right=draw_ellipse(65, 112, 38, 80), left=draw_ellipse(160, 112, 38, 80))


def draw_patch(strength: float = 1.0) -> np.ndarray:
    """Return log-odds (224, 224): a soft patch at `PLANTED_AT`, below zero elsewhere."""
    rows, columns = np.mgrid[:SIZE, :SIZE]
    distance = np.hypot(columns - PLANTED_AT[0] * SIZE, rows - PLANTED_AT[1] * SIZE)
    return (strength * np.exp(-((distance / 15) ** 2)) - 0.1).astype(np.float32)


def draw_diagnosis(
    verdict: Literal["pneumonia", "normal"] = "pneumonia",
    probability: float = 0.97,
    heatmap: np.ndarray | None = None,
) -> Diagnosis:
    heatmap = draw_patch() if heatmap is None else heatmap
    lungs = draw_lungs()
    return Diagnosis(
        verdict=verdict,
        probability=probability,
        threshold=0.6,
        heatmap=heatmap,
        heat_full_scale=1.0,
        lungs=lungs,
        evidence=share_evidence(heatmap, lungs),
        model_id="drawn",
        model_hash="0" * 64,
    )


def draw_xray(height: int = 300, width: int = 400) -> XRay:
    ramp = np.linspace(0.2, 0.8, width, dtype=np.float32)
    return XRay(np.tile(ramp, (height, 1)), "PNG")
