"""The bundled X-rays, listed without importing what draws them: a page in opening waits for it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """A bundled X-ray: drawn anew from its seed by `draw_sample`, always the same.

    Attributes:
        name: what the page offers it as.
        seed: of the child and the exposure.
        zones: where opacities are planted; none in a normal picture.
    """

    name: str
    seed: int
    zones: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """What the picture is, said honestly.

        >>> Sample("", 0, ("right lower",)).sentence
        'Drawn by a program. An opacity was planted in the right lower zone.'
        """
        if not self.zones:
            return "Drawn by a program. No opacity was planted."
        if len(self.zones) == 1:
            return f"Drawn by a program. An opacity was planted in the {self.zones[0]} zone."
        places = ", ".join(self.zones[:-1]) + f" and {self.zones[-1]}"
        return f"Drawn by a program. Patchy opacities were planted in the {places} zones."


SAMPLES = (
    Sample("Normal lungs", 25),
    Sample("Normal lungs, another child", 27),
    Sample("Opacity in the right lower zone", 24, ("right lower",)),
    Sample("Opacity in the left upper zone", 26, ("left upper",)),
    Sample("Patches in both lungs", 20, ("right middle", "right lower", "left middle")),
)
