"""The most similar cases are found, and prototypes survive their file."""

import numpy as np
import pytest

from xray_core.diagnosis.similar import (
    KnownCases,
    find_similar,
    read_prototypes,
    write_prototypes,
)
from xray_core.errors import IncompatibleModelError


@pytest.fixture
def known() -> KnownCases:
    rng = np.random.default_rng(0)
    return KnownCases(rng.random((40, 16), np.float32), rng.integers(0, 2, 40))


def test_a_known_case_is_most_similar_to_itself(known):
    nearest = find_similar(known.features[7], known)
    assert (nearest[0].place, nearest[0].similarity) == (7, pytest.approx(1))
    assert nearest[0].label == known.labels[7]


def test_five_are_shown_the_nearest_first(known):
    similarities = [case.similarity for case in find_similar(known.features[3] + 0.01, known)]
    assert len(similarities) == 5
    assert similarities == sorted(similarities, reverse=True)


def test_fewer_known_cases_are_all_shown(known):
    few = KnownCases(known.features[:3], known.labels[:3])
    assert sorted(case.place for case in find_similar(known.features[0], few)) == [0, 1, 2]


def test_prototypes_find_the_same_after_their_file(known):
    kept = read_prototypes(write_prototypes(known))
    asked = known.features[5]
    assert [case.place for case in find_similar(asked, kept)] == [
        case.place for case in find_similar(asked, known)
    ]


@pytest.mark.parametrize("data", [b"", b"PK nothing"])
def test_a_broken_file_of_prototypes_is_refused(data):
    with pytest.raises(IncompatibleModelError, match=r"prototypes\.npz"):
        read_prototypes(data)
