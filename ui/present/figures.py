"""The seventh step: a hundred little figures, then adults, then real mistakes."""

from html import escape

from ui.present.scene import Case, diagnose, read_album, read_cards
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
from xray_core.errors import PneumoscopeError
from xray_core.model_card import Measurement
from xray_core.palette import CLASS_COLOURS
from xray_core.story.album import Album, Label, StoryPicture
from xray_core.story.draw import draw_picture
from xray_core.story.people import Hundred, count_people
from xray_core.story.script import Step


def show_figures(step: Step, part: int) -> None:
    """Show one measurement as little figures, or the mistakes."""
    card = read_cards()[0]
    judged = [(name, found) for name, found in card.measurements.items() if found.confusion]
    if part < min(len(judged), 2):
        _show_people(step, *judged[part])
    elif part < 2:
        show_head(step, f"“{card.title}” was not judged on such pictures.")
    else:
        _show_mistakes(step, read_album())


def _show_people(step: Step, name: str, measured: Measurement) -> None:
    ill, well = count_people(measured.confusion)
    show_head(
        step,
        f"{name.capitalize()}: of 100 X-rays with pneumonia it finds {ill.right} and "
        f"misses {ill.wrong}. Of 100 normal ones it leaves {well.right} alone and raises "
        f"{well.wrong} false alarms.",
    )
    show_stage(
        _lay_out(ill, "pneumonia", "found", "missed")
        + _lay_out(well, "normal", "left alone", "false alarms")
    )
    show_source(
        f"Measured on {measured.n:,} X-rays: {measured.data}. Each was called one or the other, "
        f"without “cannot tell”. {measured.note}"
    )


def _lay_out(hundred: Hundred, label: Label, right: str, wrong: str) -> str:
    called = name_class(label) if label == "normal" else f"with {name_class(label)}"
    kinds = ["right"] * hundred.right + ["wrong"] * hundred.wrong
    people = "".join(f'<span class="person {kind}"></span>' for kind in kinds)
    return (
        f'<figure style="--colour: {CLASS_COLOURS[label]}">'
        f'<div class="people" role="img" aria-label="{hundred.right} {right}, {hundred.wrong} '
        f'{wrong}">{people}</div><figcaption>100 {called}: '
        f"<b>{hundred.right} {right}</b> (full), <b>{hundred.wrong} {wrong}</b> (hollow)<br>"
        f"measured: {hundred.counted_right:,} of {hundred.counted:,}</figcaption></figure>"
    )


def _show_mistakes(step: Step, album: Album) -> None:
    """Show the mistakes on real X-rays; of drawn ones, all that it answered."""
    answered = [(picture, case) for picture in album.judged if (case := _ask(picture))]
    wrong = [
        (picture, case)
        for picture, case in answered
        if case.diagnosis.verdict not in (picture.label, "cannot tell")
    ]
    if album.is_real:
        show_head(step, f"Its {len(wrong)} surest mistakes, the surest first.")
    else:
        right = sum(case.diagnosis.verdict == picture.label for picture, case in answered)
        silent = len(album.judged) - right - len(wrong)
        told = [f"{count or 'none'}" for count in (right, len(wrong), silent)]
        show_head(
            step,
            f"Of {len(album.judged)} drawn X-rays it gets {told[0]} right and {told[1]} wrong, and "
            f"cannot tell {told[2]}.",
        )
    shown = [_show_answer(*each) for each in (wrong if album.is_real else answered)]
    show_stage(f'<div class="grid">{lay_out(shown)}</div>', FULL_HEIGHT - 2)
    more = (
        ""
        if album.is_real
        else (
            " Its mistakes on real X-rays appear here once the data set that it was judged on is "
            "chosen on the Data page."
        )
    )
    show_source(album.source + more)


def _ask(picture: StoryPicture) -> Case | None:
    try:
        return diagnose(picture)
    except PneumoscopeError:
        return None  # no answer is no mistake


def _show_answer(picture: StoryPicture, case: Case) -> Shown:
    verdict = case.diagnosis.verdict
    called = "no answer" if verdict == "cannot tell" else f"called {name_class(verdict)}"
    told = escape(format_percent(case.diagnosis.probability))
    if verdict != "pneumonia":
        told = f"pneumonia: {told}"
    caption = f"It is {name_class(picture.label)}<br>{called} ({told})"
    return Shown(draw_picture(case.xray), f"It is {picture.label}", caption)
