"""The eight steps of the guided story: what each is called, and what a presenter may say."""

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class Step(BaseModel):
    """One step of the story.

    Attributes:
        name: which one it is.
        title: the question it asks, in large letters.
        parts: in how many parts its picture is built up.
        notes: for the presenter, on demand.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    parts: int = Field(ge=1)
    notes: str


def read_script() -> tuple[Step, ...]:
    """Return the steps in their order."""
    text = (Path(__file__).parent / "script.toml").read_text(encoding="utf-8")
    return TypeAdapter(tuple[Step, ...]).validate_python(tomllib.loads(text)["step"])
