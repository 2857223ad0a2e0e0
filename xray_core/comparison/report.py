"""A comparison as one HTML file that needs nothing else: no server, no network."""

from collections.abc import Sequence
from datetime import datetime
from html import escape

import pandas as pd
import plotly.graph_objects as go

from xray_core.comparison.curve_view import CurveView
from xray_core.comparison.curve_words import tell_what_lacks
from xray_core.comparison.draw_curves import draw_training_curves
from xray_core.comparison.draw_scores import draw_score
from xray_core.comparison.draw_thresholds import (
    draw_net_benefit,
    draw_precision_recall,
    draw_reliability,
    draw_roc,
)
from xray_core.comparison.field import Field
from xray_core.comparison.looks import describe_looks, read_looks
from xray_core.comparison.pairs import Pair, warn_of_many
from xray_core.comparison.printed import print_confusion, print_report
from xray_core.comparison.scores import SCORES, ScoreRow
from xray_core.comparison.settings_diff import tabulate_settings
from xray_core.comparison.training_curves import CURVES, PARTS, list_noted
from xray_core.comparison.use import DEFAULT_MISS_COST, tabulate_use
from xray_core.comparison.words import NOT_MEASURED, word_figure, word_seconds
from xray_core.numbers import word_number, word_percent

_NO_EVIDENCE = "none: empty heatmaps"
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 1100px; margin: 2rem auto; padding: 0 1rem;
       color: #1a1d21; background: #fff; }
