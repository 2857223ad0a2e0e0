"""A search: which settings to try, drawn from what each field may be.

>>> space = parse_space(["optimizer=adam,sgd", "dropout=0.1,0.3"])
>>> len(draw_settings(space, "grid"))
4
>>> draw_settings(parse_space(["learning_rate=1e-4..1e-2"]), "random", trials=1)
[{'learning_rate': 0.00188}]
"""

import itertools
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from xray_core.architectures.catalog import ARCHITECTURES
from xray_core.errors import InvalidConfigError
from xray_core.training.config import TrainingConfig, change_config
from xray_core.training.setting_words import word_value
from xray_core.training.settings import list_settings

Way = Literal["grid", "random", "asha"]

LARGEST_SEARCH = 1000
# What changes the pictures, or the question, that the validation AUC is about.
INCOMPARABLE = frozenset(
    {"task", "validation", "validation_share", "validation_patients", "folds", "fold"}
)
# A range that spans more than this factor is drawn by its logarithm: as many from 1e-4 to 1e-3 as
# from 1e-3 to 1e-2.
_LOG_FACTOR = 10.0


@dataclass(frozen=True)
class Choices:
    """A field that may be one of some values."""

    values: tuple[Any, ...]

    def draw(self, rng: np.random.Generator) -> Any:
        return self.values[int(rng.integers(len(self.values)))]


@dataclass(frozen=True)
class Range:
    """A field that may be any number from `low` to `high`; whole where both ends are."""

    low: float
    high: float

    def draw(self, rng: np.random.Generator) -> float:
        if isinstance(self.low, int) and isinstance(self.high, int):
            if self._is_wide:
                return round(math.exp(rng.uniform(math.log(self.low), math.log(self.high))))
            return int(rng.integers(self.low, self.high, endpoint=True))
        if self._is_wide:
            drawn = math.exp(rng.uniform(math.log(self.low), math.log(self.high)))
        else:
            drawn = rng.uniform(self.low, self.high)
        return min(max(float(f"{drawn:.3g}"), self.low), self.high)  # as a person would write it

    @property
    def _is_wide(self) -> bool:
        return self.low > 0 and self.high / self.low >= _LOG_FACTOR


SearchSpace = Mapping[str, Choices | Range]


def parse_space(texts: Iterable[str]) -> SearchSpace:
    """Return what each field may be.

    Args:
        texts: ``field=a,b,c`` for some values, ``field=low..high`` for a range; a dotted field
            reaches inside, as in `change_config`.

    Raises:
        InvalidConfigError: a text is neither; the message names the field.
    """
    space: dict[str, Choices | Range] = {}
    for text in texts:
        field, equals, said = (part.strip() for part in text.partition("="))
        if not field or not equals or not said:
            raise InvalidConfigError(
                f"Expected field=a,b,c or field=low..high to search over, got {text!r}."
            )
        if field in INCOMPARABLE:
            raise InvalidConfigError(
                f"{field}: expected a setting that leaves the validation pictures what they are. A "
                f"search names the highest AUC on them. Start those runs one by one."
            )
        if field in space:
            raise InvalidConfigError(
                f"{field}: expected once in a search. Name all values at once."
            )
        space[field] = _parse_range(field, said) if ".." in said else Choices(_parse_values(said))
    if not space:
        raise InvalidConfigError("Expected at least one field to search over, got none.")
    return space


def draw_settings(
    space: SearchSpace, by: Way, trials: int | None = None, seed: int = 0
) -> list[dict[str, Any]]:
    """Return the changes of each trial, no two alike.

    Args:
        space: from `parse_space`.
        by: ``grid`` takes every combination; ``random`` and ``asha`` draw `trials` of them.
        trials: how many; a grid may be left to count by itself, and must not have more.
        seed: the same one draws the same.

    Raises:
        InvalidConfigError: a grid over a range, or more trials than there are combinations.
    """
    if by == "grid":
        return _list_grid(space, LARGEST_SEARCH if trials is None else trials)
    if trials is None or not 1 <= trials <= LARGEST_SEARCH:
        raise InvalidConfigError(f"trials: expected 1 to {LARGEST_SEARCH}, got {trials}.")
    rng = np.random.default_rng(seed)
    drawn: dict[str, dict[str, Any]] = {}
    for _ in range(100 * trials):
        changes = {field: may_be.draw(rng) for field, may_be in space.items()}
        drawn.setdefault(describe_changes(changes), changes)
        if len(drawn) == trials:
            return list(drawn.values())
    raise InvalidConfigError(
        f"trials: expected no more than there are combinations, got {trials} for about "
        f"{len(drawn)}. Search them all as a grid."
    )


def make_trials(
    config: TrainingConfig, settings: Sequence[Mapping[str, Any]]
) -> list[TrainingConfig]:
    """Return the checked settings of each trial.

    Raises:
        InvalidConfigError: one of them cannot work; the message names the trial and the field.
    """
    if config.folds > 1:
        raise InvalidConfigError("folds: expected 1 for a search. Cross-validate what it finds.")
    trials = []
    if config.validation == "pictures" and any("seed" in changes for changes in settings):
        raise InvalidConfigError(
            "seed: expected a validation that does not depend on it. Hold back patients instead."
        )
    for changes in settings:
        try:
            trials.append(change_config(config, changes))
        except InvalidConfigError as error:
            raise InvalidConfigError(f"With {describe_changes(changes)}: {error}") from error
    return trials


def describe_changes(changes: Mapping[str, Any]) -> str:
    """Return a trial's settings in words.

    >>> describe_changes({"dropout": 0.2, "options.units": [64, 32]})
    'Dropout 0.2; Dense layers 64, 32'
    """
    titles = {
        name: field.title for each in ARCHITECTURES for name, field in list_settings(each).items()
    }
    return "; ".join(
        f"{titles.get(name, name)} {word_value(value)}" for name, value in changes.items()
    )


def read_value(text: str) -> Any:
    """Return what a person wrote as a number, a list, true or false; else the text itself."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _parse_values(said: str) -> tuple[Any, ...]:
    whole = read_value(f"[{said}]")  # so that lists may hold commas
    if isinstance(whole, list):
        return tuple(whole)
    return tuple(read_value(part.strip()) for part in said.split(",") if part.strip())


def _parse_range(field: str, said: str) -> Range:
    low, high = (read_value(end) for end in said.split("..", 1))
    numbers = all(isinstance(end, int | float) for end in (low, high))
    if not numbers or not math.isfinite(low) or not math.isfinite(high) or low >= high:
        raise InvalidConfigError(
            f"{field}: expected a range of numbers such as 1e-4..1e-2, got {said!r}."
        )
    return Range(low, high)


def _list_grid(space: SearchSpace, most: int) -> list[dict[str, Any]]:
    values = []
    for field, may_be in space.items():
        if isinstance(may_be, Range):
            raise InvalidConfigError(
                f"{field}: a grid needs values, such as {may_be.low},{may_be.high}. Or search at "
                f"random."
            )
        values.append(may_be.values)
    if (count := math.prod(map(len, values))) > most:
        raise InvalidConfigError(f"trials: the grid has {count} combinations, {most} are allowed.")
    return [dict(zip(space, chosen, strict=True)) for chosen in itertools.product(*values)]
