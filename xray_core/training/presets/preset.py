"""What a named starting point is."""

from dataclasses import dataclass

from xray_core.training.config import TrainingConfig

OWN = "Pneumoscope"


@dataclass(frozen=True)
class Preset:
    """Settings to start from, where they come from, and what they teach.

    Attributes:
        title: its name on screen.
        source: whose run it is.
        teaches: what a student sees in it, in a sentence.
        config: the settings.
        reported: the figures that the run's author gave, in words; empty for our own.
        reported_accuracy: on the author's test pictures, 0 to 1; None where none was given.
        choices: what the author did not write down and we chose, or could not follow.
    """

    title: str
    source: str
    teaches: str
    config: TrainingConfig
    reported: str = ""
    reported_accuracy: float | None = None
    choices: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.config.preset
