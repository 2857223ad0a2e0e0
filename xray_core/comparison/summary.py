"""Chosen models in one summary: scores, differences and settings, as text, JSON or HTML."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from xray_core.comparison.comparability import Badge
from xray_core.comparison.contenders import load_model
from xray_core.comparison.costs import time_network
from xray_core.comparison.field import Field, best_pictures
from xray_core.comparison.looks import describe_looks, read_looks
from xray_core.comparison.pairs import Pair, compare_all, warn_of_many
from xray_core.comparison.predictions import Predictions
from xray_core.comparison.printed import print_confusion, print_report
from xray_core.comparison.references import PUBLISHED
from xray_core.comparison.scores import (
    SCORES,
    ScoreRow,
    name_test,
    score_contender,
    tabulate_reported,
)
from xray_core.comparison.settings_diff import tabulate_settings
from xray_core.comparison.style import assign_places, make_styles
from xray_core.comparison.words import word_figure, word_seconds
from xray_core.errors import PneumoscopeError, UnknownNameError
from xray_core.model_store import read_classifier_card
from xray_core.numbers import word_number


@dataclass(frozen=True, eq=False)
class Summary:
    """What is known of some models that were judged on the same pictures.

    Attributes:
        field: the models.
        rows: the scores of each.
        pairs: every two of them.
        looks: id to how often its test figures were seen while its threshold was being changed.
    """

    field: Field
    rows: Sequence[ScoreRow]
    pairs: Sequence[Pair]
    looks: Mapping[str, int]

    @property
    def problems(self) -> list[str]:
        """What could not be read, one sentence each, with the model's id before it."""
        return [f"{each.id}: {said}" for each in self.field.contenders for said in each.problems]

    def say(self) -> str:
        """Return everything as text, with scikit-learn's report and matrix of each model."""
        return "\n".join(self._say())

    def to_record(self) -> dict[str, Any]:
        """Return everything under stable names, for JSON."""
        return {
            "test": self.field.fingerprint,
            "models": [_record_row(row) | {"looks": self.looks[row.id]} for row in self.rows],
            "pairs": [_record_pair(pair, self.field) for pair in self.pairs],
            "settings": tabulate_settings(self.field.contenders, self.field.names).to_dict(
                "records"
            ),
        }

    def write_html(self, path: Path) -> None:
        """Write a report with charts that needs no other file.

        Raises:
            PneumoscopeError: it cannot be written there.
        """
        from xray_core.comparison.report import write_report  # Plotly takes a second to import

        rows = [*self.rows, *tabulate_reported(PUBLISHED)]
        try:
            path.write_text(write_report(self.field, rows, list(self.pairs)), encoding="utf-8")
        except OSError as error:
            raise PneumoscopeError(f"The report cannot be written to {path}: {error}") from error

    def _say(self) -> Iterator[str]:
        for row in self.rows:
            yield from _say_row(row)
            if told := describe_looks(self.looks[row.id]):
                yield f"  {told}"
        for pair in self.pairs:
            yield from self.field.say(pair)
        if warning := warn_of_many(len(self.pairs)):
            yield warning
        for model_id, test in self.field.tests.items():
            report, matrix = _print_calls(test, self.field.thresholds[model_id])
            tested = name_test(self.field.find(model_id), test)
            yield f"\n{self.field.names[model_id]} on {tested}\n{report}\n{matrix}"


def summarise(ids: Sequence[str], on: str | None = None) -> Summary:
    """Return the summary of some models.

    Args:
        ids: of the models.
        on: the name of a test on their cards; the one that most share if None.

    Raises:
        UnknownNameError: there is no such model or test.
        IncompatibleModelError: a card is broken.
    """
    field = _gather(ids, on)
    rows = [_score(field, each.id) for each in field.contenders]
    pairs = compare_all(list(field.names), field.any_tests, field.thresholds)
    return Summary(field, rows, pairs, read_looks(field.names, field.fingerprint))


def _gather(ids: Sequence[str], on: str | None) -> Field:
    contenders = [load_model(read_classifier_card(model_id)) for model_id in ids]
    if on is None:
        fingerprint = best_pictures(contenders)
    else:
        known = {name: test.fingerprint for each in contenders for name, test in each.tests.items()}
        if on not in known:
            raise UnknownNameError("test", on, known)
        fingerprint = known[on]
    return Field(contenders, fingerprint, make_styles(assign_places(ids, {})))


def _score(field: Field, model_id: str) -> ScoreRow:
    contender = field.find(model_id)
    row = score_contender(contender, field.any_tests[model_id])
    speed = time_network(contender.card) if contender.card else None
    return replace(row, title=field.names[model_id], milliseconds=speed)


def _say_row(row: ScoreRow) -> Iterator[str]:
    yield f"{row.id}: {row.title}; {row.badge.standing}. {row.badge.reason}"
    figures = [
        (score.title, word_figure(row.figures[name]))
        for name, score in SCORES.items()
        if name in row.figures
    ]
    costs = [
        ("Parameters", word_number(row.parameters) if row.parameters else "–"),
        ("Training time", word_seconds(row.training_seconds)),
        ("Milliseconds an image", f"{row.milliseconds:.3g}" if row.milliseconds else "–"),
    ]
    for title, words in [*figures, *costs]:
        yield f"  {title:28} {words}"


def _print_calls(test: Predictions, threshold: float) -> tuple[str, str]:
    answered = test.take(test.answered)
    called = (answered.probabilities >= threshold).astype(int)
    return print_report(answered.labels, called), print_confusion(answered.labels, called)


def _record_pair(pair: Pair, field: Field) -> dict[str, Any]:
    return {
        "first": pair.first,
        "second": pair.second,
        "refusal": pair.refusal,
        "differences": [vars(found) for found in pair.differences],
        "sentences": field.say(pair),
        "right": dict(zip(("both", "only_first", "only_second", "none"), pair.right, strict=True)),
        "left_out": pair.left_out,
    }


def _record_row(row: ScoreRow) -> dict[str, Any]:
    badge: Badge = row.badge
    return {
        "id": row.id,
        "title": row.title,
        "standing": badge.standing,
        "why": badge.reason,
        "test": row.test,
        "figures": {name: found.model_dump() for name, found in row.figures.items()},
        "parameters": row.parameters,
        "training_seconds": row.training_seconds,
        "milliseconds": row.milliseconds,
    }
