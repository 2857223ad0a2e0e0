"""Random changes to training pictures, so that what must not matter cannot be learnt."""

import cv2
import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from xray_core.images.prepare import Exposed, InputSpec, expose, move_to_input


@dataclass(frozen=True)
class Augmentation:
    """How far each random change may go; 0 switches it off.

    Titles and descriptions are those that forms show.

    Attributes:
        rotation_degrees: largest turn either way.
        zoom, stretch, shift: largest relative change of size, of aspect ratio, of position.
        shear_degrees: largest slant either way.
        flip: share of pictures mirrored left to right.
        gamma: largest exponent (its inverse is the smallest).
        contrast, brightness: largest relative change of contrast, absolute one of brightness.
        noise: largest standard deviation of the pixel noise, in units of the full range.
        blur: share of pictures softened or sharpened, so that resolution cannot vote.
        jpeg: share of pictures compressed again at quality 30 to 95, so that files cannot vote.
    """

    rotation_degrees: float = Field(
        default=0.0,
        ge=0,
        le=45,
        title="Turn (degrees)",
        description="Children are not always upright.",
    )
    zoom: float = Field(
        default=0.0, ge=0, le=0.5, title="Zoom", description="Distance and size of the child vary."
    )
    stretch: float = Field(
        default=0.0,
        ge=0,
        le=0.5,
        title="Stretch",
        description="Films squeezed to squares differ in proportion.",
    )
    shear_degrees: float = Field(
        default=0.0,
        ge=0,
        le=45,
        title="Shear (degrees)",
        description="Beam and film are not always square to each other.",
    )
    shift: float = Field(
        default=0.0,
        ge=0,
        le=0.3,
        title="Shift",
        description="The chest is not always in the middle.",
    )
    flip: float = Field(
        default=0.0,
        ge=0,
        le=1,
        title="Mirror (share)",
        description="More varied pictures; but it moves the heart to the wrong side.",
    )
    gamma: float = Field(
        default=1.0, ge=1, le=3, title="Gamma", description="Films are developed lighter or darker."
    )
    contrast: float = Field(
        default=0.0,
        ge=0,
        le=0.8,
        title="Contrast",
        description="Hard or soft radiation changes it, and must not tell the classes apart.",
    )
    brightness: float = Field(
        default=0.0,
        ge=0,
        le=0.5,
        title="Brightness",
        description="Exposure must not tell the classes apart.",
    )
    noise: float = Field(
        default=0.0,
        ge=0,
        le=0.2,
        title="Noise",
        description="Little radiation leaves a grainy picture.",
    )
    blur: float = Field(
        default=0.0,
        ge=0,
        le=1,
        title="Soften or sharpen (share)",
        description="Sharpness must not vote.",
    )
    jpeg: float = Field(
        default=0.0,
        ge=0,
        le=1,
        title="Compress again (share)",
        description="Compression must not vote.",
    )

    @property
    def changes_exposure(self) -> bool:
        """Whether pixels change before the picture is moved, and not only their places."""
        return self.gamma > 1 or any((self.noise, self.blur, self.jpeg))


