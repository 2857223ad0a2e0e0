"""The last step: what the model is for and what not, in the words of its card."""

from html import escape

from ui.present.scene import read_cards
from ui.present.sheet import show_head, show_source, show_stage
from xray_core.about import DISCLAIMER
from xray_core.story.script import Step


def show_purpose(step: Step, part: int) -> None:
    """Show intended use and limits."""
    card = read_cards()[0]
    show_head(step, DISCLAIMER)
    limits = "".join(f"<li>{escape(limit)}</li>" for limit in card.limits)
    show_stage(
        '<div class="lists"><section><h2>✓ What it is for, and learnt from</h2>'
        f"<ul><li>{escape(card.intended_use)}</li>"
        f"<li>Trained on {card.training.training_images:,} {escape(card.trained_on)}.</li></ul>"
        f"</section><section><h2>✗ What it cannot do</h2><ul>{limits}</ul></section></div>"
    )
    show_source(f"From the card of the model “{card.title}” ({card.id}).")
