"""What is said about one X-ray."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from xray_core.diagnosis.conformal import Cutoffs, Verdict
from xray_core.diagnosis.gate import Concern
from xray_core.lungs.zones import EvidenceShares, Lungs
from xray_core.model_card import ExplainedBy


@dataclass(frozen=True)
class Diagnosis:
    """One model's answer for one X-ray, and what it rests on.

    Attributes:
        verdict: by `cutoffs`; where there are none, pneumonia if the probability reaches the
            threshold.
        probability: calibrated probability of pneumonia, 0 to 1.
        threshold: from validation, 0 to 1.
        heatmap: float32 (224, 224) over the whole picture: log-odds that each map cell adds to
            (or takes from) pneumonia, or that covering it takes from (or adds to) pneumonia;
            interpolated between the places of the cells.
        heat_full_scale: log-odds drawn in full colour, the same for every X-ray of this model.
        lungs: where the lungs are.
        evidence: where the positive part of the heatmap lies; None where there is none.
        model_id, model_hash: which file answered.
        explained_by: ``grad_cam`` or ``hires_cam`` where the heatmap says what cells add,
            ``occlusion`` where it says what covering them takes away.
        classes: probability of each class, where the model knows more than two.
        features: how the lungs look to the model, float32 (C,); None where it does not tell.
        cutoffs: between which nobody can tell; None for a model without validation scores.
        concerns: what the gate found that speaks against judging this picture.
    """

    verdict: Verdict
    probability: float
    threshold: float
    heatmap: np.ndarray
    heat_full_scale: float
    lungs: Lungs
    evidence: EvidenceShares | None
    model_id: str
    model_hash: str
    explained_by: ExplainedBy = "grad_cam"
    classes: Mapping[str, float] | None = None
    features: np.ndarray | None = None
    cutoffs: Cutoffs | None = None
    concerns: tuple[Concern, ...] = ()

    def decide(self, probability: float) -> Verdict:
        """Return what the verdict would be at another probability."""
        if self.cutoffs is not None:
            return self.cutoffs.decide(probability)
        return "pneumonia" if probability >= self.threshold else "normal"

    def decide_anew(self, cutoffs: Cutoffs) -> "Diagnosis":
        """Return the same answer with the verdict at other cutoffs."""
        return replace(self, cutoffs=cutoffs, verdict=cutoffs.decide(self.probability))
