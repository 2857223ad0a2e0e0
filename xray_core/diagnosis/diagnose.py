"""One X-ray in, one Diagnosis out."""

from xray_core.diagnosis.classifier import Classifier
from xray_core.diagnosis.diagnosis import Diagnosis
from xray_core.images.xray import XRay, to_working_square
from xray_core.lungs.segment import LungSegmenter
from xray_core.lungs.zones import share_evidence
from xray_core.model_card import ClassifierCard
from xray_core.model_store import DEFAULT_CLASSIFIER, DEFAULT_LUNGS, SERVING_FILE


class Diagnoser:
    """A classifier and the lung outline that it relies on, loaded once and used for many X-rays."""

    def __init__(self, classifier: Classifier, segmenter: LungSegmenter) -> None:
        self._classifier, self._segmenter = classifier, segmenter

    @property
    def card(self) -> ClassifierCard:
        return self._classifier.card

    def diagnose(self, xray: XRay) -> Diagnosis:
        """Return the verdict on one X-ray, its heatmap and where the evidence lies.

        Raises:
            LungsNotFoundError: no two lungs were found, so nothing is guessed.
        """
        square = to_working_square(xray)
        lungs = self._segmenter.find(square)
        answer = self._classifier.answer(square, lungs.both)
        threshold = self.card.calibration.threshold
        return Diagnosis(
            verdict="pneumonia" if answer.probability >= threshold else "normal",
            probability=answer.probability,
            threshold=threshold,
            heatmap=answer.heatmap,
            heat_full_scale=self.card.heat_full_scale,
            lungs=lungs,
            evidence=share_evidence(answer.heatmap, lungs),
            model_id=self.card.id,
            model_hash=self.card.files[SERVING_FILE],
        )


def load_diagnoser(model_id: str | None = None) -> Diagnoser:
    """Return a classifier with its lung outline; the default model if no id is given.

    Raises:
        UnknownNameError, IncompatibleModelError: there is no such model, or it was altered.
    """
    classifier = Classifier(model_id or DEFAULT_CLASSIFIER)
    return Diagnoser(classifier, LungSegmenter(classifier.card.lungs_model or DEFAULT_LUNGS))
