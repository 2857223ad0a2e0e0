"""How bright lungs are."""

from xray_core.images.xray import XRay, to_working_square
from xray_core.lungs.zones import Lungs


def measure_brightness(xray: XRay, lungs: Lungs) -> float:
    """Return the mean brightness inside the lungs, 0 (black) to 1 (white)."""
    return float(to_working_square(xray)[lungs.both].mean())
