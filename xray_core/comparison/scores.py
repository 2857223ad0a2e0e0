"""The table of scores: what each model reached, with intervals, beside what others reported."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from xray_core.comparison.comparability import Badge, give_badge
from xray_core.comparison.contenders import Contender
from xray_core.comparison.costs import count_parameters, read_training_seconds
from xray_core.comparison.predictions import OFFICIAL_TEST, Predictions
from xray_core.comparison.references import ReportedFigures
from xray_core.evaluation.evaluate import measure
from xray_core.evaluation.metrics import Scores
from xray_core.glossary import get_term
from xray_core.model_card import Figure


@dataclass(frozen=True)
class Score:
    """One column of the table.

    Attributes:
        title: on screen.
        meaning: what it says, in a sentence.
        best_is_low: whether smaller is better.
    """

    title: str
    meaning: str
    best_is_low: bool = False


_IN_BOXES = ("peak_in_box", "random_in_box")
_NAMES = (
    "accuracy",
    "evidence_in_lungs",
    "auc_lungs_covered",
    "sensitivity",
    "specificity",
    "precision",
    "f1",
    "auc",
    "pr_auc",
    "mcc",
    "brier",
    "ece",
    *_IN_BOXES,
)
_BEST_IS_LOW = ("auc_lungs_covered", "brier", "ece")

SCORES: dict[str, Score] = {
    name: Score(term.title, term.text, name in _BEST_IS_LOW)
    for name, term in ((name, get_term(name)) for name in _NAMES)
}


@dataclass(frozen=True)
class ScoreRow:
    """What one model, or somebody's report, has in the table.

    Attributes:
        id: of the model; empty for figures that others reported.
        title: on screen.
        badge: what it may be compared with.
        test: the name of the test pictures, and how many.
        figures: name to figure, as in `SCORES`.
        parameters: how many weights.
        training_seconds: of all epochs.
        milliseconds: of the network for one picture, on this computer.
        source: of figures that others reported.
    """

    id: str
    title: str
    badge: Badge
    test: str
    figures: Mapping[str, Figure]
    parameters: int | None = None
    training_seconds: float | None = None
    milliseconds: float | None = None
    source: str = ""


def choose_test(contender: Contender, fingerprint: str) -> Predictions | None:
    """Return a model's answers on the pictures of a fingerprint; else on any test, or None."""
    tests = contender.tests.values()
    wanted = (test for test in tests if test.fingerprint == fingerprint)
    return next(wanted, next(iter(tests), None))


def list_test_pictures(contenders: Iterable[Contender]) -> dict[str, str]:
    """Return fingerprint to name of every set of test pictures, the best known first."""
    names: dict[str, list[str]] = {}
    for contender in contenders:
        for test in contender.tests.values():
            names.setdefault(test.fingerprint, []).append(name_test(contender, test))
    order = sorted(names, key=lambda key: (key != OFFICIAL_TEST, -len(names[key]), key))
    return {key: names[key][0] for key in order}


def name_test(contender: Contender, test: Predictions) -> str:
    """Return the name of test pictures on screen, with their number."""
    measured = contender.card.measurements.get(test.name) if contender.card else None
    name = measured.data if measured and measured.data else test.name
    if test.fingerprint == OFFICIAL_TEST:
        name = "official test"
    return f"{name[0].upper()}{name[1:]} ({len(test.table):,} pictures)"


def score_contender(contender: Contender, test: Predictions | None) -> ScoreRow:
    """Return a model's row: figures at its own threshold, each with its interval.

    Args:
        contender: the model.
        test: its answers on the pictures to be judged on; None where there are none.
    """
    card = contender.card
    return ScoreRow(
        contender.id,
        contender.title,
        give_badge(card, test),
        name_test(contender, test) if test else "",
        {**_read_figures(contender, test), **_find_boxes(contender)},
        count_parameters(card) if card else None,
        read_training_seconds(contender),
    )


def tabulate_reported(reported: Sequence[ReportedFigures]) -> list[ScoreRow]:
    """Return the rows of figures that others reported."""
    return [
        ScoreRow(
            "",
            f"{row.title} (reported)",
            row.badge,
            "",
            {name: Figure(value=value) for name, value in row.figures.items()},
            source=row.source,
        )
        for row in reported
    ]


def tabulate_scores(rows: Sequence[ScoreRow]) -> pd.DataFrame:
    """Return every figure as numbers, with ``_low`` and ``_high`` beside it, for export."""
    records = []
    for row in rows:
        record: dict[str, object] = {"id": row.id, "title": row.title, "test": row.test}
        record |= {"standing": row.badge.standing, "why": row.badge.reason}
        for name in SCORES:
            figure = row.figures.get(name, Figure(value=None))
            record |= {name: figure.value, f"{name}_low": figure.low, f"{name}_high": figure.high}
        record |= {
            "parameters": row.parameters,
            "training_seconds": row.training_seconds,
            "milliseconds": row.milliseconds,
            "source": row.source,
        }
        records.append(record)
    return pd.DataFrame(records)


def _read_figures(contender: Contender, test: Predictions | None) -> Mapping[str, Figure]:
    """Return the figures on the card where it has them all, else measure them anew."""
    if test is None or contender.card is None:
        return {}
    kept = contender.card.measurements.get(test.name)
    names = set(Scores.model_fields) - {"n", "confusion"}
    if kept and names <= set(kept.figures):
        return kept.figures
    called = (test.probabilities >= contender.threshold).astype(int)
    table = test.table.assign(called=called, error="")
    return measure(table, contender.threshold, test.name).figures


def _find_boxes(contender: Contender) -> Mapping[str, Figure]:
    """Return where the heatmap peaks on pictures with radiologists' boxes, if that is known."""
    measured = contender.card.measurements.values() if contender.card else ()
    found = [each.figures for each in measured if set(_IN_BOXES) <= set(each.figures)]
    return {name: found[0][name] for name in _IN_BOXES} if found else {}
