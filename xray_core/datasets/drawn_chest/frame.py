"""Where a drawn chest lies in its picture, and the pens that draw in it.

The anatomy is drawn in chest coordinates: x counts half chest widths from the spine, positive
towards the patient's left (the picture's right); y counts lung heights, 0 at the apices and about 1
at the lowest corner of the lungs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

RIGHT, LEFT = -1, 1
SIDES = (RIGHT, LEFT)
# Half a child's chest is three quarters as wide as its lungs are high: in Kermany's pictures half
# the lungs' width is .385 of the picture's, their height .69, and a picture 1.35 as wide as high.
STRETCH = np.array([0.75, 1.0])


@dataclass(frozen=True)
class Frame:
    """Where chest coordinates fall in the picture, and the pens that draw in them.

    Layers are float32 (H, W); widths and blurs count in lung heights.
    """

    matrix: np.ndarray
    shape: tuple[int, int]

    @property
    def unit(self) -> float:
        """Pixels in one lung height."""
        return float(np.hypot(*self.matrix[:, 1]))

    def half(self) -> "Frame":
        """The same picture at half the resolution, for what has no edges."""
        return Frame(self.matrix / 2, (self.shape[0] // 2, self.shape[1] // 2))

    def place(self, paths: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Pixels (x, y) of the paths' points, in sixteenths, as OpenCV's pens want them."""
        pixels = np.concatenate(paths) @ self.matrix[:, :2].T + self.matrix[:, 2]
        ends = np.cumsum([len(path) for path in paths])[:-1]
        return np.split(np.round(pixels * 16).astype(np.int32), ends)

    def fill(self, *outlines: np.ndarray, blur: float = 0.0) -> np.ndarray:
        canvas = np.zeros(self.shape, np.uint8)
        for outline in self.place(outlines):
            cv2.fillPoly(canvas, [outline], 255, cv2.LINE_AA, shift=4)
        return self.soften(canvas * np.float32(1 / 255), blur)

    def stroke(self, *paths: np.ndarray, width: float, blur: float = 0.0) -> np.ndarray:
        """Lines along the paths; what is thinner than a pixel is fainter instead."""
        canvas = np.zeros(self.shape, np.uint8)
        pixels = max(1, round(width * self.unit))
        faint = min(1.0, width * self.unit)
        cv2.polylines(canvas, self.place(paths), False, 255, pixels, cv2.LINE_AA, shift=4)
        return self.soften(canvas * np.float32(faint / 255), blur)

    def soften(self, layer: np.ndarray, blur: float) -> np.ndarray:
        return blur_layer(layer, blur * self.unit)


def blur_layer(layer: np.ndarray, sigma: float) -> np.ndarray:
    """Gaussian blur; wide ones on a smaller copy, which looks the same and is much faster."""
    if sigma < 0.3:
        return layer
    if sigma < 5:
        return cv2.GaussianBlur(layer, (0, 0), sigma)
    step = sigma / 2.5
    small = (max(4, round(layer.shape[1] / step)), max(4, round(layer.shape[0] / step)))
    copy = cv2.resize(layer, small, interpolation=cv2.INTER_AREA)
    return resize_layer(cv2.GaussianBlur(copy, (0, 0), 2.5), layer.shape)


def resize_layer(layer: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return the layer in another shape."""
    return cv2.resize(layer, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)


def draw_clouds(
    rng: np.random.Generator, shape: tuple[int, ...], coarse: int, octaves: int, fade: float
) -> np.ndarray:
    """Smooth noise of unit spread: grains of several sizes, each `fade` as strong as the last."""
    cells, weight = coarse, 1.0
    layer: np.ndarray = rng.standard_normal((cells, cells), np.float32)
    for _ in range(octaves - 1):
        cells, weight = 2 * cells, weight * fade
        layer = cv2.resize(layer, (cells, cells), interpolation=cv2.INTER_CUBIC)
        layer = layer + weight * rng.standard_normal((cells, cells), np.float32)
    return resize_layer(layer / layer.std(), shape)


def outline_strip(path: np.ndarray, half_width: np.ndarray | float) -> np.ndarray:
    """The outline of a strip around a path: one edge there, the other back."""
    along = np.gradient(path, axis=0) * STRETCH
    along /= np.hypot(along[:, 0], along[:, 1])[:, np.newaxis]
    across = np.stack([-along[:, 1], along[:, 0]], axis=1) / STRETCH
    across *= np.broadcast_to(half_width, len(path))[:, np.newaxis]
    return np.concatenate([path + across, (path - across)[::-1]])


def outline_ellipse(x: float, y: float, wide: float, high: float) -> np.ndarray:
    """Return the outline of an ellipse; half axes in lung heights."""
    angle = np.linspace(0, 2 * np.pi, 33)
    return np.stack([x + wide * np.cos(angle) / STRETCH[0], y + high * np.sin(angle)], axis=1)


def mirror_outline(outline: np.ndarray) -> np.ndarray:
    """Return an outline closed by its own mirror image across the spine."""
    return np.concatenate([outline, (outline * [-1, 1])[::-1]])


def outline_column(half_width: float) -> np.ndarray:
    """Return the outline of an upright column around the spine."""
    return outline_strip(np.array([(0.0, -0.8), (0.0, 0.0), (0.0, 2.0)]), half_width * STRETCH[0])
