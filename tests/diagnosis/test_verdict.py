"""One verdict in words, from what was measured: every part can fail it."""

import numpy as np
import pytest

from tests.diagnosis.drawn_diagnosis import draw_diagnosis, draw_patch
from xray_core.diagnosis.trust.examine import Examination
from xray_core.diagnosis.trust.faithfulness import RANDOM_MAPS, Curves, Faithfulness
from xray_core.diagnosis.trust.stability import CHANGES, Changed
from xray_core.diagnosis.trust.verdict import judge_overlay, shows_something

SHARES = np.linspace(0, 1, 5)


def make_curves(beaten: int, up: bool) -> Curves:
    """Return curves of which the overlay's is better than so many random ones."""
    better, worse = (3.0, -3.0) if up else (-3.0, 3.0)
    overlay = np.zeros(5)
    random = np.full((RANDOM_MAPS, 5), better)
    random[:beaten] = worse
    return Curves(SHARES, overlay, random)


def make_examination(
    deletion: int = RANDOM_MAPS,
    insertion: int = RANDOM_MAPS,
    randomised: float = 0.1,
    stability: float = 0.9,
    agreement: float = 0.8,
    chance: float = 0.4,
) -> Examination:
    return Examination(
        faithfulness=Faithfulness(make_curves(deletion, False), make_curves(insertion, True)),
        randomised={0.0: 0.6, 0.5: 0.3, 1.0: randomised},
        forgotten={depth: -draw_patch() for depth in (0.0, 0.5, 1.0)},
        changes=tuple(Changed(change, stability, 0.9) for change in CHANGES),
        maps={name: draw_patch() for name in ("score_cam", "occlusion")},
        agreement={"score_cam": agreement, "occlusion": agreement},
        chance=chance,
    )


def test_an_overlay_that_withstands_everything_is_trusted():
    verdict = judge_overlay(make_examination())
    assert verdict.trusted
    assert "withstood all 4 checks" in verdict.sentence


@pytest.mark.parametrize(
    ("failing", "words"),
    [
        ({"deletion": 17}, "random maps find"),
        ({"insertion": 17}, "random maps find"),
        ({"randomised": 0.95}, "learnt nothing"),
        ({"stability": 0.5}, "hardly changes"),
        ({"agreement": 0.3}, "other methods point elsewhere"),
    ],
)
def test_each_part_can_fail_it_and_says_why(failing, words):
    verdict = judge_overlay(make_examination(**failing))
    assert not verdict.trusted
    assert verdict.sentence.startswith("Do not rely on this overlay: ")
    assert words in verdict.sentence
    assert len([finding for finding in verdict.findings if not finding.passed]) == 1


def test_without_weights_the_checks_that_need_none_are_judged_and_the_others_named():
    served = {**make_examination().__dict__, "randomised": {}, "forgotten": {}}
    without = judge_overlay(Examination(**{**served, "agreement": {"occlusion": 0.8}}))
    assert without.trusted
    assert "withstood the 3 of 4 checks" in without.sentence
    assert without.unasked == ("Does it depend on what was learnt?",)
    assert "The map of the one other method is more like it" in without.findings[-1].sentence

    alone = judge_overlay(Examination(**{**served, "agreement": {}, "maps": {}}))
    assert [finding.passed for finding in alone.findings] == [True, True]
    assert len(alone.unasked) == 2

    wrong = judge_overlay(Examination(**{**served, "agreement": {"occlusion": 0.3}}))
    assert wrong.sentence == "Do not rely on this overlay: another method points elsewhere."


def test_a_picture_whose_lungs_are_lost_after_a_small_change_says_so():
    found = make_examination()
    changes = (*found.changes[1:], Changed(CHANGES[0], 0.0, None))
    lost = Examination(**{**found.__dict__, "changes": changes})
    stability = judge_overlay(lost).findings[2]
    assert not stability.passed
    assert "After 1 of them no lungs were found" in stability.sentence


def test_an_overlay_is_checked_only_if_it_shows_something():
    assert shows_something(draw_diagnosis())
    faint = draw_patch(0.14)
    assert faint.max() > 0
    assert not shows_something(draw_diagnosis(heatmap=faint))
