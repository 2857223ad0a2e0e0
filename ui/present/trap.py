"""The fifth step: two models, one X-ray, and what happens when a part of it is covered."""

from collections.abc import Mapping, Sequence
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
    lay_out_bar,
    name_class,
    show_head,
    show_source,
    show_stage,
)
from xray_core.comparison.style import colour_model
from xray_core.comparison.words import word_figure, word_share
from xray_core.diagnosis.report import format_percent
from xray_core.model_card import ClassifierCard, Figure
from xray_core.story.album import Album
from xray_core.story.draw import draw_layers
from xray_core.story.facts import count_right, count_turned, find_shared, first_measurement
from xray_core.story.script import Step

_COVERED = (
    "",
    "A normal X-ray with all but its lungs covered, which should change nothing. ",
    "The lungs are covered: nobody could tell now, but a network answers all the same. ",
)
_AUC = ("auc", "auc_lungs_covered")


def show_trap(step: Step, part: int) -> None:
    """Show a pneumonia with each model's evidence, then a normal X-ray covered in two ways."""
    album, (card, whole) = read_album(), read_cards()
    cards = [each for each in (whole, card) if each is not None]
    picture = album.covered if part else album.studied
    before = {each.id: diagnose(picture, each.id) for each in cards}
    after = before
    if part > 0:
        after = {each.id: diagnose_covered(picture, each.id)[part - 1] for each in cards}
    show_head(step, _COVERED[part] + _describe(cards, before, after, part))
    bars = _lay_out_bars(card, whole, part) if whole else ""
    stage = lay_out([_show(each, after[each.id]) for each in cards])
    show_stage(stage + (bars and f'<div class="beside tight">{bars}</div>'), FULL_HEIGHT - 5)
    told = f"{album.source} It shows: {picture.label}."
    show_source(f"{told} {_describe_trap(album, before, whole, part)}")


def _lay_out_bars(card: ClassifierCard, whole: ClassifierCard, part: int) -> str:
    """Return what covering does to all test X-rays, where that was measured, as bars."""
    if part == 1 and (turned := count_turned(card, whole)):
        told = f"Of {turned.both:,} normal test X-rays below 50 % for both: above it now"
        counts = ((whole, turned.second), (card, turned.first))
        bars = "".join(
            lay_out_bar(each.title, count / turned.both, f"{count:,}", colour_model(each.id))
            for each, count in counts
        )
        return f'<div class="measured"><b>{escape(told)}</b>{bars}</div>'
    shared = find_shared(card, whole)
    if part < 2 or not shared or any(set(_AUC) - set(found.figures) for found in shared):
        return ""
    told = f"AUC on {shared[0].n:,} test X-rays; a coin has 0.5"
    bars = "".join(
        lay_out_bar(
            f"{each.title}, {words}",
            found.figures[name].value or 0.0,
            word_figure(found.figures[name]),
            colour_model(each.id),
        )
        for each, found in ((whole, shared[1]), (card, shared[0]))
        for name, words in zip(_AUC, ("as they are", "lungs covered"), strict=True)
    )
    return f'<div class="measured"><b>{escape(told)}</b>{bars}</div>'


def _describe_trap(
    album: Album, before: Mapping[str, Case], whole: ClassifierCard | None, part: int
) -> str:
    """Return how good the model that falls into the trap is, and where it cannot be seen."""
    if whole is None:
        return NO_WHOLE_IMAGE
    told = _describe_record(whole)
    if part or before[whole.id].diagnosis.verdict == album.studied.label:
        return told
    return f"{told} It never saw a drawing; with the public data set chosen, this shows real ones."


def _describe_record(card: ClassifierCard) -> str:
    """Return how good the model seems to be to those who do not look where it looks."""
    found = first_measurement(card)
    if found is None:
        return ""
    share = word_share(Figure(value=count_right(card, found[1]).value))
    return f"“{card.title}” calls {share} of {found[1].n:,} test X-rays right, from 50 % on."


def _describe(
    cards: Sequence[ClassifierCard],
    before: Mapping[str, Case],
    after: Mapping[str, Case],
    part: int,
) -> str:
    """Return what each model says, as one sentence."""
    return "; ".join(_tell(each, before[each.id], after[each.id], part) for each in cards) + "."


def _tell(card: ClassifierCard, before: Case, after: Case, part: int) -> str:
    told = format_percent(after.diagnosis.probability)
    if part:
        was = format_percent(before.diagnosis.probability)
        return f"“{card.title}”: {was} for pneumonia before, {told} now"
    shares = before.diagnosis.evidence
    found = format_percent(shares.in_lungs) if shares else "none"
    return f"“{card.title}”: {told} for pneumonia, {found} of the evidence inside the lungs"


def _show(card: ClassifierCard, case: Case) -> Shown:
    verdict, told = case.diagnosis.verdict, format_percent(case.diagnosis.probability)
    uri = draw_layers(case.view, lungs=True, heat=True)
    caption = f"{escape(card.title)} · {name_class(verdict)} (pneumonia: {escape(told)})"
    return Shown(uri, f"X-ray with the evidence of {card.title}", caption)
