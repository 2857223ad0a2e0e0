"""The last step: what the model is for and what not, by the words and figures of its card."""

from html import escape

from ui.present.scene import read_cards
from ui.present.sheet import lay_out_figures, show_head, show_source, show_stage
from xray_core.about import DISCLAIMER
from xray_core.comparison.style import colour_model
from xray_core.story.script import Step

_ROWS = {"sensitivity": "Pneumonias found", "specificity": "Normal ones left alone"}
_MOST_GROUPS = 2  # side by side below the lists


def show_purpose(step: Step, part: int) -> None:
    """Show intended use and limits."""
    card = read_cards()[0]
    show_head(step, DISCLAIMER)
    limits = "".join(f"<li>{escape(limit)}</li>" for limit in card.limits)
    groups = "".join(
        lay_out_figures(
            f"{name.capitalize()}: {found.n:,} X-rays", found, _ROWS, colour_model(card.id)
        )
        for name, found in list(card.measurements.items())[:_MOST_GROUPS]
        if found.confusion
    )
    show_stage(
        '<div class="lists"><section><h2>✓ What it is for, and learnt from</h2>'
        f"<ul><li>{escape(card.intended_use)}</li>"
        f"<li>Trained on {card.training.training_images:,} {escape(card.trained_on)}.</li></ul>"
        f"</section><section><h2>✗ What it cannot do</h2><ul>{limits}</ul></section>{groups}</div>"
    )
    intervals = " Bars: with 95 % intervals." if groups else ""
    show_source(f"From the card of the model “{card.title}” ({card.id}).{intervals}")
