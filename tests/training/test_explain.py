"""Every way to explain an answer finds a planted patch, and what draws them can be stopped."""

import time

import numpy as np
import psutil
import pytest
import tensorflow as tf

from tests.training.planted import PATCH, plant_patch, two_boxes
from xray_core.architectures.answer import EVIDENCE_LAYER, pneumonia_log_odds
from xray_core.diagnosis.case import Case, make_case
from xray_core.diagnosis.classifier import load_classifier
from xray_core.diagnosis.trust.examine import place_maps
from xray_core.diagnosis.trust.faithfulness import measure_faithfulness
from xray_core.diagnosis.trust.keras_maps import draw_keras_maps
from xray_core.diagnosis.trust.methods import EXPLANATIONS
from xray_core.errors import PneumoscopeError, StoppedError
from xray_core.training.explain.methods import METHODS, map_grad_cam_plus_plus
from xray_core.training.explain.randomise import DEPTHS, SEEDS
from xray_core.training.explain.worker import draw_maps
from xray_core.training.networks import load_keras_network

PICTURES = 6
HALF_A_CELL = 177 / 8 / 2  # the input shows 177 pixels across in 8 cells


@pytest.fixture(scope="module")
def asked(published) -> list[tuple[Case, np.ndarray, tuple[int, int]]]:
    """Some pictures with a planted patch: the case, the shown heatmap, and where the patch is."""
    classifier = load_classifier(published.model_id)
    rng = np.random.default_rng(3)
    cases = []
    for _ in range(PICTURES):
        picture, place = plant_patch(rng, sick=True)
        square = picture.astype(np.float32) / 255
        heatmap = classifier.answer(square, two_boxes()).heatmap
        cases.append((make_case(classifier, square, two_boxes()), heatmap, place))
    return cases


@pytest.fixture(scope="module")
def maps(asked) -> list[dict[str, np.ndarray]]:
    """Every explanation of each picture, where it lies in the picture."""
    drawn = []
    for case, heatmap, _ in asked:
        answer = draw_maps(case.classifier.card.id, case.prepared, case.visible)
        shown = {"grad_cam": heatmap, "occlusion": case.map_occlusion()}
        drawn.append(shown | place_maps(case, answer))
    return drawn


def test_every_entry_of_the_catalog_is_drawn(maps):
    assert set(maps[0]) == set(EXPLANATIONS)
    assert set(METHODS) == set(EXPLANATIONS) - {"grad_cam", "occlusion"}
    assert all(entry.source and entry.how for entry in EXPLANATIONS.values())


@pytest.mark.parametrize("name", sorted(EXPLANATIONS))
def test_a_planted_patch_is_found_where_it_was_planted(name, asked, maps):
    found = 0
    for (_, _, place), drawn in zip(asked, maps, strict=True):
        peak = np.unravel_index(np.argmax(drawn[name]), drawn[name].shape)
        found += np.abs(np.subtract(peak, place)).max() <= PATCH / 2 + HALF_A_CELL
    assert found >= 0.8 * PICTURES


def test_the_overlay_beats_random_maps_and_its_opposite_does_not(asked):
    case, heatmap, _ = asked[0]
    right, wrong = measure_faithfulness(case, heatmap), measure_faithfulness(case, -heatmap)
    assert min(right.deletion_beats, right.insertion_beats) >= 0.9
    assert max(wrong.deletion_beats, wrong.insertion_beats) <= 0.1


def test_grad_cam_plus_plus_equals_that_of_tf_keras_vis(published, asked):
    from tf_keras_vis.gradcam_plus_plus import GradcamPlusPlus

    model, case = load_keras_network(published.model_id), asked[0][0]
    expected = GradcamPlusPlus(model, clone=True)(
        lambda logits: pneumonia_log_odds(logits)[:, 0],
        tf.constant(case.prepared[np.newaxis]),
        penultimate_layer=EVIDENCE_LAYER,
        seek_penultimate_conv_layer=False,
        expand_cam=False,
        normalize_cam=False,
    )[0]
    ours = map_grad_cam_plus_plus(model, case.prepared, case.visible)
    # Theirs is scaled by the exponential of the score.
    np.testing.assert_allclose(ours / ours.max(), expected / np.max(expected), atol=1e-4)


def test_a_network_that_forgot_everything_draws_something_else(asked):
    case, heatmap, _ = asked[0]
    answer = draw_maps(case.classifier.card.id, case.prepared, case.visible)
    assert set(answer.randomised) == set(DEPTHS)
    assert {len(of_seeds) for of_seeds in answer.randomised.values()} == {len(SEEDS)}
    for cells in answer.randomised[1.0]:
        forgotten = case.place(np.array(cells, np.float32), case.placement)
        assert not np.allclose(forgotten, heatmap, atol=0.1 * heatmap.max())


def test_another_process_draws_the_same_and_says_how_far_it_is(asked, maps):
    case = asked[0][0]
    steps = []
    answer = draw_keras_maps(case, lambda done, total: steps.append((done, total)))
    for name, drawn in place_maps(case, answer).items():
        scale = np.abs(maps[0][name]).max()
        np.testing.assert_allclose(drawn, maps[0][name], atol=1e-3 * scale)
    total = len(METHODS) + len(SEEDS) * len(DEPTHS)
    assert steps == [(done, total) for done in range(total + 1)]


def test_stopping_ends_the_other_process_at_once(asked):
    start = time.monotonic()
    with pytest.raises(StoppedError):
        draw_keras_maps(asked[0][0], should_stop=lambda: time.monotonic() > start + 0.5)
    assert time.monotonic() < start + 5
    assert not [
        child
        for child in psutil.Process().children()
        if child.status() != psutil.STATUS_ZOMBIE and "explain.worker" in " ".join(child.cmdline())
    ]


def test_an_altered_model_is_told_in_the_words_of_the_store(asked, monkeypatch):
    case = asked[0][0]
    other = case.classifier.card.model_copy(update={"id": "nowhere"})
    monkeypatch.setattr(case.classifier, "card", other)
    with pytest.raises(PneumoscopeError, match="nowhere"):
        draw_keras_maps(case)
