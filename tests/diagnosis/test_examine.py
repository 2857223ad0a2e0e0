"""What is measured about one overlay, with the other process's maps put in by the test."""

import numpy as np
import pytest

from xray_core.datasets.samples import SAMPLES
from xray_core.datasets.synthetic import draw_sample
from xray_core.diagnosis.case import Case
from xray_core.diagnosis.diagnose import load_diagnoser
from xray_core.diagnosis.trust import examine
from xray_core.diagnosis.trust.keras_maps import KerasMaps
from xray_core.diagnosis.trust.rank_correlation import correlate_ranks
from xray_core.diagnosis.trust.stability import CHANGES
from xray_core.images.xray import XRay, to_working_square
from xray_core.model_store import SERVING_FILE


def test_without_weights_no_other_process_is_asked_and_the_rest_is_measured(monkeypatch):
    diagnoser = load_diagnoser()
    served = {SERVING_FILE: diagnoser.card.files[SERVING_FILE]}
    card = diagnoser.card.model_copy(update={"files": served})
    monkeypatch.setattr(diagnoser.classifier, "card", card)
    xray = XRay(draw_sample(SAMPLES[-1]).pixels, "PNG")
    answered, steps = diagnoser.diagnose(xray), []

    def refuse(*about):
        raise AssertionError("the network's weights were asked for")

    found = examine.examine_overlay(
        diagnoser,
        to_working_square(xray),
        answered.heatmap,
        answered.lungs.both,
        lambda done, total: steps.append((done, total)),
        draw=refuse,
    )
    assert list(found.maps) == list(found.agreement) == ["occlusion"]
    assert found.randomised == found.forgotten == {}
    assert found.faithfulness.deletion_beats > 0.5
    assert len(found.changes) == len(CHANGES)
    assert steps[-1][0] == steps[-1][1]


def test_the_map_after_forgetting_is_the_first_draw_and_its_likeness_the_mean_of_all(monkeypatch):
    diagnoser = load_diagnoser()
    xray = XRay(draw_sample(SAMPLES[-1]).pixels, "PNG")
    answered, placement = diagnoser.diagnose(xray), diagnoser.card.placement
    heatmap, lungs = answered.heatmap, answered.lungs.both
    upper, lower = np.zeros((2, placement.rows, placement.columns))
    upper[2, 3] = lower[10, 10] = 1.0
    drawn = KerasMaps(
        explanations={},
        randomised={0.0: [lower.tolist()], 1.0: [upper.tolist(), lower.tolist()]},
    )
    # What takes long and is tested elsewhere.
    monkeypatch.setattr(examine, "measure_faithfulness", lambda *about: None)
    monkeypatch.setattr(examine, "measure_change", lambda *about: None)
    monkeypatch.setattr(Case, "map_occlusion", lambda case: heatmap)
    found = examine.examine_overlay(
        diagnoser, to_working_square(xray), heatmap, lungs, draw=lambda *about: drawn
    )
    rows = {depth: int(each.argmax()) // 224 for depth, each in found.forgotten.items()}
    assert rows[1.0] < 112 < rows[0.0]
    likeness = [abs(correlate_ranks(heatmap, each, lungs)) for each in found.forgotten.values()]
    assert found.randomised[1.0] == pytest.approx(np.mean(likeness))
