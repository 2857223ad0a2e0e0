"""The sixth step: accuracy and evidence in the lungs, side by side."""

from html import escape

from ui.present.scene import NO_WHOLE_IMAGE, diagnose, read_album, read_cards
from ui.present.sheet import (
    FULL_HEIGHT,
    Shown,
    lay_out,
    lay_out_figures,
    show_head,
    show_source,
    show_stage,
)
from xray_core.comparison.style import colour_model
from xray_core.comparison.words import word_share
from xray_core.model_card import ClassifierCard, Figure, Measurement
from xray_core.story.draw import draw_input
from xray_core.story.facts import count_right, describe_fix, find_shared, first_measurement
from xray_core.story.script import Step

_NOT_SHARED = "The two models were not judged on the same pictures, so only one is shown."
_ROWS = {"accuracy": "Called right, from 50 % on", "evidence_in_lungs": "Evidence inside the lungs"}
_BOXES = {"peak_in_box": "Peak in radiologists’ boxes"}


def show_fix(step: Step, part: int) -> None:
    """Show what the default model is given, and both figures of each model."""
    album, (card, whole) = read_album(), read_cards()
    case = diagnose(album.studied)
    shared = find_shared(card, whole) if whole else None
    first = first_measurement(card)
    ours, theirs = shared or (first[1] if first else None, None)
    if ours is None:
        show_head(step, f"“{card.title}” was not judged on test pictures.")
        return
    show_head(step, describe_fix(card, ours, whole, theirs))
    given = Shown(
        draw_input(case.xray, case.diagnosis, card.input),
        f"What {card.title} is given",
        f"All that “{escape(card.title)}” is given",
    )
    bars = _lay_out(whole, theirs) if whole and theirs else ""
    show_stage(
        f'{lay_out([given])}<div class="beside tight">{bars}{_lay_out(card, ours)}</div>',
        FULL_HEIGHT - 5,
    )
    missing = "" if theirs else NO_WHOLE_IMAGE if whole is None else _NOT_SHARED
    show_source(
        f"Bars: {ours.n:,} X-rays ({ours.data}), with 95 % intervals.{_tell_boxes(card)} "
        f"Picture: {album.source[0].lower()}{album.source[1:]} {missing}"
    )


def _lay_out(card: ClassifierCard, measured: Measurement) -> str:
    """Return a model's figures as bars, with those on pictures that radiologists marked, if any."""
    boxed = (x for x in card.measurements.values() if set(_BOXES) <= set(x.figures))
    figures = next((x.figures for x in boxed), {}) | measured.figures
    figures |= {"accuracy": count_right(card, measured)}
    told = measured.model_copy(update={"figures": figures})
    return lay_out_figures(card.title, told, _ROWS | _BOXES, colour_model(card.id))


def _tell_boxes(card: ClassifierCard) -> str:
    """Return where radiologists marked something, and how often chance would hit it."""
    for name, measured in card.measurements.items():
        if chance := measured.figures.get("random_in_box"):
            share = word_share(Figure(value=chance.value))
            return f" Boxes: {name}; a random point of the lungs hits them in {share}."
    return ""
