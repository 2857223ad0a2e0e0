"""What covering a part asks, and where a part lies."""

import base64

import cv2
import numpy as np
import pytest

from tests.diagnosis.drawn_diagnosis import draw_diagnosis, draw_lungs, draw_xray
from xray_core.diagnosis.ask_back import (
    Cover,
    cover_box,
    cover_named,
    draw_picture,
    name_covers,
)
from xray_core.diagnosis.case import make_case
from xray_core.diagnosis.overlay import encode_view
from xray_core.images.prepare import InputSpec


class CountsBrightness:
    """Stands in for a classifier: log-odds are the brightness of what it is shown."""

    def __init__(self, spec: InputSpec) -> None:
        self.card = type("Card", (), {"input": spec, "placement": None})()
        self.seen: list[np.ndarray] = []

    def log_odds(self, batch: np.ndarray) -> np.ndarray:
        self.seen.extend(batch)
        return np.clip(batch[..., 0] - 0.6, 0, None).sum(axis=(1, 2)) / 10


def ask(mode: str, hidden: np.ndarray) -> tuple[float, float, CountsBrightness]:
    """Return the probability before and after a part is hidden, and who was asked."""
    square = np.full((224, 224), 0.3, np.float32)
    square[140:180, 140:180] = 0.9
    spread = {"spread_exposure": False}
    asked = CountsBrightness(InputSpec(size=112, outside_lungs=mode, **spread))
    case = make_case(asked, square, draw_lungs().both)
    nothing = np.zeros((224, 224), bool)
    return case.ask_without(nothing), case.ask_without(hidden), asked


@pytest.mark.parametrize("mode", ["whole", "lung_mask", "lung_pool"])
def test_covering_what_the_answer_rests_on_takes_it_away(mode):
    before, after, _ = ask(mode, cover_box((0.6, 0.82), (0.6, 0.82)))
    assert before > 0.9
    assert after < 0.6


@pytest.mark.parametrize("mode", ["whole", "lung_mask", "lung_pool"])
def test_covering_something_else_changes_nothing(mode):
    before, after, _ = ask(mode, cover_named("right upper zone", draw_lungs()))
    assert after == pytest.approx(before, abs=1e-3)


def test_what_is_covered_is_no_lung_any_more_for_a_network_that_pools_over_lungs():
    box = cover_box((0.5, 1.0), (0.0, 1.0))
    *_, asked = ask("lung_pool", box)
    whole, covered = asked.seen
    half = np.arange(112) > 60
    assert whole[:, half].any()
    assert not covered[:, half].any()
    np.testing.assert_array_equal(covered[:, :50], whole[:, :50])


def test_a_network_that_sees_lungs_alone_loses_nothing_with_everything_else():
    lungs = draw_lungs()
    outside = cover_named(Cover.OUTSIDE, lungs)
    before, after, _ = ask("lung_pool", outside)
    assert after == pytest.approx(before, abs=0.01)
    assert not (outside & lungs.both).any()


def test_share_hidden_counts_what_the_network_sees():
    lungs = draw_lungs()
    spec = InputSpec(size=112, outside_lungs="lung_pool")
    case = make_case(CountsBrightness(spec), np.zeros((224, 224), np.float32), lungs.both)
    assert case.share_hidden(lungs.left) == pytest.approx(0.5, abs=0.02)
    assert case.share_hidden(~lungs.both) < 0.05


def test_every_part_that_is_offered_has_a_place():
    lungs = draw_lungs()
    for name in name_covers():
        if name != Cover.BOX:
            assert cover_named(name, lungs).any()


def test_a_box_may_be_drawn_from_any_corner():
    np.testing.assert_array_equal(
        cover_box((0.75, 0.25), (0.5, 0.1)), cover_box((0.25, 0.75), (0.1, 0.5))
    )


def test_a_cover_lies_over_the_picture_where_it_hides():
    view = encode_view(draw_xray(), draw_diagnosis())
    hidden = cover_box((0.5, 1.0), (0.0, 0.5))
    bare, covered = (draw_picture(view, each).layout.images for each in (None, hidden))
    assert [image.source for image in bare] == [view.picture]
    data = base64.b64decode(covered[1].source.split(",")[1])
    alpha = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)[..., 3]
    assert np.array_equal(alpha > 0, hidden)
