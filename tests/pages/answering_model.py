"""A model whose answer a test decides."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from xray_core.diagnosis.conformal import ConformalScores
from xray_core.diagnosis.diagnosis import Diagnosis
from xray_core.errors import PneumoscopeError
from xray_core.images.xray import XRay
from xray_core.model_card import Measurement


@dataclass(frozen=True)
class DrawnCard:
    id: str = "drawn"
    title: str = "Drawn by a test"
    trained_on: str = "X-rays of children aged 1 to 5 from one hospital in Guangzhou"
    intended_use: str = "Frontal chest X-rays of small children."
    files: Mapping[str, str] = field(default_factory=lambda: {"weights.npz": ""})
    limits: tuple[str, ...] = ("Not for adults.", "Knows <b>no</b> other disease.")
    measurements: Mapping[str, Measurement] = field(
        default_factory=lambda: {
            "drawn test": Measurement(
                data="drawn", n=30, figures={}, confusion={"tn": 7, "fp": 3, "fn": 1, "tp": 19}
            )
        }
    )


@dataclass
class AnsweringModel:
    """Stands in for a trained model: gives the answer that the test put into it."""

    answer: Diagnosis | PneumoscopeError
    card: DrawnCard = field(default_factory=DrawnCard)
    asked: int = 0
    scores: ConformalScores | None = None

    def diagnose(self, xray: XRay) -> Diagnosis:
        self.asked += 1
        if isinstance(self.answer, PneumoscopeError):
            raise self.answer
        return self.answer
