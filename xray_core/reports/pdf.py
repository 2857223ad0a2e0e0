"""One answer as a PDF of one A4 page."""

import io
from html import escape

import numpy as np
from PIL import Image as PillowImage
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import (
    Flowable,
    Image,
    KeepInFrame,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
)

from xray_core.about import DISCLAIMER
from xray_core.diagnosis.age_group import find_age_group
from xray_core.diagnosis.report import (
    describe_evidence,
    describe_scale,
    format_percent,
    say_probability,
)
from xray_core.diagnosis.track_record import describe_track_record
from xray_core.reports.letters import BOLD_FONT, FONT, check_typed, register_fonts
from xray_core.reports.pictures import draw_pair
from xray_core.reports.report import NOTHING_TYPED, Report, TypedDetails

_MARGIN = 14 * mm
_WIDTH, _HEIGHT = A4[0] - 2 * _MARGIN, A4[1] - 2 * _MARGIN
_PICTURE_WIDTH, _PICTURE_HEIGHT = (_WIDTH - 4 * mm) / 2, 88 * mm
_INK, _QUIET, _LINE, _TINT = (
    HexColor(code) for code in ("#1a1d21", "#555b63", "#c4cad1", "#eef1f5")
)

_Style = list[tuple[str, tuple[int, int], tuple[int, int], object]]

_TEXT = ParagraphStyle("text", fontName=FONT, fontSize=8.2, leading=11, textColor=_INK)
_SMALL = ParagraphStyle("small", _TEXT, fontSize=6.8, leading=9, textColor=_QUIET)
_HEADING = ParagraphStyle("heading", _TEXT, fontName=BOLD_FONT, spaceBefore=6, spaceAfter=2)
_TITLE = ParagraphStyle("title", _TEXT, fontName=BOLD_FONT, fontSize=13, leading=16)
_VERDICT = ParagraphStyle("verdict", _TITLE, fontSize=17, leading=21)
_RIGHT = ParagraphStyle("right", _SMALL, alignment=TA_RIGHT)


def write_pdf(report: Report, typed: TypedDetails = NOTHING_TYPED) -> bytes:
    """Return a report as the bytes of a PDF file of one page.

    Raises:
        InvalidConfigError: what was typed in is too long, or in a script that the font lacks.
    """
    check_typed(typed)
    stream = io.BytesIO()
    # The frame inside the margins has a padding of 6 points.
    document = SimpleDocTemplate(
        stream,
        pagesize=A4,
        **dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), _MARGIN - 6),
        title="Pneumoscope report",
        author="",
        creator=report.software,
        lang="en",
    )
    document.build([KeepInFrame(_WIDTH, _HEIGHT, compose_page(report, typed), mode="shrink")])
    return stream.getvalue()


def compose_page(report: Report, typed: TypedDetails = NOTHING_TYPED) -> list[Flowable]:
    """Return all that stands on the page, from top to bottom."""
    register_fonts()
    return [
        *_head(report),
        *_typed(typed),
        _pictures(report),
        *_answer(report),
        *_remarks(report),
        *_model(report),
        *_origin(report),
    ]


def _head(report: Report) -> list[Flowable]:
    made = f"{report.made_at:%Y-%m-%d %H:%M:%S} UTC"
    titles = [[_say("Does this chest X-ray show pneumonia?", _TITLE), _say(made, _RIGHT)]]
    return [
        Table(titles, [_WIDTH * 0.72, _WIDTH * 0.28], style=[("LEFTPADDING", (0, 0), (0, 0), 0)]),
        _say(f"A research report by {report.software}. {DISCLAIMER}", _SMALL),
        Spacer(0, 2 * mm),
    ]


