"""One X-ray in, one Diagnosis out."""

from xray_core.diagnosis.classifier import Classifier, load_classifier
from xray_core.diagnosis.conformal import (
    DEFAULT_ERROR_RATE,
    SCORES_FILE,
    ConformalScores,
    read_scores,
)
from xray_core.diagnosis.diagnosis import Diagnosis
from xray_core.diagnosis.gate import Gate
from xray_core.diagnosis.header_concerns import judge_header
from xray_core.images.xray import XRay, to_working_square
from xray_core.lungs.segment import LungSegmenter
from xray_core.lungs.zones import share_evidence
from xray_core.model_card import ClassifierCard
from xray_core.model_store import DEFAULT_CLASSIFIER, DEFAULT_LUNGS, SERVING_FILE, read_model_file


class Diagnoser:
    """A classifier and the lung outline that it relies on, loaded once and used for many X-rays."""

    def __init__(
        self,
        classifier: Classifier,
        segmenter: LungSegmenter,
        scores: ConformalScores | None = None,
    ) -> None:
        """Put the parts together.

        Args:
            classifier: tells pneumonia from normal.
            segmenter: draws the lungs.
            scores: of the classifier's validation pictures; without them it always answers.
        """
        self.classifier, self.segmenter, self.scores = classifier, segmenter, scores
        self.gate = Gate(segmenter)

    @property
    def card(self) -> ClassifierCard:
        return self.classifier.card

    @property
    def model_hash(self) -> str:
        """SHA-256 of the file that answers."""
        return self.card.files[SERVING_FILE]

    def diagnose(self, xray: XRay, error_rate: float = DEFAULT_ERROR_RATE) -> Diagnosis:
        """Return the verdict on one X-ray, its heatmap and where the evidence lies.

        Args:
            xray: the picture.
            error_rate: share of each class of validation pictures that may get a wrong verdict.

        Raises:
            NotAChestXRayError: the picture shows something else.
            LungsNotFoundError: no two lungs were found, so nothing is guessed.
        """
        square = to_working_square(xray)
        admitted = self.gate.admit(square)
        lungs = admitted.lungs
        answer = self.classifier.answer(square, lungs.both)
        threshold = self.card.calibration.threshold
        diagnosis = Diagnosis(
            verdict="pneumonia" if answer.probability >= threshold else "normal",
            probability=answer.probability,
            threshold=threshold,
            heatmap=answer.heatmap,
            heat_full_scale=self.card.heat_full_scale,
            lungs=lungs,
            evidence=share_evidence(answer.heatmap, lungs),
            model_id=self.card.id,
            model_hash=self.model_hash,
            explained_by=self.card.explained_by,
            classes=answer.classes,
            features=answer.features,
            concerns=(*judge_header(xray.header), *admitted.concerns),
        )
        if self.scores is None:
            return diagnosis
        return diagnosis.decide_anew(self.scores.choose_cutoffs(error_rate))


def load_diagnoser(model_id: str | None = None) -> Diagnoser:
    """Return a classifier with its lung outline; the default model if no id is given.

    Raises:
        UnknownNameError, IncompatibleModelError: there is no such model, or it was altered.
    """
    classifier = load_classifier(model_id or DEFAULT_CLASSIFIER)
    card = classifier.card
    known = SCORES_FILE in card.files
    return Diagnoser(
        classifier,
        LungSegmenter(card.lungs_model or DEFAULT_LUNGS),
        read_scores(read_model_file(card, SCORES_FILE)) if known else None,
    )
