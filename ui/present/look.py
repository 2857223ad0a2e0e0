"""The fourth step: what the model looks at, one layer after the other."""

from html import escape

from ui.present.scene import diagnose, read_album, read_cards
from ui.present.sheet import Shown, lay_out, name_class, show_head, show_source, show_stage
from xray_core.diagnosis.report import describe_evidence, format_percent
from xray_core.story.draw import draw_input, draw_layers
from xray_core.story.script import Step


def show_look(step: Step, part: int) -> None:
    """Show the X-ray, its lungs, what the model is given, its evidence, and the zones."""
    album, (card, _) = read_album(), read_cards()
    case = diagnose(album.studied)
    diagnosis, view = case.diagnosis, case.view
    told = format_percent(diagnosis.probability)
    sentences = (
        "One X-ray, as it came.",
        "A first network outlines both lungs.",
        "The second network is given the lungs and nothing else."
        if card.input.needs_lungs
        else "The second network is given the whole picture.",
        f"It says {diagnosis.verdict} ({told}); colour shows the spots that speak for pneumonia.",
        describe_evidence(diagnosis),
    )
    layers = (
        draw_layers(view),
        draw_layers(view, lungs=True),
        draw_input(case.xray, diagnosis, card.input),
        draw_layers(view, lungs=True, heat=True),
        draw_layers(view, lungs=True, heat=True, zones=True),
    )
    show_head(step, sentences[part])
    caption = f"By the data set: {name_class(album.studied.label)}"
    if not album.is_real:
        caption = f"Drawn as {name_class(album.studied.label)}"
    if part >= 3:
        caption += f" · {escape(view.meaning)} Full colour: {view.full_scale:.2g} or more."
    show_stage(lay_out([Shown(layers[part], sentences[part], caption)]))
    show_source(album.source)
