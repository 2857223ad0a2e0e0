"""The guided story, for people who have never seen a network: eight steps, one screen each."""

from collections.abc import Callable

from ui.error_box import show_error
from ui.page import run_through_app
from ui.present.deck import read_place, show_deck
from ui.present.figures import show_figures
from ui.present.fix import show_fix
from ui.present.learn import show_learn
from ui.present.look import show_look
from ui.present.purpose import show_purpose
from ui.present.signs import show_signs
from ui.present.trap import show_trap
from ui.present.vote import show_vote
from xray_core.errors import PneumoscopeError
from xray_core.story.script import Step, read_script

STEPS: dict[str, Callable[[Step, int], None]] = {
    "signs": show_signs,
    "vote": show_vote,
    "learn": show_learn,
    "look": show_look,
    "trap": show_trap,
    "fix": show_fix,
    "figures": show_figures,
    "purpose": show_purpose,
}

run_through_app()
script = read_script()
place = read_place(script)
show_deck(script, place)
step = script[place.step]
try:
    STEPS[step.name](step, place.part)
except PneumoscopeError as error:
    show_error(error)
