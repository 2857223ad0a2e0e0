"""How well the lungs of an X-ray can be seen: in full, well exposed, sharp."""

from dataclasses import dataclass

import cv2
import numpy as np

from xray_core.lungs.zones import Lungs

_EDGE_PIXELS = 2  # of 224; outlines rarely reach the very last row


@dataclass(frozen=True)
class PictureQuality:
    """What the lungs of one picture look like, at the working resolution.

    Attributes:
        edge_share: share of a lung's outline on the picture's edge, of the worse lung, 0 to 1.
        brightness: median grey inside the lungs, 0 to 1.
        contrast: distance between the grey of their darkest and brightest twentieth, 0 to 1.
        clipped: share of lung pixels that are fully black or fully white, 0 to 1.
        sharpness: steps between neighbouring pixels inside the lungs, as a share of the contrast.
    """

    edge_share: float
    brightness: float
    contrast: float
    clipped: float
    sharpness: float


def measure_quality(square: np.ndarray, lungs: Lungs) -> PictureQuality:
    """Return how well the lungs can be seen.

    Args:
        square: float32 (224, 224) in [0, 1].
        lungs: of the same picture.
    """
    inside = square[lungs.both]
    dark, middle, bright = (float(grey) for grey in np.percentile(inside, (5, 50, 95)))
    contrast = bright - dark
    # The second difference is blind to the slow shading of the chest.
    steps = cv2.Laplacian(square, cv2.CV_32F)[lungs.both]
    return PictureQuality(
        edge_share=measure_edge_share(lungs),
        brightness=middle,
        contrast=contrast,
        clipped=float(((inside <= 1 / 255) | (inside >= 254 / 255)).mean()),
        sharpness=float(np.abs(steps).mean()) / max(contrast, 1e-3),
    )


def measure_edge_share(lungs: Lungs) -> float:
    """Return the share of a lung's outline that lies on the picture's edge, of the worse lung.

    >>> mask = np.zeros((224, 224), bool)
    >>> mask[0:50, 10:60] = True
    >>> round(measure_edge_share(Lungs(mask, mask)), 2)
    0.27
    """
    on_edge = np.ones(lungs.both.shape, bool)
    on_edge[_EDGE_PIXELS:-_EDGE_PIXELS, _EDGE_PIXELS:-_EDGE_PIXELS] = False
    shares = []
    for lung in (lungs.right, lungs.left):
        inner = cv2.erode(
            lung.astype(np.uint8), np.ones((3, 3)), borderType=cv2.BORDER_CONSTANT, borderValue=0
        )
        outline = lung & (inner == 0)
        shares.append(float((outline & on_edge).sum() / outline.sum()))
    return max(shares)