def augment_picture(
    square: np.ndarray,
    lungs: np.ndarray | None,
    spec: InputSpec,
    setting: Augmentation,
    mask_jitter: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return a picture as a network in training may see it, float32 (S, S, channels) in [0, 1].

    Args:
        square: float32 (224, 224) in [0, 1].
        lungs: bool (224, 224); None where the network sees whole pictures.
        spec: what the network takes.
        setting: how far each change may go.
        mask_jitter: largest random growth or shrinkage of the lungs in pixels.
        rng: draws the changes.
    """
    if lungs is not None:
        lungs = random_mask_border(lungs, mask_jitter, rng)
    square = random_exposure(square, setting, rng)
    return augment_exposed(expose(square, lungs, spec), spec, setting, rng)


def augment_exposed(
    exposed: Exposed, spec: InputSpec, setting: Augmentation, rng: np.random.Generator
) -> np.ndarray:
    """Return an exposed picture turned, moved and lit at random; see `augment_picture`."""
    matrix = random_geometry(spec.size, setting, rng) @ np.vstack([exposed.to_input, [0, 0, 1]])
    return random_level(move_to_input(exposed, spec, matrix), setting, rng)


def random_geometry(size: int, setting: Augmentation, rng: np.random.Generator) -> np.ndarray:
    """Return a random 2 x 3 affine matrix from source to destination pixels of a square picture."""
    centre = (size - 1) / 2
    turn, grow, squeeze = rng.uniform(-1, 1, 3)
    angle = np.deg2rad(turn * setting.rotation_degrees)
    zoom = (1 + setting.zoom) ** grow
    stretch = (1 + setting.stretch) ** (squeeze / 2)
    mirror = -1.0 if rng.random() < setting.flip else 1.0
    wide, high = zoom * stretch * mirror, zoom / stretch
    linear = np.array(
        [
            [np.cos(angle) * wide, -np.sin(angle) * high],
            [np.sin(angle) * wide, np.cos(angle) * high],
        ]
    )
    shift = rng.uniform(-1, 1, 2) * setting.shift * size
    if setting.shear_degrees:
        slant = np.tan(np.deg2rad(rng.uniform(-1, 1) * setting.shear_degrees))
        linear = linear @ np.array([[1, slant], [0, 1]])
    offset = centre + shift - centre * linear.sum(axis=1)
    return np.column_stack([linear, offset]).astype(np.float32)


def random_exposure(
    picture_float: np.ndarray, setting: Augmentation, rng: np.random.Generator
) -> np.ndarray:
    """Return the picture (H, W), float32 in [0, 1], as another machine might have taken it.

    What is switched off draws nothing.
    """
    if not setting.changes_exposure:
        return picture_float
    x = picture_float
    if setting.jpeg and rng.random() < setting.jpeg:
        x = _compress_again(x, int(rng.integers(30, 96)))
    if setting.blur and rng.random() < setting.blur:
        x = _soften_or_sharpen(x, rng.uniform(-1, 1))
    if setting.gamma > 1:
        x = np.power(x, setting.gamma ** rng.uniform(-1, 1))
    if setting.noise:
        x = x + rng.standard_normal(x.shape, dtype=np.float32) * rng.uniform(0, setting.noise)
    return np.clip(x, 0, 1).astype(np.float32)


def random_level(
    prepared: np.ndarray, setting: Augmentation, rng: np.random.Generator
) -> np.ndarray:
    """Return a prepared picture (S, S, channels) with another contrast and brightness.

    What `prepare` painted black stays black.
    """
    if not (setting.contrast or setting.brightness):
        return prepared
    contrast = 1 + rng.uniform(-1, 1) * setting.contrast
    level = 0.5 + rng.uniform(-1, 1) * setting.brightness
    picture = np.clip((prepared[..., 0] - 0.5) * contrast + level, 0, 1)
    if prepared.shape[-1] != 2:  # grey, or grey three times
        return np.repeat(picture[..., np.newaxis], prepared.shape[-1], axis=-1).astype(np.float32)
    inside = prepared[..., 1]
    return np.stack([picture * inside, inside], axis=-1).astype(np.float32)


def random_mask_border(mask: np.ndarray, most: int, rng: np.random.Generator) -> np.ndarray:
    """Return a bool mask (H, W) grown or shrunk by up to `most` pixels."""
    pixels = int(rng.integers(-most, most + 1))
    if pixels == 0:
        return mask
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * abs(pixels) + 1,) * 2)
    change = cv2.dilate if pixels > 0 else cv2.erode
    return change(mask.astype(np.uint8), kernel).astype(bool)


def _compress_again(x: np.ndarray, quality: int) -> np.ndarray:
    _, code = cv2.imencode(".jpg", (x * 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality])
    picture = cv2.imdecode(code, cv2.IMREAD_GRAYSCALE)
    return np.asarray(picture, np.float32) / 255


def _soften_or_sharpen(x: np.ndarray, amount: float) -> np.ndarray:
    soft = cv2.GaussianBlur(x, (0, 0), sigmaX=0.4 + abs(amount))
    return soft if amount > 0 else np.clip(x + (x - soft), 0, 1)
