"""The front door: where to go, how things stand, and what to try first."""

from ui.page import begin_page
from ui.start.doors import show_doors
from ui.start.standing import show_standing

begin_page(
    "Does this chest X-ray show pneumonia?",
    "Pneumoscope answers, shows which lung regions say so, and tells when not to believe it.",
)
show_doors()
show_standing()
