import base64
import re

import cv2
import numpy as np
import pytest

from tests.diagnosis.drawn_diagnosis import (
    PLANTED_AT,
    draw_diagnosis,
    draw_ellipse,
    draw_patch,
    draw_xray,
)
from xray_core.diagnosis.diagnosis import Diagnosis
from xray_core.diagnosis.overlay import (
    encode_overlay,
    encode_view,
    heat_to_rgba,
    outline_paths,
    render_overlay,
)
from xray_core.images.xray import XRay


def test_colours_keep_one_scale_for_every_xray():
    weak, strong = np.float32([[0.1, 0.05]]), np.float32([[1.0, 0.1]])

    assert heat_to_rgba(weak, 1.0)[0, 0].tolist() == heat_to_rgba(strong, 1.0)[0, 1].tolist()


def test_colours_clip_above_full_scale_and_leave_out_what_speaks_against():
    colours = heat_to_rgba(np.float32([[-3, 0, 1, 50]]), full_scale=1.0)[0]

    assert colours[:, 3].tolist() == [0, 0, 255, 255]
    assert colours[2].tolist() == colours[3].tolist()


def test_stronger_evidence_is_lighter_and_hides_more():
    colours = heat_to_rgba(np.linspace(0, 1, 64, dtype=np.float32)[np.newaxis], full_scale=1.0)
    lightness = cv2.cvtColor(colours[..., :3].copy(), cv2.COLOR_RGB2LAB)[0, :, 0].astype(int)

    assert (np.diff(lightness) >= 0).all()
    assert (np.diff(colours[0, :, 3].astype(int)) >= 0).all()


@pytest.mark.parametrize(("height", "width"), [(300, 400), (640, 480), (97, 1301)])
def test_overlay_shows_a_planted_patch_where_it_was_planted(height, width):
    xray = draw_xray(height, width)
    with_patch = render_overlay(xray, draw_diagnosis(), opacity=1.0)
    without = render_overlay(xray, _without_evidence(), opacity=1.0)

    changed = np.abs(with_patch.astype(int) - without).sum(axis=2)
    rows, columns = np.nonzero(changed > 0.95 * changed.max())

    assert with_patch.shape == (height, width, 3)
    assert with_patch.dtype == np.uint8
    assert columns.mean() / width == pytest.approx(PLANTED_AT[0], abs=0.03)
    assert rows.mean() / height == pytest.approx(PLANTED_AT[1], abs=0.03)


@pytest.mark.parametrize("opacity", [0.0, 0.7])
def test_overlay_without_colour_is_the_xray_under_an_outline(opacity):
    xray = draw_xray()
    diagnosis = draw_diagnosis() if opacity == 0 else _without_evidence()
    overlay = render_overlay(xray, diagnosis, opacity)

    grey = np.round(xray.pixels * 255)[..., np.newaxis]
    untouched = (np.abs(overlay - grey) <= 1).all(axis=2)

    assert 0.95 < untouched.mean() < 1


def test_overlay_file_holds_the_overlay_in_right_colours():
    xray, diagnosis = draw_xray(), draw_diagnosis()
    decoded = cv2.imdecode(np.frombuffer(encode_overlay(xray, diagnosis), np.uint8), 1)

    np.testing.assert_array_equal(decoded[..., ::-1], render_overlay(xray, diagnosis))


def test_outline_encloses_the_mask():
    mask = draw_ellipse(100, 120, 40, 70)
    (path,) = outline_paths(mask)

    enclosed = cv2.contourArea((path * 224).astype(np.float32))

    assert enclosed == pytest.approx(mask.sum(), rel=0.02)
    assert (path.min(axis=0) * 224).tolist() == pytest.approx([60, 50], abs=1)


@pytest.mark.parametrize(
    ("height", "width", "expected"),
    [(300, 400, (400, 300)), (1500, 2000, (1200, 900)), (2400, 1200, (600, 1200))],
)
def test_view_sends_a_picture_of_bounded_size(height, width, expected):
    view = encode_view(draw_xray(height, width), draw_diagnosis())

    assert (view.width, view.height) == expected
    assert _decode(view.picture).shape == (expected[1], expected[0])
    assert _decode(view.heat).shape == (224, 224, 4)


def test_view_in_the_browser_looks_like_the_overlay_file():
    xray, diagnosis = draw_xray(), draw_diagnosis()
    view = encode_view(xray, diagnosis)
    size = (view.width, view.height)
    heat = _decode(view.heat)[..., [2, 1, 0, 3]].astype(np.float32)
    alpha = cv2.resize(heat[..., 3] * (0.7 / 255), size)[..., np.newaxis]
    colour = cv2.resize(heat[..., :3] * heat[..., 3:] * (0.7 / 255), size)
    drawn = _decode(view.picture)[..., np.newaxis] * (1 - alpha) + colour

    difference = np.abs(drawn - render_overlay(xray, diagnosis, opacity=0.7)).max(axis=2)

    assert np.quantile(difference, 0.95) <= 4  # the rest is the outline


def test_view_outlines_and_labels_lie_on_the_lungs():
    view = encode_view(draw_xray(), draw_diagnosis())
    lungs = draw_diagnosis().lungs.both
    assert view.lung_path.count("M") == 2
    assert view.zone_path.count("M") == 4
    for label in view.zone_labels:
        assert lungs[int(label.y / view.height * 224), int(label.x / view.width * 224)]
    numbers = np.float64(re.findall(r"[\d.]+", view.lung_path)).reshape(-1, 2)
    assert (numbers.min(axis=0) > 0).all()
    assert (numbers.max(axis=0) < (view.width, view.height)).all()


def test_view_labels_each_zone_with_its_share():
    labels = [label.text for label in encode_view(draw_xray(), draw_diagnosis()).zone_labels]

    assert labels[:5] == ["0 %"] * 5
    assert labels[5] == "> 99 %"


def test_lungs_too_flat_for_three_zones_are_still_drawn():
    diagnosis = draw_diagnosis()
    diagnosis.lungs.right[:] = False
    diagnosis.lungs.right[100:102, 30:90] = True

    assert encode_view(draw_xray(), diagnosis).lung_path
    assert render_overlay(draw_xray(), diagnosis).shape == (300, 400, 3)


def test_pixels_out_of_range_do_not_wrap_around():
    xray = XRay(np.full((50, 60), 1.5, np.float32), "PNG")

    assert render_overlay(xray, _without_evidence(), opacity=1.0)[0, 0].tolist() == [255] * 3


def _without_evidence() -> Diagnosis:
    return draw_diagnosis("normal", 0.1, heatmap=draw_patch(strength=0))


def _decode(data_uri: str) -> np.ndarray:
    data = base64.b64decode(data_uri.split(",", 1)[1])
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
