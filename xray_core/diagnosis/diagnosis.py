"""What is said about one X-ray."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from xray_core.lungs.zones import EvidenceShares, Lungs


@dataclass(frozen=True)
class Diagnosis:
    """One model's answer for one X-ray, and what it rests on.

    Attributes:
        verdict: pneumonia where the probability reaches the threshold.
        probability: calibrated probability of pneumonia, 0 to 1.
        threshold: from validation, 0 to 1.
        heatmap: float32 (224, 224) over the whole picture: log-odds that each map cell adds to
            (or takes from) pneumonia, interpolated between the measured places of the cells.
        heat_full_scale: log-odds drawn in full colour, the same for every X-ray of this model.
        lungs: where the lungs are.
        evidence: where the positive part of the heatmap lies; None where there is none.
        model_id, model_hash: which file answered.
    """

    verdict: Literal["pneumonia", "normal"]
    probability: float
    threshold: float
    heatmap: np.ndarray
    heat_full_scale: float
    lungs: Lungs
    evidence: EvidenceShares | None
    model_id: str
    model_hash: str
