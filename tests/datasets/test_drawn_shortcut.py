"""A planted shortcut goes with the label exactly as strongly as the dial says."""

from pathlib import Path

import numpy as np
import pytest

from xray_core.datasets.drawn_chest.series import plan_pictures
from xray_core.datasets.synthetic import Shortcut, draw_xray, parse_shortcut, write_folder
from xray_core.errors import InvalidConfigError

KINDS = ("marker", "border", "exposure")


def plan_signs(shortcut: Shortcut | None) -> tuple[np.ndarray, np.ndarray]:
    planned = plan_pictures({"train": (200, 200), "test": (40, 40)}, 64, 0, shortcut)
    labels = np.array([picture.order.pneumonia for picture in planned])
    return labels, np.array([picture.order.sign is not None for picture in planned])


@pytest.mark.parametrize("strength", [0.0, 0.3, 0.9, 1.0])
def test_sign_and_label_correlate_as_strongly_as_asked(strength: float):
    labels, signs = plan_signs(Shortcut("marker", strength))

    assert (labels == signs).mean() == pytest.approx((1 + strength) / 2)
    assert np.corrcoef(labels, signs)[0, 1] == pytest.approx(strength, abs=1e-9)


def test_at_strength_0_half_of_either_class_has_the_sign():
    labels, signs = plan_signs(Shortcut("marker", 0))

    assert signs[labels].mean() == signs[~labels].mean() == 0.5


def test_without_a_shortcut_there_is_no_sign():
    assert not plan_signs(None)[1].any()


def test_a_shortcut_changes_nothing_but_the_signs():
    counts = {"train": (20, 20)}
    plain = plan_pictures(counts, 64, 0, None)
    signed = plan_pictures(counts, 64, 0, Shortcut("border", 0.8))

    assert [picture.seeds for picture in plain] == [picture.seeds for picture in signed]
    assert [picture.stem for picture in plain] == [picture.stem for picture in signed]
    assert [picture.order.shape for picture in plain] == [picture.order.shape for picture in signed]


@pytest.mark.parametrize("kind", KINDS)
def test_a_sign_changes_what_it_says_it_changes(kind: str):
    for seed in range(4):
        plain, signed = draw_xray(seed, False, 128), draw_xray(seed, False, 128, sign=kind)
        changed = np.abs(signed.pixels - plain.pixels)

        assert not plain.sign.any()
        assert changed[signed.sign].mean() > 0.05
        assert (changed[~signed.sign] < 0.3).all()
        assert (
            (changed[~signed.sign] > 0).mean() < 0.01 if kind != "exposure" else signed.sign.all()
        )
        assert 0 <= signed.pixels.min() <= signed.pixels.max() <= 1
        assert signed.pixels.dtype == np.float32
        if kind != "exposure":
            assert (signed.sign & signed.lungs).mean() < 0.01


def test_written_signs_follow_the_label(tmp_path: Path):
    write_folder(tmp_path, {"train": (3, 3)}, 64, 2, shortcut=parse_shortcut("marker:1"))
    rows = (tmp_path / "truth.csv").read_text().splitlines()[1:]

    assert [row.endswith(",marker") for row in rows] == 3 * [False] + 3 * [True]


def test_a_shortcut_is_read_from_text():
    assert parse_shortcut("marker:0.9") == Shortcut("marker", 0.9)


@pytest.mark.parametrize(
    "text", ["", "marker", "marker:", "marker:much", "marker:1.1", "marker:-1", "marker:nan", "x:1"]
)
def test_a_text_that_names_no_shortcut_is_refused(text: str):
    with pytest.raises(InvalidConfigError, match="border, exposure, marker") as refusal:
        parse_shortcut(text)
    assert "from 0" in str(refusal.value)
    assert repr(text)[1:-1] in str(refusal.value)