table { border-collapse: collapse; font-size: 14px; display: block; overflow-x: auto; }
th, td { border-bottom: 1px solid #d5dae1; padding: 4px 10px; text-align: left; }
td { white-space: nowrap; } th { background: #eef1f5; }
pre { background: #eef1f5; padding: 12px; overflow-x: auto; }
.quiet { color: #5b636d; font-size: 14px; }
"""


def write_report(field: Field, rows: Sequence[ScoreRow], pairs: Sequence[Pair]) -> str:
    """Return the comparison of some models as HTML.

    Args:
        field: the models, on one set of test pictures.
        rows: their scores, and what others reported.
        pairs: how they differ.
    """
    parts = [
        f"<h1>{escape(' · '.join(field.names.values()))}</h1>",
        f'<p class="quiet">Pneumoscope, {datetime.now():%d %B %Y, %H:%M}. For research and '
        "teaching. Not a medical device.</p>",
        "<h2>Scores</h2>",
        to_html(tabulate_words(rows)),
        _list_badges(rows),
        _list_looks(field),
    ]
    comparable = {row.title for row in rows if field.may_stand_with(row)}
    charts: list[tuple[str, go.Figure]] = [
        (SCORES[name].title, draw_score(rows, name, field.styles, comparable))
        for name in ("accuracy", "evidence_in_lungs")
    ]
    trained = [each for each in field.contenders if len(each.history)]
    if noted := list_noted(trained, tuple(CURVES), PARTS):
        curves = draw_training_curves(trained, field.names, field.styles, CurveView(noted))
        charts.append(("Training curves", curves))
    if field.tests and _has_both_classes(field):
        told = (field.tests, field.thresholds, field.names, field.styles)
        charts += [("ROC", draw_roc(*told)), ("Precision and recall", draw_precision_recall(*told))]
        charts.append(("Reliability", draw_reliability(field.tests, field.names, field.styles)))
        benefit = draw_net_benefit(field.tests, field.names, field.styles, _share_sick(field))
        charts.append(("Decision curve", benefit))
    parts += _embed(charts)
    lacking = tell_what_lacks(field.contenders, CurveView(), field.names)
    parts.append(f'<p class="quiet">{escape(" ".join(lacking))}</p>')
    parts += ["<h2>Is the difference real?</h2>", _list_pairs(pairs, field)]
    parts += [_tell_use(field), _print_calls(field), "<h2>Settings</h2>"]
    parts.append(to_html(tabulate_settings(field.contenders, field.names)))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Comparison of models'
        f"</title><style>{_STYLE}</style></head><body>{''.join(parts)}</body></html>"
    )


def tabulate_words(rows: Sequence[ScoreRow]) -> pd.DataFrame:
    """Return the table of scores as words: each figure with its interval."""
    return pd.DataFrame(
        [
            {
                "Model": row.title,
                "Standing": row.badge.standing,
                "Test pictures": row.test or NOT_MEASURED,
                **{score.title: _word_score(row, name) for name, score in SCORES.items()},
                "Parameters": word_number(row.parameters) if row.parameters else NOT_MEASURED,
                "Training time": word_seconds(row.training_seconds),
                "ms an image": f"{row.milliseconds:.3g}" if row.milliseconds else NOT_MEASURED,
                "Source": row.source,
            }
            for row in rows
        ]
    )


def _word_score(row: ScoreRow, name: str) -> str:
    if name == "evidence_in_lungs" and row.test and name not in row.figures:
        return _NO_EVIDENCE
    return word_figure(row.figures.get(name))


def to_html(table: pd.DataFrame) -> str:
    """Return a table of words as HTML, with every letter escaped."""
    html: str = table.to_html(index=False, border=0)
    return html


def _list_badges(rows: Sequence[ScoreRow]) -> str:
    items = "".join(
        f"<li><b>{escape(row.title)}</b>: {row.badge.standing}. {escape(row.badge.reason)}</li>"
        for row in rows
    )
    return f"<h3>What may be compared</h3><ul>{items}</ul>"


def _list_looks(field: Field) -> str:
    return "".join(
        f"<p><b>{escape(field.names[model_id])}</b>: {escape(describe_looks(count))}</p>"
        for model_id, count in read_looks(field.names, field.fingerprint).items()
        if count
    )


def _list_pairs(pairs: Sequence[Pair], field: Field) -> str:
    sentences = [sentence for pair in pairs for sentence in field.say(pair)]
    compared = {model_id for pair in pairs for model_id in (pair.first, pair.second)}
    others = [field.names[model_id] for model_id in field.tests if model_id not in compared]
    if pairs and others:
        sentences.append(f"To keep the pairs few, not tested: {', '.join(others)}.")
    if warning := warn_of_many(len(pairs)):
        sentences.append(warning)
    if not sentences:
        sentences = ["One model alone differs from nothing."]
    return "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences)


def _tell_use(field: Field) -> str:
    """Return what the calls at each model's own threshold would mean, as HTML."""
    if not field.tests:
        return ""
    tests = {model_id: test.take(test.answered) for model_id, test in field.tests.items()}
    share = _share_sick(field)
    table = tabulate_use(field, tests, field.thresholds, share, DEFAULT_MISS_COST)
    told = (
        f"Of 1,000 X-rays, where as many have pneumonia as among these pictures, "
        f"{word_percent(share)} %; elsewhere it is far less. A missed one counts as "
        f"{DEFAULT_MISS_COST:g} false alarms."
    )
    return f"<h2>In use</h2><p>{told}</p>{to_html(table)}"


def _print_calls(field: Field) -> str:
    parts = ["<h2>As scikit-learn prints it</h2>"]
    for model_id, test in field.tests.items():
        answered = test.take(test.answered)
        called = (answered.probabilities >= field.thresholds[model_id]).astype(int)
        printed = print_report(answered.labels, called), print_confusion(answered.labels, called)
        name = escape(field.names[model_id])
        parts.append(f"<h3>{name}</h3><pre>{escape(chr(10).join(printed))}</pre>")
    return "".join(parts) if field.tests else ""


def _share_sick(field: Field) -> float:
    return float(next(iter(field.tests.values())).labels.mean())


def _has_both_classes(field: Field) -> bool:
    labels = next(iter(field.tests.values())).labels
    return 0 < labels.sum() < len(labels)


def _embed(charts: Sequence[tuple[str, go.Figure]]) -> list[str]:
    """Return charts as HTML; the first brings Plotly's program for all of them."""
    return [
        f"<h2>{title}</h2>{_whiten(figure).to_html(full_html=False, include_plotlyjs=place == 0)}"
        for place, (title, figure) in enumerate(charts)
    ]


def _whiten(figure: go.Figure) -> go.Figure:
    """Return a figure on white, made anew: one that Plotly did not check takes no template."""
    return go.Figure(figure.to_dict()).update_layout(template="plotly_white")
