"""Terms in plain words, the same on every page."""

import tomllib
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter

from xray_core.errors import UnknownNameError


class Term(BaseModel):
    """One term.

    Attributes:
        title: as it stands on screen.
        text: what it means, in a sentence or two.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    text: str


@cache
def read_glossary() -> dict[str, Term]:
    """Return every term under its name, such as ``auc``."""
    text = (Path(__file__).parent / "glossary.toml").read_text(encoding="utf-8")
    return TypeAdapter(dict[str, Term]).validate_python(tomllib.loads(text))


def get_term(name: str) -> Term:
    """Return a term by its name.

    Raises:
        UnknownNameError: there is none.

    >>> get_term("threshold").text
    'Probability from which the verdict is pneumonia.'
    """
    try:
        return read_glossary()[name]
    except KeyError:
        raise UnknownNameError("term", name, read_glossary()) from None


def explain(*names: str) -> dict[str, str]:
    """Return what some terms mean, by the title under which they stand on screen.

    Raises:
        UnknownNameError: one of them is no term.

    >>> explain("ppv")
    {'PPV': 'Positive predictive value: share of the calls of pneumonia that would be right.'}
    """
    return {term.title: term.text for term in map(get_term, names)}
