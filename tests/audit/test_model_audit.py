"""What the default model is asked, and what is made of its answers."""

import cv2
import numpy as np
import pytest

from tests.audit.small_index import draw_texture, make_table, read_index, write_picture
from xray_core.audit.contradictions import find_contradicted_labels
from xray_core.audit.draw_sample import draw_patients
from xray_core.audit.inspect_lungs import InspectedLungs
from xray_core.audit.neighbours import share_among_neighbours
from xray_core.audit.run_model_audit import run_model_audit
from xray_core.datasets.synthetic import draw_xray
from xray_core.errors import StoppedError


def two_kinds(count):
    """Pictures of two kinds, and which kind each is."""
    kinds = np.arange(count) % 2
    bases = [draw_texture(seed, 32).astype(float) for seed in (1, 2)]
    rng = np.random.default_rng(0)
    noisy = [bases[kind] + rng.normal(0, 10, (32, 32)) for kind in kinds]
    return np.clip(noisy, 0, 255).astype(np.uint8), kinds


def test_neighbours_tell_a_pictures_kind_and_never_their_own_patient():
    squares, kinds = two_kinds(60)
    share = share_among_neighbours(squares, kinds, np.arange(60))
    assert (share == kinds).all()
    # Copies of one patient must not vouch for each other.
    copies = np.concatenate([squares, np.repeat(squares[:1], 8, axis=0)])
    labels, groups = np.append(kinds, [1] * 8), np.append(np.arange(60), [0] * 8)
    assert share_among_neighbours(copies, labels, groups)[0] == 0


def test_too_few_neighbours_give_no_answer():
    squares, kinds = two_kinds(6)
    assert np.isnan(share_among_neighbours(squares, kinds, np.arange(6))).all()


@pytest.fixture
def swapped(tmp_path):
    """Sixty pictures, two with the wrong label; the model alone is wrong on a third."""
    squares, kinds = two_kinds(60)
    labels = kinds.copy()
    labels[[10, 31]] ^= 1
    probability = np.where(kinds == 1, 0.98, 0.03)
    probability[20] = 0.99
    names = np.where(labels == 1, "PNEUMONIA", "NORMAL").tolist()
    rows = make_table(names, tmp_path).readable
    return InspectedLungs(rows, probability, np.zeros(60), np.full(60, "", object), squares)


def test_labels_that_both_contradict_are_candidates(swapped):
    finding = find_contradicted_labels(swapped, "60 pictures")
    assert finding.count == 2
    assert {path.rsplit("_", 1)[1] for path in finding.evidence["path"]} == {"10.jpeg", "31.jpeg"}
    assert "candidates, not verdicts" in finding.advice
    assert "1 labelled normal" in finding.sentence
    assert "1 labelled pneumonia" in finding.sentence


def test_other_classes_are_left_out_with_a_word(swapped, tmp_path):
    rows = make_table(["COVID", "NO_FINDING"] * 30, tmp_path).readable
    seen = InspectedLungs(rows, swapped.probability, *[None] * 3)
    finding = find_contradicted_labels(seen, "60 pictures")
    assert finding.severity == "fine"
    assert "COVID, NO_FINDING" in finding.sentence
    assert "left out" in finding.sentence


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """A drawn child, the same one cropped through the lungs, and blobs."""
    root = tmp_path_factory.mktemp("model") / "data"
    child = (draw_xray(25, False, 320).pixels * 255).astype(np.uint8)
    write_picture(root / "NORMAL" / "person1_virus_1.jpeg", child)
    write_picture(root / "PNEUMONIA" / "person2_virus_1.jpeg", child[100:, 60:-60])
    write_picture(root / "PNEUMONIA" / "person3_virus_1.jpeg", cv2.flip(draw_texture(1), 0))
    return read_index(root)


def test_missing_and_cropped_lungs_are_found(drawn):
    told = []
    findings = run_model_audit(drawn, lambda done, total: told.append((done, total)))
    found = {finding.kind: finding for finding in findings}
    assert set(found) == {"no_verdict", "cropped_lungs", "contradicted_labels"}
    # The crop is so deep that it is no chest X-ray any more; its outline is judged all the same.
    assert found["no_verdict"].evidence["path"].tolist() == [
        "PNEUMONIA/person2_virus_1.jpeg",
        "PNEUMONIA/person3_virus_1.jpeg",
    ]
    assert found["no_verdict"].evidence["reason"].str.contains("No verdict|two lungs").all()
    assert found["cropped_lungs"].evidence["path"].tolist() == ["PNEUMONIA/person2_virus_1.jpeg"]
    assert told[-1] == (3, 3)


def test_a_limit_is_said(drawn):
    findings = run_model_audit(drawn, limit=1)
    assert any("1 picture (a sample of 3)" in finding.sentence for finding in findings)


def test_it_can_be_stopped(drawn):
    with pytest.raises(StoppedError):
        run_model_audit(drawn, should_stop=lambda: True)


def test_a_sample_keeps_patients_whole(tmp_path):
    rows = make_table(["A"] * 90, tmp_path, patient=[f"p{n // 3}" for n in range(90)]).readable
    drawn = draw_patients(rows, 40)
    assert 36 <= len(drawn) <= 40
    assert (drawn.groupby("patient").size() == 3).all()
    assert drawn.equals(draw_patients(rows, 40))
