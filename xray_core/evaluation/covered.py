"""One X-ray with its lungs covered, or all but its lungs, and what a model says then."""

from dataclasses import replace

import cv2
import numpy as np

from xray_core.diagnosis.classifier import Classifier
from xray_core.diagnosis.diagnosis import Diagnosis
from xray_core.images.xray import XRay, to_working_square
from xray_core.lungs.paint import paint_lungs, paint_over
from xray_core.lungs.zones import Lungs, share_evidence


def cover_lungs(xray: XRay, lungs: Lungs) -> XRay:
    """Return the X-ray with the mean shade of the rest over its lungs and a margin around them."""
    return _cover(xray, paint_lungs(lungs.both))


def cover_rest(xray: XRay, lungs: Lungs) -> XRay:
    """Return the X-ray with the mean shade of its lungs over everything else."""
    return _cover(xray, 1 - lungs.both.astype(np.float32))


def ask_again(classifier: Classifier, before: Diagnosis, covered: XRay) -> Diagnosis:
    """Return what the model says of the covered X-ray; the lungs are where they were.

    Args:
        classifier: the model that gave the first answer.
        before: that answer.
        covered: the same X-ray, covered.
    """
    answer = classifier.answer(to_working_square(covered), before.lungs.both)
    return replace(
        before,
        verdict=before.decide(answer.probability),
        probability=answer.probability,
        heatmap=answer.heatmap,
        evidence=share_evidence(answer.heatmap, before.lungs),
        classes=answer.classes,
    )


def _cover(xray: XRay, paint: np.ndarray) -> XRay:
    large = cv2.resize(paint, (xray.width, xray.height), interpolation=cv2.INTER_LINEAR) > 0.5
    return replace(xray, pixels=paint_over(xray.pixels[np.newaxis], large[np.newaxis])[0])


COVERS = {"lungs_covered": cover_lungs, "rest_covered": cover_rest}
