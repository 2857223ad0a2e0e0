"""X-rays with a part covered: what stays, what goes, and what the shipped model makes of it."""

import numpy as np
import pytest

from tests.diagnosis.drawn_diagnosis import draw_lungs, draw_xray
from xray_core.datasets.samples import SAMPLES
from xray_core.datasets.synthetic import draw_sample, encode_png
from xray_core.diagnosis.classifier import load_classifier
from xray_core.diagnosis.conformal import Cutoffs
from xray_core.diagnosis.diagnose import load_diagnoser
from xray_core.evaluation.covered import ask_again, cover_lungs, cover_rest
from xray_core.images.decode import decode_xray
from xray_core.story.brightness import measure_brightness

_INSIDE, _OUTSIDE = (112, 65), (2, 2)  # down, across


def test_covering_the_lungs_leaves_the_rest_and_hides_them_in_one_shade():
    xray = draw_xray(224, 224)
    covered = cover_lungs(xray, draw_lungs()).pixels
    painted = covered != xray.pixels
    assert painted[draw_lungs().both].mean() > 0.99
    assert covered[_OUTSIDE] == xray.pixels[_OUTSIDE]
    assert len(np.unique(covered[painted])) == 1


def test_covering_the_rest_leaves_the_lungs():
    xray = draw_xray(224, 224)
    lungs = draw_lungs()
    covered = cover_rest(xray, lungs).pixels
    assert np.array_equal(covered[lungs.both], xray.pixels[lungs.both])
    assert covered[_OUTSIDE] == pytest.approx(xray.pixels[lungs.both].mean(), abs=1e-4)


def test_pictures_of_any_size_can_be_covered():
    xray = draw_xray(300, 400)
    assert cover_lungs(xray, draw_lungs()).pixels.shape == (300, 400)


def test_brightness_is_measured_inside_the_lungs():
    xray = draw_xray(224, 224)
    lungs = draw_lungs()
    assert measure_brightness(xray, lungs) == pytest.approx(xray.pixels[lungs.both].mean())


def test_the_shipped_model_does_not_notice_what_covers_the_rest():
    xray = decode_xray(encode_png(draw_sample(SAMPLES[-1], 224)), "sample.png")
    before = load_diagnoser().diagnose(xray)
    classifier = load_classifier(before.model_id)
    rest = ask_again(classifier, before, cover_rest(xray, before.lungs))
    lungs = ask_again(classifier, before, cover_lungs(xray, before.lungs))
    assert rest.probability == pytest.approx(before.probability, abs=0.05)
    assert not np.allclose(lungs.heatmap, before.heatmap, atol=1e-3)
    assert rest.lungs is before.lungs


def test_a_covered_picture_is_judged_by_the_limits_of_the_picture_as_it_was():
    xray = decode_xray(encode_png(draw_sample(SAMPLES[-1], 224)), "sample.png")
    never_sure = load_diagnoser().diagnose(xray).decide_anew(Cutoffs(0.0, 1.5, 0.05))
    classifier = load_classifier(never_sure.model_id)
    assert ask_again(classifier, never_sure, cover_lungs(xray, never_sure.lungs)).verdict == (
        "cannot tell"
    )
