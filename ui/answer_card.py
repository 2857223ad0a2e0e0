"""What one diagnosis says: verdict, where the evidence lies, and what the model is good for."""

from html import escape
from pathlib import Path

import streamlit as st

from xray_core.about import DISCLAIMER
from xray_core.diagnosis.age_group import AgeGroup
from xray_core.diagnosis.diagnosis import Diagnosis
from xray_core.diagnosis.report import compare_to_threshold, describe_evidence, format_percent
from xray_core.diagnosis.track_record import ADULTS, describe_track_record
from xray_core.lungs.zones import EvidenceShares
from xray_core.model_card import ModelCard

_STYLE = (Path(__file__).parent / "answer_card.css").read_text(encoding="utf-8")
_SIGNS = {"pneumonia": "▲", "normal": "✓", "cannot tell": "?"}


def show_answer_card(
    diagnosis: Diagnosis, card: ModelCard, about_file: tuple[str, ...], group: AgeGroup
) -> None:
    """Show the verdict with its probability, the share of each zone, and the model's limits.

    Args:
        card: of the model that answered.
        about_file: lines on the file itself, such as its name and what decoding noticed.
        group: who the patient is, since the model's figures differ.
    """
    sections = _verdict(diagnosis, about_file) + _zones(diagnosis.evidence) + _model(card, group)
    st.html(f'<style>{_STYLE}</style><div class="answer"><div>{sections}</div></div>')


def _verdict(diagnosis: Diagnosis, about_file: tuple[str, ...]) -> str:
    probability, _ = compare_to_threshold(diagnosis)
    kind = diagnosis.verdict.replace(" ", "-")
    lines = "".join(f'<p class="quiet">{escape(line)}</p>' for line in about_file if line)
    return (
        f'<section class="{kind}" aria-label="Verdict">'
        f'<div class="verdict"><span aria-hidden="true">{_SIGNS[diagnosis.verdict]}</span> '
        f"{diagnosis.verdict.upper()}</div>"
        f'<div class="figure"><span>Probability of pneumonia</span>'
        f"<strong>{escape(probability)}</strong></div>"
        f"{_bar(diagnosis)}"
        f"<p>{escape(describe_evidence(diagnosis))}</p>{lines}</section>"
    )


def _bar(diagnosis: Diagnosis) -> str:
    """Return the probability as a bar, with the threshold or the range in which nobody can tell."""
    probability, threshold = compare_to_threshold(diagnosis)
    level = f'<span class="level" style="width: {diagnosis.probability:.1%}"></span>'
    cutoffs = diagnosis.cutoffs
    if cutoffs is None:
        label = f"threshold {threshold}"
        mark = (
            f'<span class="threshold" style="left: {diagnosis.threshold:.1%}">'
            f"<span>{escape(label)}</span></span>"
        )
    else:
        low, high = min(cutoffs.low, 1.0), min(cutoffs.high, 1.0)
        label = f"cannot tell from {format_percent(low)} to {format_percent(high)}"
        mark = (
            f'<span class="doubt" style="left: {low:.1%}; width: {high - low:.1%}">'
            f"<span>{escape(label)}</span></span>"
        )
    return (
        f'<div class="bar" role="img" aria-label="Probability {escape(probability)}, '
        f'{escape(label)}">{level}{mark}</div>'
    )


def _zones(shares: EvidenceShares | None) -> str:
    rows = "".join(
        f'<tr><th scope="row">{third.capitalize()} zone</th>'
        + _cell(shares.zones[f"right {third}"] if shares else None)
        + _cell(shares.zones[f"left {third}"] if shares else None)
        + "</tr>"
        for third in ("upper", "middle", "lower")
    )
    outside = _cell(shares.outside if shares else None, across=2)
    return (
        '<section aria-label="Where the evidence lies"><h3>Where the evidence lies</h3><table>'
        '<thead><tr><td></td><th scope="col">Patient’s right</th>'
        f'<th scope="col">Patient’s left</th></tr></thead><tbody>{rows}'
        f'<tr><th scope="row">Outside the lungs</th>{outside}</tr></tbody></table></section>'
    )


def _cell(share: float | None, across: int = 1) -> str:
    """Return a table cell, shaded by the share; a dash where nothing is shared out."""
    if share is None:
        return f'<td colspan="{across}">–</td>'
    percent = escape(format_percent(share))
    return f'<td colspan="{across}" style="--share: {share:.3f}">{percent}</td>'


def _model(card: ModelCard, group: AgeGroup) -> str:
    limits = "".join(f"<li>{escape(limit)}</li>" for limit in card.limits)
    counts = [describe_track_record(card, group)]
    if ADULTS in card.measurements and group != "adults":
        counts.append(describe_track_record(card, "adults"))
    record = "".join(f"<p>{escape(count)}</p>" for count in counts if count)
    return (
        '<section aria-label="About the model"><h3>What the model knows, and does not</h3>'
        f"<p>Trained on {escape(card.trained_on)}.</p>{record}<ul>{limits}</ul>"
        f'<p class="notice">{DISCLAIMER}</p><p class="quiet">Model: {escape(card.title)} '
        f"({escape(card.id)}).</p></section>"
    )
