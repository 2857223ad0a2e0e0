from pathlib import Path

import cv2
import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from xray_core.datasets.samples import SAMPLES, Sample
from xray_core.datasets.synthetic import (
    SyntheticXRay,
    draw_sample,
    draw_xray,
    encode_png,
)
from xray_core.diagnosis.diagnose import load_diagnoser
from xray_core.errors import InvalidConfigError, UnknownNameError
from xray_core.images.xray import XRay
from xray_core.lungs.zones import ZONE_NAMES, Lungs, number_zones

SIZE = 160
SEEDS = range(12)


def read_grey(path: Path) -> np.ndarray:
    picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    assert picture.ndim == 2
    return picture


def zones_of(xray: SyntheticXRay, mask: np.ndarray) -> set[str]:
    numbers = number_zones(Lungs(right=xray.right_lung, left=xray.left_lung))
    return {ZONE_NAMES[number - 1] if number else "outside" for number in np.unique(numbers[mask])}


@pytest.mark.parametrize("pneumonia", [False, True])
def test_a_seed_always_draws_the_same_picture(pneumonia: bool):
    first, again = (draw_xray(7, pneumonia, SIZE) for _ in range(2))

    assert first.pixels.tobytes() == again.pixels.tobytes()
    assert first.opacity.tobytes() == again.opacity.tobytes()
    assert first.zones == again.zones


def test_a_seed_draws_the_same_picture_at_every_size():
    for seed in SEEDS:
        small, large = draw_xray(seed, True, SIZE), draw_xray(seed, True, 2 * SIZE)
        shrunk = cv2.resize(large.pixels, (SIZE, SIZE), interpolation=cv2.INTER_AREA)

        assert small.zones == large.zones
        assert np.corrcoef(small.pixels.ravel(), shrunk.ravel())[0, 1] > 0.95


def test_seeds_draw_different_children():
    pictures = {draw_xray(seed, False, SIZE).pixels.tobytes() for seed in SEEDS}

    assert len(pictures) == len(SEEDS)


@pytest.mark.parametrize("seed", SEEDS)
def test_pixels_are_float32_between_0_and_1(seed: int):
    xray = draw_xray(seed, bool(seed % 2), SIZE, aspect=1 + seed / 20)

    assert xray.pixels.dtype == np.float32
    assert xray.pixels.shape == xray.opacity.shape == (SIZE, round(SIZE * (1 + seed / 20)))
    assert 0 <= xray.pixels.min() < 0.2
    assert 0.7 < xray.pixels.max() <= 1


