"""The glossary: every term is told once, and every name that is asked for exists."""

import pytest

from xray_core.comparison.scores import SCORES
from xray_core.errors import UnknownNameError
from xray_core.glossary import explain, read_glossary


def test_titles_are_told_apart():
    titles = [term.title for term in read_glossary().values()]
    assert len(set(titles)) == len(titles)


def test_every_term_is_a_sentence():
    assert all(term.text.endswith(".") for term in read_glossary().values())


def test_scores_are_explained_by_it():
    assert {name: read_glossary()[name].text for name in SCORES} == {
        name: score.meaning for name, score in SCORES.items()
    }


def test_an_unknown_term_lists_the_known_ones():
    with pytest.raises(UnknownNameError, match="sensitivity"):
        explain("sensitivty")
