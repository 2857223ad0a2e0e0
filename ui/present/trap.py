"""The fifth step: two models, one X-ray, and what happens when a part of it is covered."""

from collections.abc import Mapping
from html import escape

from ui.present.scene import (
    NO_WHOLE_IMAGE,
    Case,
    diagnose,
    diagnose_covered,
    read_album,
    read_cards,
)
from ui.present.sheet import (
    FULL_HEIGHT,
    Shown,
    lay_out,
    name_class,
    show_head,
    show_source,
    show_stage,
)
from xray_core.diagnosis.report import format_percent
from xray_core.model_card import ClassifierCard
from xray_core.story.album import Album
from xray_core.story.draw import draw_layers
from xray_core.story.script import Step

_COVERED = (
    "",
    "All but the lungs is covered, which should change nothing. ",
    "The lungs are covered: nobody could tell now, but a network answers all the same. ",
)


def show_trap(step: Step, part: int) -> None:
    """Show the X-ray with each model's evidence: as it is, and covered in two ways."""
    album, (card, whole) = read_album(), read_cards()
    cards = [each for each in (whole, card) if each is not None]
    before = {each.id: diagnose(album.studied, each.id) for each in cards}
    after = before
    if part > 0:
        after = {each.id: diagnose_covered(album.studied, each.id)[part - 1] for each in cards}
    sentence = _COVERED[part] + " ".join(
        _describe(each, before[each.id], after[each.id], part) for each in cards
    )
    show_head(step, sentence)
    show_stage(lay_out([_show(each, after[each.id]) for each in cards]), FULL_HEIGHT - 5)
    told = f"{album.source} It shows: {album.studied.label}."
    show_source(f"{told} {_describe_trap(album, before, whole)}")


def _describe_trap(album: Album, before: Mapping[str, Case], whole: ClassifierCard | None) -> str:
    """Return where the trap itself can be seen, if it is not on screen."""
    if whole is None:
        return NO_WHOLE_IMAGE
    told = _describe_record(whole)
    if before[whole.id].diagnosis.verdict == album.studied.label:
        return told
    return f"{told} The trap itself shows on real X-rays, once they are chosen on the Data page."


def _describe_record(card: ClassifierCard) -> str:
    """Return how good the model seems to be to those who do not look where it looks."""
    for measured in card.measurements.values():
        accuracy = measured.figures.get("accuracy")
        if accuracy is not None and accuracy.value is not None:
            share = format_percent(accuracy.value)
            return f"“{card.title}” calls {share} of {measured.n:,} test X-rays right."
    return ""


def _describe(card: ClassifierCard, before: Case, after: Case, part: int) -> str:
    told = format_percent(after.diagnosis.probability)
    if part:
        was = format_percent(before.diagnosis.probability)
        return f"“{card.title}”: {was} before, {told} now."
    shares = before.diagnosis.evidence
    found = format_percent(shares.in_lungs) if shares else "none"
    return f"“{card.title}”: {told} for pneumonia, {found} of the evidence inside the lungs."


def _show(card: ClassifierCard, case: Case) -> Shown:
    verdict, told = case.diagnosis.verdict, format_percent(case.diagnosis.probability)
    uri = draw_layers(case.view, lungs=True, heat=True)
    caption = f"{escape(card.title)} · {name_class(verdict)} (pneumonia: {escape(told)})"
    return Shown(uri, f"X-ray with the evidence of {card.title}", caption)