@pytest.mark.parametrize("seed", SEEDS)
def test_lungs_lie_where_lungs_lie(seed: int):
    xray = draw_xray(seed, False, SIZE)
    right = np.flatnonzero(xray.right_lung.any(axis=0)).max()
    left = np.flatnonzero(xray.left_lung.any(axis=0)).min()

    assert right < left  # the patient's right lung is wholly on the picture's left
    assert 0.08 < xray.right_lung.mean() < 0.22
    assert 0.08 < xray.left_lung.mean() < 0.22
    for lung in (xray.right_lung, xray.left_lung):
        assert cv2.connectedComponents(lung.astype(np.uint8))[0] == 2
    assert (xray.lungs == (xray.right_lung | xray.left_lung)).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_lungs_are_darker_than_what_lies_between_and_below_them(seed: int):
    xray = draw_xray(seed, False, SIZE)
    rows = np.flatnonzero(xray.lungs.any(axis=1))
    between = np.zeros_like(xray.lungs)
    for row in range(rows[len(rows) // 3], rows[2 * len(rows) // 3]):
        inner = (
            np.flatnonzero(xray.right_lung[row]).max(),
            np.flatnonzero(xray.left_lung[row]).min(),
        )
        between[row, inner[0] + 1 : inner[1]] = True

    assert xray.pixels[between].mean() > xray.pixels[xray.lungs].mean() + 0.1


@pytest.mark.parametrize("seed", SEEDS)
def test_opacities_lie_in_the_lungs_and_the_zones_they_name(seed: int):
    xray = draw_xray(seed, True, SIZE)

    assert xray.label == 1
    assert zones_of(xray, xray.opacity) == set(xray.zones)
    assert 0.02 < xray.opacity.sum() / xray.lungs.sum() <= 1


@pytest.mark.parametrize("zone", ZONE_NAMES)
def test_an_opacity_can_be_planted_in_any_zone(zone: str):
    for seed in range(4):
        xray = draw_xray(seed, True, SIZE, zones=[zone])

        assert xray.zones == (zone,)
        assert zones_of(xray, xray.opacity) == {zone}


@pytest.mark.parametrize(
    ("wrong", "valid"),
    [
        ({"zones": ["right bottom"]}, "right lower"),
        ({"subtype": "fungus"}, "bacteria, virus"),
        ({"sign": "watermark"}, "border, exposure, marker"),
    ],
)
def test_an_unknown_name_is_refused_with_the_valid_ones(wrong: dict, valid: str):
    with pytest.raises(UnknownNameError, match=valid):
        draw_xray(0, True, SIZE, **wrong)


def test_a_severity_out_of_range_is_refused():
    with pytest.raises(InvalidConfigError, match=r"0 \(mild\) to 1 \(severe\)\. Received: 2"):
        draw_xray(0, True, SIZE, severity=2)


@pytest.mark.parametrize("subtype", ["bacteria", "virus"])
def test_severity_grows_what_is_lost_and_seen(subtype: str):
    for seed in range(4):
        well = draw_xray(seed, False, SIZE).pixels
        sick = [
            draw_xray(seed, True, SIZE, subtype=subtype, severity=severity)
            for severity in (0.0, 0.5, 1.0)
        ]
        areas = [xray.opacity.sum() for xray in sick]
        seen = [np.abs(xray.pixels - well)[xray.lungs].mean() for xray in sick]

        assert {xray.zones for xray in sick} == {sick[0].zones}
        assert [xray.severity for xray in sick] == [0.0, 0.5, 1.0]
        assert areas == sorted(areas)
        assert seen == sorted(seen)
        assert seen[2] > 1.3 * seen[0]


def test_consolidation_stays_in_a_lobe_and_the_interstitial_pattern_spreads():
    for seed in SEEDS:
        focal, diffuse = (
            draw_xray(seed, True, SIZE, subtype=name) for name in ("bacteria", "virus")
        )

        assert (focal.subtype, diffuse.subtype) == ("bacteria", "virus")
        assert len({zone.split()[0] for zone in focal.zones}) == 1
        assert len(focal.zones) <= 2 < 4 <= len(diffuse.zones)


@pytest.mark.parametrize("seed", SEEDS)
def test_opacities_are_brighter_than_in_the_normal_twin(seed: int):
    sick, well = draw_xray(seed, True, SIZE), draw_xray(seed, False, SIZE)
    brighter = sick.pixels - well.pixels

    assert well.label == 0
    assert not well.opacity.any()
    assert (well.zones, well.subtype, well.severity) == ((), "", 0)
    assert (sick.lungs == well.lungs).all()
    assert brighter[sick.opacity].mean() > 0.04
    assert brighter[sick.opacity].mean() > 10 * abs(brighter[~sick.lungs].mean())


def test_marker_border_and_body_are_the_same_in_the_normal_twin():
    for seed in SEEDS:
        sick, well = draw_xray(seed, True, SIZE).pixels, draw_xray(seed, False, SIZE).pixels
        edge = SIZE // 10

        for cut in (np.s_[:edge], np.s_[-edge:], np.s_[:, :edge], np.s_[:, -edge:]):
            np.testing.assert_allclose(sick[cut].mean(), well[cut].mean(), atol=0.015)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_sample_says_what_it_is(sample: Sample):
    xray = draw_sample(sample, SIZE)

    assert xray.zones == sample.zones
    assert xray.label == bool(sample.zones)
    assert sample.sentence.startswith("Drawn by a program.")
    assert all(zone in sample.sentence for zone in sample.zones)


def test_samples_have_names_of_their_own():
    assert len({sample.name for sample in SAMPLES}) == len(SAMPLES)


def test_png_holds_the_picture_in_8_bit_grey():
    xray = draw_xray(0, True, SIZE)
    png = encode_png(xray)
    decoded = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)

    assert png.startswith(b"\x89PNG")
    assert decoded.dtype == np.uint8
    np.testing.assert_allclose(decoded / 255, xray.pixels, atol=0.5 / 255 + 1e-6)


def test_the_shipped_model_tells_drawn_pneumonia_from_drawn_normals():
    diagnoser = load_diagnoser()
    labels = [0, 1] * 20
    answers = [
        diagnoser.diagnose(XRay(draw_xray(seed, bool(label), 224).pixels, "PNG"))
        for seed, label in enumerate(labels, start=5000)
    ]
    normal = [answer.verdict == "normal" for answer in answers[::2]]

    # It was trained on real children only.
    assert roc_auc_score(labels, [answer.probability for answer in answers]) > 0.7
    assert np.mean(normal) > 0.6