def _typed(typed: TypedDetails) -> list[Flowable]:
    """Return what was typed in, or nothing at all."""
    told = [("Name", typed.name), ("ID", typed.patient_id), ("Comment", typed.comment)]
    rows = [
        [_say(title, _SMALL), _say(" ".join(text.split()), _TEXT)]
        for title, text in told
        if text.strip()
    ]
    if not rows:
        return []
    style = [("BACKGROUND", (0, 0), (-1, -1), _TINT), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    return [Table(rows, [18 * mm, _WIDTH - 18 * mm], style=style), Spacer(0, 2 * mm)]


def _pictures(report: Report) -> Flowable:
    diagnosis = report.diagnosis
    pair = draw_pair(report.xray, diagnosis, report.overlay_warning)
    plain, overlay = (_place(pixels) for pixels in pair)
    scale = (
        f"With the evidence and the outline of the lungs. {describe_scale(diagnosis.explained_by)} "
        f"Full colour from {diagnosis.heat_full_scale:.2g} on."
    )
    rows = [[plain, overlay], [_say("The X-ray as it was read.", _SMALL), _say(scale, _SMALL)]]
    style: _Style = [("ALIGN", (0, 0), (-1, 0), "CENTER"), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    style += [(f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT")]
    return Table(rows, [_PICTURE_WIDTH + 2 * mm] * 2, style=style)


def _place(pixels: np.ndarray) -> Image:
    """Return a picture as large as its place on the page allows."""
    height, width = pixels.shape[:2]
    scale = min(_PICTURE_WIDTH / width, _PICTURE_HEIGHT / height)
    stream = io.BytesIO()
    PillowImage.fromarray(pixels).save(stream, "JPEG", quality=92)
    return Image(stream, width * scale, height * scale)


def _answer(report: Report) -> list[Flowable]:
    diagnosis = report.diagnosis
    told = [
        _say(diagnosis.verdict.upper(), _VERDICT),
        _say(f"Probability of pneumonia {say_probability(diagnosis)}.", _TEXT),
        Spacer(0, 1.5 * mm),
        _say(describe_evidence(diagnosis), _TEXT),
        *([_say(report.overlay_warning, _TEXT)] if report.overlay_warning else ()),
    ]
    style = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (0, 0), 0)]
    return [Table([[told, _zones(report)]], [_WIDTH * 0.54, _WIDTH * 0.46], style=style)]


def _zones(report: Report) -> Flowable:
    shares = report.diagnosis.evidence

    def cell(name: str) -> Paragraph:
        return _say(format_percent(shares.zones[name]) if shares else "–", _TEXT)

    rows = [
        [
            _say(text, _SMALL)
            for text in ("Share of the evidence", "Patient’s right", "Patient’s left")
        ]
    ]
    for third in ("upper", "middle", "lower"):
        name = _say(f"{third.capitalize()} zone", _SMALL)
        rows.append([name, cell(f"right {third}"), cell(f"left {third}")])
    outside = _say(format_percent(shares.outside) if shares else "–", _TEXT)
    rows.append([_say("Outside the lungs", _SMALL), outside, _say("", _TEXT)])
    style = [("LINEBELOW", (0, 0), (-1, -1), 0.4, _LINE), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]
    style += [("TOPPADDING", (0, 0), (-1, -1), 1), ("BOTTOMPADDING", (0, 0), (-1, -1), 2)]
    return Table(rows, [_WIDTH * share for share in (0.18, 0.13, 0.13)], style=style)


def _remarks(report: Report) -> list[Flowable]:
    xray = report.xray
    size = f"{xray.source_format}, {xray.width} × {xray.height} pixels."
    gate = [] if report.diagnosis.concerns else ["Nothing was found against judging it."]
    return [_say("The picture", _HEADING), _say(" ".join([size, *report.remarks, *gate]), _TEXT)]


def _model(report: Report) -> list[Flowable]:
    card = report.card
    group = find_age_group(report.xray.header, report.diagnosis.concerns)
    record = describe_track_record(card, group)
    told = [f"Trained on {card.trained_on}.", record, card.intended_use]
    return [
        _say("What the model knows, and does not", _HEADING),
        _say(" ".join(sentence for sentence in told if sentence), _TEXT),
        *(_say(f"• {limit}", _TEXT) for limit in card.limits),
    ]


def _origin(report: Report) -> list[Flowable]:
    diagnosis = report.diagnosis
    lines = (
        f"Model: {report.card.title} ({diagnosis.model_id})",
        f"Model file, SHA-256: {diagnosis.model_hash}",
        f"X-ray file, SHA-256: {report.file_hash}",
        f"Software: {report.software}",
    )
    return [_say("Where this comes from", _HEADING), *(_say(line, _SMALL) for line in lines)]


def _say(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(text), style)
