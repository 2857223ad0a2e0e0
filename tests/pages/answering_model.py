"""A model whose answer a test decides."""

from dataclasses import dataclass

from xray_core.diagnosis.diagnosis import Diagnosis
from xray_core.errors import PneumoscopeError
from xray_core.images.xray import XRay


@dataclass(frozen=True)
class DrawnCard:
    id: str = "drawn"
    title: str = "Drawn by a test"
    trained_on: str = "X-rays of children aged 1 to 5 from one hospital in Guangzhou."
    intended_use: str = "Frontal chest X-rays of small children."
    limits: tuple[str, ...] = ("Not for adults.", "Knows <b>no</b> other disease.")


@dataclass
class AnsweringModel:
    """Stands in for a trained model: gives the answer that the test put into it."""

    answer: Diagnosis | PneumoscopeError
    card: DrawnCard = DrawnCard()
    asked: int = 0

    def diagnose(self, xray: XRay) -> Diagnosis:
        self.asked += 1
        if isinstance(self.answer, PneumoscopeError):
            raise self.answer
        return self.answer
