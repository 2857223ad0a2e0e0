import json
from dataclasses import replace

import numpy as np
import pytest

from tests.diagnosis.drawn_diagnosis import draw_diagnosis, draw_lungs
from xray_core.diagnosis.conformal import ConformalScores
from xray_core.diagnosis.report import (
    compare_to_threshold,
    describe_cutoffs,
    describe_evidence,
    describe_scale,
    find_main_zones,
    format_percent,
    to_json_record,
)
from xray_core.lungs.zones import ZONE_NAMES, EvidenceShares, share_evidence


def test_record_keeps_the_names_that_scripts_rely_on():
    record = json.loads(json.dumps(to_json_record("a/b.png", draw_diagnosis())))

    assert list(record) == [
        "file",
        "model",
        "probability",
        "verdict",
        "threshold",
        "normal_below",
        "pneumonia_from",
        "error_rate",
        "concerns",
        "zones",
        "evidence_in_lungs",
    ]
    assert record["file"] == "a/b.png"
    assert tuple(record["zones"]) == ZONE_NAMES
    assert sum(record["zones"].values()) == pytest.approx(record["evidence_in_lungs"], abs=1e-5)


def test_too_few_validation_pictures_are_the_reason_why_nothing_can_be_told():
    few = ConformalScores(np.linspace(0.1, 0.3, 8), np.linspace(0.7, 0.9, 8))
    never = draw_diagnosis().decide_anew(few.choose_cutoffs(0.05))
    assert never.verdict == "cannot tell"
    assert "too few validation pictures" in describe_cutoffs(never)

    sometimes = draw_diagnosis().decide_anew(few.choose_cutoffs(0.2))
    assert describe_cutoffs(sometimes).startswith("Normal below")


def test_record_of_an_xray_without_evidence_has_no_shares():
    record = to_json_record("x.png", draw_diagnosis("normal", 0.1, _flat(-1)))

    assert record["zones"] is None
    assert record["evidence_in_lungs"] is None


def test_sentence_names_the_main_zone_and_the_share_outside():
    sentence = _describe({"right lower": 0.62, "left lower": 0.34}, outside=0.04)

    assert sentence == (
        "Evidence for pneumonia lies mainly in the right lower zone (62 %); "
        "4 % lies outside the lungs."
    )


def test_sentence_names_as_many_zones_as_hold_half_of_the_evidence():
    sentence = _describe({"right lower": 0.3, "left lower": 0.4, "left upper": 0.296}, 0.004)

    assert "in the left lower zone (40 %) and right lower zone (30 %); less than 1 %" in sentence


def test_evidence_outside_the_lungs_alone_names_no_zone():
    heatmap, lungs = np.zeros((224, 224), np.float32), draw_lungs()
    outside = np.argwhere(~lungs.both)
    rng = np.random.default_rng(0)
    for _ in range(20):
        places = rng.choice(outside, 3000)
        heatmap[tuple(places.T)] = rng.random(3000, np.float32)
        assert find_main_zones(share_evidence(heatmap, lungs)) == ()


def test_sentence_warns_where_most_evidence_lies_outside_the_lungs():
    sentence = _describe({"right lower": 0.3}, outside=0.7)

    assert "(70 %) lies outside the lungs: do not rely on this verdict" in sentence


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [("normal", "No positive evidence: nothing"), ("pneumonia", "do not rely on this verdict")],
)
def test_sentence_says_when_nothing_speaks_for_pneumonia(verdict, expected):
    assert expected in describe_evidence(draw_diagnosis(verdict, heatmap=_flat(0)))


def test_sentence_on_a_normal_xray_says_that_the_threshold_was_not_reached():
    diagnosis = draw_diagnosis("normal", 0.3)

    assert "stays below the threshold" in describe_evidence(diagnosis)
    assert "left lower zone" in describe_evidence(diagnosis)


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (0, "0 %"),
        (1, "100 %"),
        (0.004, "< 1 %"),
        (0.005, "< 1 %"),
        (0.995, "> 99 %"),
        (0.5, "50 %"),
    ],
)
def test_percentages_are_never_rounded_to_certainty(share, shown):
    assert format_percent(share) == shown


def test_probability_close_to_the_threshold_is_told_apart_from_it():
    diagnosis = replace(draw_diagnosis("normal"), probability=0.5983, threshold=0.6)

    assert compare_to_threshold(diagnosis) == ("59.8 %", "60.0 %")


def test_sentence_says_how_evidence_was_found_where_regions_were_covered():
    covered = replace(draw_diagnosis(), explained_by="occlusion")

    assert describe_evidence(covered).endswith("where covering it lowers the log-odds.")
    assert "covering" not in describe_evidence(draw_diagnosis())


def test_colours_are_explained_by_how_the_heatmap_was_made():
    assert describe_scale("grad_cam") == "Log-odds that a spot adds for pneumonia, by Grad-CAM."
    assert "covering a spot lowers" in describe_scale("occlusion")


def _describe(zones: dict[str, float], outside: float) -> str:
    shares = EvidenceShares(dict.fromkeys(ZONE_NAMES, 0.0) | zones, outside)
    return describe_evidence(replace(draw_diagnosis(), evidence=shares))


def _flat(value: float) -> np.ndarray:
    return np.full((224, 224), value, np.float32)
