"""Synthetic chest X-rays of small children, drawn by a program, with known lungs and opacities.

No pixel comes from a real picture. The anatomy is drawn in chest coordinates: x counts half chest
widths from the spine, positive towards the patient's left (the picture's right); y counts lung
heights, 0 at the apices and about 1 at the lowest corner of the lungs. Densities are added up as an
X-ray beam adds them, then exposed. Proportions and shades were tuned until the pictures and their
statistics resembled those of Kermany et al. 2018 and a lung U-Net trained on those found the lungs.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from scipy.interpolate import PchipInterpolator

from xray_core.errors import UnknownNameError
from xray_core.lungs.zones import ZONE_NAMES, Lungs, number_zones

_RIGHT, _LEFT = -1, 1
_SIDES = (_RIGHT, _LEFT)
# Half a child's chest is three quarters as wide as its lungs are high: in Kermany's pictures half
# the lungs' width is .385 of the picture's, their height .69, and a picture 1.35 as wide as high.
_STRETCH = np.array([0.75, 1.0])


@dataclass(frozen=True)
class SyntheticXRay:
    """A drawn X-ray and the truth about it.

    Attributes:
        pixels: float32 (H, W) in [0, 1]; bright is dense.
        right_lung, left_lung: bool (H, W), the patient's right and left; the area behind the heart
            belongs to them, as in the masks that annotators drew for Kermany's children.
        opacity: bool (H, W), where air is missing; False everywhere in a normal picture. What lies
            behind the heart belongs to it and is faint.
        label: 1 for pneumonia, 0 for normal.
        zones: the lung zones that hold the opacities, in the order of `ZONE_NAMES`.
    """

    pixels: np.ndarray
    right_lung: np.ndarray
    left_lung: np.ndarray
    opacity: np.ndarray
    label: int
    zones: tuple[str, ...]

    @property
    def lungs(self) -> np.ndarray:
        return self.right_lung | self.left_lung


@dataclass(frozen=True)
class Sample:
    """A bundled X-ray: drawn anew from its seed, always the same.

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

    def draw(self, size: int = 768) -> SyntheticXRay:
        """Return the picture in a child's natural proportions, `size` pixels high."""
        return draw_xray(self.seed, bool(self.zones), size, aspect=1.3, zones=self.zones or None)


SAMPLES = (
    Sample("Normal lungs", 25),
    Sample("Normal lungs, another child", 27),
    Sample("Opacity in the right lower zone", 24, ("right lower",)),
    Sample("Opacity in the left upper zone", 21, ("left upper",)),
    Sample("Patches in both lungs", 20, ("right middle", "right lower", "left middle")),
)


def draw_xray(
    seed: int,
    pneumonia: bool,
    size: int = 512,
    *,
    aspect: float = 1.0,
    zones: Sequence[str] | None = None,
) -> SyntheticXRay:
    """Return the frontal chest X-ray of a child that never lived.

    The same seed with and without pneumonia gives twins: same child, pose, exposure and noise.

    Args:
        seed: not negative; it decides everything that the other arguments leave open.
        pneumonia: plant one focal opacity or several patches.
        size: height of the picture in pixels.
        aspect: width over height. At 1 the child is squashed, as in squares reduced from films;
            about 1.3 gives natural proportions.
        zones: where to plant, of `ZONE_NAMES`: one zone for a focal opacity, several for patches.
            The seed chooses if None. A normal picture has none.

    Raises:
        UnknownNameError: a zone is not in `ZONE_NAMES`.

    >>> draw_xray(3, pneumonia=True, size=128, zones=["left upper"]).zones
    ('left upper',)
    """
    unknown = [zone for zone in zones or () if zone not in ZONE_NAMES]
    if unknown:
        raise UnknownNameError("lung zone", unknown[0], ZONE_NAMES)
    seeds = _Seeds(child=seed, shot=seed, illness=seed)
    return _draw(seeds, pneumonia, (size, round(size * aspect)), zones)


def encode_png(synthetic: SyntheticXRay) -> bytes:
    """Return the picture as the bytes of an 8-bit grey PNG file, as an upload would bring it."""
    return cv2.imencode(".png", _to_uint8(synthetic.pixels))[1].tobytes()


def write_folder(folder: Path, counts: Mapping[str, tuple[int, int]], size: int, seed: int) -> None:
    """Write a data set in the layout and with the file names of Kermany's folders.

    Pictures go to ``split/NORMAL`` and ``split/PNEUMONIA``, lung masks (0 / 255) to
    ``lung_masks/split/CLASS/stem.png``. Some patients have two pictures, never in two splits.
    Size, shape, sharpness, exposure, marker, border and JPEG quality don't depend on the class.

    Args:
        folder: made if missing.
        counts: for each split, how many normal and how many pneumonia pictures.
        size: typical height of a picture in pixels; heights vary by a sixth.
        seed: the same seed writes the same pixels.
    """
    rng = np.random.default_rng(seed)
    patient = 0
    for split, numbers in counts.items():
        for label, (name, count) in enumerate(zip(("NORMAL", "PNEUMONIA"), numbers, strict=True)):
            pictures, masks = folder / split / name, folder / "lung_masks" / split / name
            pictures.mkdir(parents=True, exist_ok=True)
            masks.mkdir(parents=True, exist_ok=True)
            for stem, seeds in _name_pictures(rng, label, count, patient):
                height = round(size * rng.uniform(5 / 6, 7 / 6))
                shape = (height, round(height * rng.uniform(1.0, 1.5)))
                xray = _draw(seeds, bool(label), shape)
                quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(75, 97))]
                cv2.imwrite(str(pictures / f"{stem}.jpeg"), _to_uint8(xray.pixels), quality)
                cv2.imwrite(str(masks / f"{stem}.png"), xray.lungs.astype(np.uint8) * 255)
            patient += count


@dataclass(frozen=True)
class _Seeds:
    """What is drawn from what: pictures of one child share `child` and `illness`."""

    child: int
    shot: int
    illness: int

    def generators(self) -> tuple[np.random.Generator, ...]:
        seeds = (self.child, self.shot, self.illness)
        return tuple(np.random.default_rng([seed, part]) for part, seed in enumerate(seeds))


def _name_pictures(
    rng: np.random.Generator, label: int, count: int, patient: int
) -> Iterator[tuple[str, _Seeds]]:
    picture = 0
    while picture < count:
        patient += 1
        child = int(rng.integers(2**31))
        series = rng.choice(["bacteria", "virus"])
        for view in range(min(1 + int(rng.random() < 0.25), count - picture)):
            picture += 1
            stem = f"IM-{patient:04d}-{view + 1:04d}"
            if label:
                stem = f"person{patient}_{series}_{picture}"
            yield stem, _Seeds(child, int(rng.integers(2**31)), child)


def _to_uint8(pixels: np.ndarray) -> np.ndarray:
    return np.round(pixels * 255).astype(np.uint8)


def _draw(
    seeds: _Seeds,
    pneumonia: bool,
    shape: tuple[int, int],
    zones: Sequence[str] | None = None,
) -> SyntheticXRay:
    child, shot, illness = seeds.generators()
    frame = _pose(shot, shape)
    chest = _grow_chest(child)
    right, left = (frame.fill(chest.lung(side)) for side in _SIDES)
    heart = frame.fill(_heart(chest, child), blur=0.004)
    air = _draw_air(frame, right + left, heart)
    lungs = Lungs(right=right > 0.5, left=left > 0.5)
    opacity = np.zeros(shape, bool)
    planted: tuple[str, ...] = ()
    density = _draw_soft_tissue(frame, chest, child) + 0.05 * heart
    density += _draw_bones(frame, chest, child)
    vessels = _draw_vessels(frame, child)
    if pneumonia:
        loss, opacity, planted = _plant(frame, illness, lungs, air, zones)
        air = air * (1 - loss)
    density += air * (vessels - 0.21)
    pixels = _expose(shot, frame, density)
    return SyntheticXRay(pixels, lungs.right, lungs.left, opacity, int(pneumonia), planted)


# Pens


@dataclass(frozen=True)
class _Frame:
    """Where chest coordinates fall in the picture, and the pens that draw in them.

    Layers are float32 (H, W); widths and blurs count in lung heights.
    """

    matrix: np.ndarray
    shape: tuple[int, int]

    @property
    def unit(self) -> float:
        """Pixels in one lung height."""
        return float(np.hypot(*self.matrix[:, 1]))

    def half(self) -> "_Frame":
        """The same picture at half the resolution, for what has no edges."""
        return _Frame(self.matrix / 2, (self.shape[0] // 2, self.shape[1] // 2))

    def place(self, points: np.ndarray) -> np.ndarray:
        """Pixels (x, y) of chest points, in sixteenths, as OpenCV's pens want them."""
        pixels = points @ self.matrix[:, :2].T + self.matrix[:, 2]
        return np.round(pixels * 16).astype(np.int32)

    def fill(self, *outlines: np.ndarray, blur: float = 0.0) -> np.ndarray:
        canvas = np.zeros(self.shape, np.uint8)
        for outline in outlines:
            cv2.fillPoly(canvas, [self.place(outline)], 255, cv2.LINE_AA, shift=4)
        return self.soften(canvas * np.float32(1 / 255), blur)

    def stroke(self, *paths: np.ndarray, width: float, blur: float = 0.0) -> np.ndarray:
        canvas = np.zeros(self.shape, np.uint8)
        pixels = max(1, round(width * self.unit))
        placed = [self.place(path) for path in paths]
        cv2.polylines(canvas, placed, False, 255, pixels, cv2.LINE_AA, shift=4)
        return self.soften(canvas * np.float32(1 / 255), blur)

    def soften(self, layer: np.ndarray, blur: float) -> np.ndarray:
        return _blur(layer, blur * self.unit)


def _blur(layer: np.ndarray, sigma: float) -> np.ndarray:
    """Gaussian blur; wide ones on a smaller copy, which looks the same and is much faster."""
    if sigma < 0.3:
        return layer
    if sigma < 5:
        return cv2.GaussianBlur(layer, (0, 0), sigma)
    step = sigma / 2.5
    small = (max(4, round(layer.shape[1] / step)), max(4, round(layer.shape[0] / step)))
    copy = cv2.resize(layer, small, interpolation=cv2.INTER_AREA)
    return _resize(cv2.GaussianBlur(copy, (0, 0), 2.5), layer.shape)


def _resize(layer: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    return cv2.resize(layer, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)


def _clouds(
    rng: np.random.Generator, shape: tuple[int, ...], coarse: int, octaves: int, fade: float
) -> np.ndarray:
    """Smooth noise of unit spread: grains of several sizes, each `fade` as strong as the last."""
    cells, weight = coarse, 1.0
    layer: np.ndarray = rng.standard_normal((cells, cells), np.float32)
    for _ in range(octaves - 1):
        cells, weight = 2 * cells, weight * fade
        layer = cv2.resize(layer, (cells, cells), interpolation=cv2.INTER_CUBIC)
        layer = layer + weight * rng.standard_normal((cells, cells), np.float32)
    return _resize(layer / layer.std(), shape)


def _curve(points: Sequence[Sequence[float]] | np.ndarray, count: int = 40) -> np.ndarray:
    """A smooth path (count, 2) through the points."""
    places = np.linspace(0, 1, len(points))
    return np.asarray(PchipInterpolator(places, np.asarray(points))(np.linspace(0, 1, count)))


def _strip(path: np.ndarray, half_width: np.ndarray | float) -> np.ndarray:
    """The outline of a strip around a path: one edge there, the other back."""
    along = np.gradient(path, axis=0) * _STRETCH
    along /= np.hypot(along[:, 0], along[:, 1])[:, np.newaxis]
    across = np.stack([-along[:, 1], along[:, 0]], axis=1) / _STRETCH
    across *= np.broadcast_to(half_width, len(path))[:, np.newaxis]
    return np.concatenate([path + across, (path - across)[::-1]])


def _ellipse(x: float, y: float, wide: float, high: float) -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi, 33)
    return np.stack([x + wide * np.cos(angle) / _STRETCH[0], y + high * np.sin(angle)], axis=1)


# Anatomy


@dataclass(frozen=True)
class _Chest:
    """One child's rib cage and diaphragm.

    Attributes:
        half_width: of the rib cage at each y.
        first_rib, rib_gap, rib_drop: height of the first rib at the spine, the distance to the
            next one, and how far a full rib falls on its way round to the front.
        domes: for each side, height of the diaphragm's dome and how far its rim lies below.
        shoulders: for each side, the joint's distance from the spine and y, and how far the arm is
            raised above the horizontal, in radians.
    """

    half_width: PchipInterpolator
    first_rib: float
    rib_gap: float
    rib_drop: float
    domes: Mapping[int, tuple[float, float]]
    shoulders: Mapping[int, tuple[float, float, float]]

    def diaphragm(self, side: int, x: np.ndarray) -> np.ndarray:
        """Height y of the diaphragm at each distance from the spine."""
        dome, rim = self.domes[side]
        outer, inner = np.clip(x - 0.42, 0, None) / 0.56, np.clip(0.42 - x, 0, None) / 0.42
        return dome + rim * outer**2.3 + 0.03 * inner**2

    def lung(self, side: int) -> np.ndarray:
        y = np.linspace(0.02, sum(self.domes[side]) * 0.995, 40)
        wall = np.stack([self.half_width(y) * 0.975, y], axis=1)
        x = np.linspace(wall[-1, 0], 0.125, 30)[1:]
        base = np.stack([x, self.diaphragm(side, x)], axis=1)
        spine_and_apex = [[0.14, 0.5], [0.165, 0.15], [0.19, 0.04], [0.24, 0.005], [0.3, 0.0]]
        return np.concatenate([wall, base, spine_and_apex]) * [side, 1]

    def arm(self, side: int, start: float, end: float) -> np.ndarray:
        """The middle line of the upper arm between two distances from the shoulder joint."""
        x, y, lift = self.shoulders[side]
        distance = np.linspace(start, end, 40)[:, np.newaxis]
        heading = np.array([np.cos(lift), -np.sin(lift)]) / _STRETCH
        return (np.array([x, y]) + distance * heading) * [side, 1]

    def rib(self, number: int, side: int) -> tuple[np.ndarray, np.ndarray]:
        """The middle line of a rib and, along it, the angle around the chest (0 at the spine).

        A rib is seen as a tilted ring; the lowest ones end early.
        """
        end = np.pi * (0.78 if number < 8 else 0.62 if number < 11 else 0.42)
        angle = np.linspace(0, end, 40)
        start = self.first_rib + self.rib_gap * (number - 1)
        drop = self.rib_drop * np.interp(number, [1, 2, 3, 4, 5], [0.35, 0.58, 0.75, 0.9, 1])
        reach = self.half_width(min(start + drop / 2, 1.5)) - 0.1
        fall = 0.85 * (1 - np.cos(angle)) / 2 + 0.15 * angle / np.pi
        arch = 0.022 * np.sin(2 * np.minimum(angle, np.pi / 2))
        path = np.stack([0.1 + reach * np.sin(angle), start + drop * fall - arch], axis=1)
        return path * [side, 1], angle


def _grow_chest(rng: np.random.Generator) -> _Chest:
    y = [-0.06, 0.0, 0.1, 0.35, 0.6, 0.85, 1.1, 2.0]
    x = np.array([0.12, 0.34, 0.56, 0.78, 0.91, 1.0, 1.02, 0.95])
    x += rng.uniform(-0.06, 0.06) * np.array([0, 0, 1, 1, 0.7, 0, 0, 0])
    return _Chest(
        half_width=PchipInterpolator(y, x),
        first_rib=rng.uniform(-0.04, 0.0),
        rib_gap=rng.uniform(0.112, 0.132),
        rib_drop=rng.uniform(0.5, 0.68),
        domes={
            _RIGHT: (rng.uniform(0.75, 0.82), rng.uniform(0.15, 0.21)),
            _LEFT: (rng.uniform(0.79, 0.86), rng.uniform(0.15, 0.21)),
        },
        shoulders={
            side: (rng.uniform(0.93, 1.1), rng.uniform(-0.08, 0.06), _raise_arm(rng))
            for side in _SIDES
        },
    )


def _raise_arm(rng: np.random.Generator) -> float:
    """Most children are held by raised arms, some have them at their sides."""
    degrees = rng.uniform(20, 80) if rng.random() < 0.7 else rng.uniform(-70, -40)
    return float(np.deg2rad(degrees))


def _pose(rng: np.random.Generator, shape: tuple[int, int]) -> _Frame:
    """Lay the chest into the picture; the ranges are those of Kermany's lung masks."""
    height, width = shape
    half_chest = rng.uniform(0.35, 0.41) * width
    apex, corner = rng.uniform(0.09, 0.22) * height, rng.uniform(0.82, 0.92) * height
    turn, skew = np.deg2rad(rng.normal(0, 2)), rng.normal(0, 0.02)
    across = half_chest * np.array([np.cos(turn), np.sin(turn)])
    down = (corner - apex) * np.array([skew - np.sin(turn), np.cos(turn)])
    origin = np.array([rng.uniform(0.47, 0.53) * width, apex])
    return _Frame(np.stack([across, down, origin], axis=1), shape)


def _heart(chest: _Chest, rng: np.random.Generator) -> np.ndarray:
    """The outline of heart and great vessels: about two thirds left of the spine."""
    top, right, left = rng.uniform(0.17, 0.3), rng.uniform(0.26, 0.37), rng.uniform(0.48, 0.64)
    right_dome, left_dome = chest.domes[_RIGHT][0], chest.domes[_LEFT][0]
    return _curve(
        [
            (-0.8 * top, -0.05),
            (-top, 0.2),
            (-0.95 * top - 0.02, 0.36),
            (-right, 0.6),
            (-0.86 * right, right_dome - 0.04),
            (-0.6 * right, right_dome + 0.08),
            (-0.1, 1.0),
            (0.7 * left, left_dome + 0.13),
            (0.96 * left, left_dome + 0.02),
            (left, left_dome - 0.1),
            (0.84 * left, left_dome - 0.26),
            (0.55 * left + 0.03, 0.38),
            (0.9 * top, 0.2),
            (0.8 * top, -0.05),
        ],
        count=120,
    )


def _draw_air(frame: _Frame, lungs: np.ndarray, heart: np.ndarray) -> np.ndarray:
    """How much air a beam meets, 0 to 1: less at the chest wall, little behind the heart."""
    spine = frame.half().fill(_column(0.14), blur=0.03)
    depth = 0.55 + 0.45 * frame.soften(lungs, 0.05)
    return (
        frame.soften(lungs, 0.004)
        * depth
        * (1 - 0.75 * heart)
        * (1 - 0.5 * _resize(spine, frame.shape))
    )


def _column(half_width: float) -> np.ndarray:
    return _strip(np.array([(0.0, -0.8), (0.0, 0.0), (0.0, 2.0)]), half_width * _STRETCH[0])


def _draw_soft_tissue(frame: _Frame, chest: _Chest, rng: np.random.Generator) -> np.ndarray:
    """Density of everything but bones and air: body, chest wall, abdomen, airways, stomach."""
    half = frame.half()
    y = np.linspace(-0.05, 2.0, 40)
    wall = np.stack([chest.half_width(y), y], axis=1)
    trunk = half.fill(_both_sides(wall))
    abdomen = half.fill(_below_diaphragm(chest), blur=0.003)
    spine = half.fill(_column(0.14), blur=0.03)
    abdomen += (half.soften(abdomen, 0.06) - abdomen) * spine
    abdomen *= half.soften(trunk, 0.03)
    density = _draw_body(half, chest, rng)
    density += 0.12 * half.soften(trunk, 0.02) + 0.06 * half.soften(trunk, 0.12)
    density += 0.1 * abdomen + 0.11 * half.soften(abdomen, 0.15) * trunk + 0.045 * spine
    windpipe = _strip(_curve([(0, -0.6), (-0.01, -0.1), (-0.03, 0.14), (-0.04, 0.24)]), 0.03)
    bronchi = [
        _curve([(-0.04, 0.2), (0.12 * side - 0.03, 0.28), (0.2 * side, 0.36)]) for side in _SIDES
    ]
    airways = half.fill(windpipe, *(_strip(bronchus, 0.017) for bronchus in bronchi), blur=0.012)
    density -= 0.05 * airways
    if rng.random() < 0.5:
        x, y_gas = rng.uniform(0.35, 0.6), chest.domes[_LEFT][0] + rng.uniform(0.13, 0.2)
        bubble = _ellipse(x, y_gas, rng.uniform(0.1, 0.2), rng.uniform(0.05, 0.09))
        density -= 0.09 * half.fill(bubble, blur=0.012)
    density += (0.5 + trunk) * 0.014 * _clouds(rng, half.shape, 4, 4, 0.6)
    return _resize(density, frame.shape)


def _both_sides(outline: np.ndarray) -> np.ndarray:
    return np.concatenate([outline, (outline * [-1, 1])[::-1]])


def _below_diaphragm(chest: _Chest) -> np.ndarray:
    x = np.linspace(0, 1.0, 40)
    right, left = (np.stack([x * side, chest.diaphragm(side, x)], axis=1) for side in _SIDES)
    return np.concatenate([right[::-1], left, [[1.0, 2.0], [-1.0, 2.0]]])


def _draw_body(frame: _Frame, chest: _Chest, rng: np.random.Generator) -> np.ndarray:
    """Density of skin, fat and muscle, thinner towards the outline."""
    fat, neck, collar = rng.uniform(0.1, 0.2), rng.uniform(0.3, 0.4), rng.uniform(-0.24, -0.16)
    flank = [(1.13 + fat / 2, rng.uniform(0.25, 0.5)), (1.02 + fat, 1.1), (1.0 + fat, 2.0)]
    neck_line = [(neck, -0.8), (neck, -0.25), (neck + 0.15, collar - 0.03)]
    torso = _curve([*neck_line, (0.95, collar + 0.05), (1.25, 0.12), *flank], count=60)
    arms = [_strip(chest.arm(side, -0.15, 1.5), np.linspace(0.2, 0.16, 40)) for side in _SIDES]
    chin = _ellipse(0, rng.uniform(-0.85, -0.45), 0.38, 0.33)
    # Blurring and steepening again rounds the corners where arms, neck and trunk meet.
    body = np.clip(frame.soften(frame.fill(_both_sides(torso), *arms), 0.05) * 12 - 5.5, 0, 1)
    inside = cv2.distanceTransform((body > 0.5).astype(np.uint8), cv2.DIST_L2, 5)
    depth = frame.soften(np.clip(inside / (0.3 * frame.unit), 0, 1), 0.012)
    density = body * (0.07 + 0.36 * np.sqrt(depth * (2 - depth)))
    return density + 0.16 * frame.fill(chin, blur=0.02)


def _draw_bones(frame: _Frame, chest: _Chest, rng: np.random.Generator) -> np.ndarray:
    """Density of the skeleton; every bone is a body with a denser rim."""
    ribs = [chest.rib(number, side) for side in _SIDES for number in range(1, 13)]
    back = [_rib_strip(chest, path, angle, angle <= 0.52 * np.pi) for path, angle in ribs]
    front = [
        _rib_strip(chest, path, angle, angle >= 0.46 * np.pi)
        for path, angle in ribs
        if angle[-1] > 0.55 * np.pi
    ]
    bends = [path[(angle > 1.15) & (angle < 1.95)] for path, angle in ribs]
    clavicles = [_clavicle(chest, side, rng) for side in _SIDES]
    humeri = [_humerus(chest, side) for side in _SIDES]
    heads = [_ellipse(side * x, y, 0.05, 0.05) for side, (x, y, _) in chest.shoulders.items()]
    density = 0.055 * frame.fill(*back) + 0.042 * _rims(frame, back)
    density += 0.026 * frame.fill(*front) + 0.02 * _rims(frame, front)
    # Rib heads hardly show before the spine, the densest part of the picture.
    density *= 1 - 0.6 * frame.fill(_column(0.13), blur=0.012)
    density += 0.09 * frame.fill(*clavicles, *humeri) + 0.05 * _rims(frame, clavicles + humeri)
    density += frame.fill(*heads, blur=0.006) * 0.07
    density += _draw_vertebrae(frame, chest)
    density = frame.soften(density, 0.003)
    # Where a rib bends, the beam runs along it.
    density += 0.05 * frame.stroke(*bends, width=0.3 * chest.rib_gap, blur=0.01)
    return density + _draw_scapulae(frame, chest, rng)


def _rims(frame: _Frame, outlines: Sequence[np.ndarray]) -> np.ndarray:
    """The two long edges of each strip."""
    edges = [edge for outline in outlines for edge in np.array_split(outline, 2)]
    return frame.stroke(*edges, width=0.006)


def _rib_strip(chest: _Chest, path: np.ndarray, angle: np.ndarray, part: np.ndarray) -> np.ndarray:
    swell = np.interp(angle, [0, 0.3, 1.6, 2.5], [0.65, 1, 0.9, 1.15])
    return _strip(path[part], (0.2 * chest.rib_gap * swell)[part])


def _clavicle(chest: _Chest, side: int, rng: np.random.Generator) -> np.ndarray:
    x, y, _ = chest.shoulders[side]
    inner, bow = rng.uniform(-0.03, 0.03), rng.uniform(-0.06, -0.02)
    path = _curve([(0.15, inner), (0.32, bow), (0.55, y / 2 - 0.04), (x - 0.2, y - 0.07)])
    half_width = np.interp(np.arange(40), [0, 11, 30, 39], [0.03, 0.02, 0.02, 0.013])
    return _strip(path * [side, 1], half_width)


def _humerus(chest: _Chest, side: int) -> np.ndarray:
    """The shaft; a gap, where a child's bone still grows, parts it from its head."""
    half_width = np.interp(np.arange(40), [0, 1, 9, 39], [0.045, 0.058, 0.038, 0.036])
    return _strip(chest.arm(side, 0.07, 1.5), half_width)


def _draw_scapulae(frame: _Frame, chest: _Chest, rng: np.random.Generator) -> np.ndarray:
    blades, spines = [], []
    for side in _SIDES:
        x, y = chest.shoulders[side][0] - 0.07, chest.shoulders[side][1] + 0.08
        tip = y + rng.uniform(0.3, 0.42)
        lateral = [(x, y), (x + 0.04, y + 0.08), (x + 0.07, tip), (x - 0.02, tip + 0.02)]
        blade = _curve([*lateral, (x - 0.2, y + 0.2), (x - 0.3, y + 0.06), (x, y)])
        spine = _curve([(x - 0.01, y + 0.03), (x - 0.12, y + 0.1), (x - 0.3, y + 0.2)])
        blades.append(blade * [side, 1])
        spines.append(spine * [side, 1])
    density = 0.022 * frame.fill(*blades) + 0.025 * frame.stroke(*blades, width=0.009)
    density += 0.045 * frame.stroke(*spines, width=0.014)
    return frame.soften(density, 0.009)


def _draw_vertebrae(frame: _Frame, chest: _Chest) -> np.ndarray:
    bodies, pedicles, processes = [], [], []
    for number in range(-6, 16):
        gap = chest.rib_gap * (1 if number > 0 else 0.75)
        y, wide, high = chest.first_rib + gap * number, 0.112 + 0.0025 * number, 0.42 * gap
        half = [(0, 0.9 * high), (wide, high), (0.88 * wide, 0), (wide, -high), (0, -0.9 * high)]
        bodies.append(_both_sides(_curve(half)) + np.array([0, y]))
        for side in _SIDES:
            pedicles.append(_ellipse(0.8 * side * wide, y - 0.1 * high, 0.015, 0.17 * gap))
            processes.append(_ellipse(side * (wide + 0.03), y - 0.2 * high, 0.04, 0.13 * gap))
        processes.append(_ellipse(0, y + 0.9 * high, 0.011, 0.2 * gap))
    density = 0.04 * frame.fill(*bodies) + 0.03 * frame.stroke(*bodies, width=0.006)
    density += 0.02 * frame.stroke(*pedicles, width=0.006)
    return density + 0.012 * frame.fill(*processes)


def _draw_vessels(frame: _Frame, rng: np.random.Generator) -> np.ndarray:
    """Vessels that branch from the hila, the hila, and the fine texture of the lung."""
    trunks, branches = [], []
    for side in _SIDES * 20:
        root = np.array([side * rng.uniform(0.17, 0.3), rng.uniform(0.34, 0.54)])
        heading = np.clip(rng.normal(0.35, 0.75), -1.35, 1.5)
        length = rng.uniform(0.25, 0.6)
        trunk = _wander(root, heading, length, side, rng)
        trunks.append(trunk)
        for joint in (3, 5, 7):
            fork = heading + rng.choice(_SIDES) * rng.uniform(0.4, 0.9)
            branches.append(_wander(trunk[joint], fork, 0.3 * length, side, rng))
    starts = [trunk[:7] for trunk in trunks]
    density = 0.03 * frame.stroke(*trunks, *branches, width=0.005, blur=0.0035)
    density += 0.034 * frame.stroke(*starts, width=0.01, blur=0.006)
    density += 0.04 * frame.stroke(*(start[:4] for start in starts), width=0.016, blur=0.01)
    half = frame.half()
    hila = [_ellipse(side * 0.23, rng.uniform(0.4, 0.48), 0.07, 0.1) for side in _SIDES]
    coarse = 0.08 * half.fill(*hila, blur=0.04) + 0.02 * _clouds(rng, half.shape, 16, 4, 0.9)
    return density + _resize(coarse, frame.shape)


def _wander(
    root: np.ndarray, heading: float, length: float, side: int, rng: np.random.Generator
) -> np.ndarray:
    """A winding path (10, 2) away from `root`; headings in radians, down is positive."""
    headings = heading + np.cumsum(rng.normal(0, 0.2, 9))
    steps = np.stack([side * np.cos(headings), np.sin(headings)], axis=1) / _STRETCH
    return np.concatenate([root[np.newaxis], root + np.cumsum(steps * length / 9, axis=0)])


# Illness


def _plant(
    frame: _Frame,
    rng: np.random.Generator,
    lungs: Lungs,
    air: np.ndarray,
    zones: Sequence[str] | None,
) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Return the share of air that is lost, float32 (H, W), its mask, and the zones it is in.

    A focal opacity fills much of one zone; patches are smaller, one to three in each of theirs.
    """
    if not zones:
        count = 1 if rng.random() < 0.55 else int(rng.integers(2, 5))
        zones = rng.choice(ZONE_NAMES, count, replace=False).tolist()
    focal = len(zones) == 1
    half, numbers = frame.half(), number_zones(lungs)
    loss, opacity = np.zeros(half.shape, np.float32), np.zeros(air.shape, bool)
    for name in zones:
        zone = numbers == 1 + ZONE_NAMES.index(name)
        inside = half.soften(_resize(zone.astype(np.float32), half.shape), 0.025)
        aired = inside * _resize(air, half.shape)
        for _ in range(1 if focal else int(rng.integers(1, 4))):
            radius = rng.uniform(0.16, 0.23) if focal else rng.uniform(0.08, 0.14)
            places = np.argwhere(aired >= np.quantile(aired[aired > 0.05], 0.6))
            centre = places[int(rng.random() * len(places))]  # near the same place at every size
            patch = inside * _draw_patch(half, rng, centre, radius)
            opacity |= zone & (_resize(patch, air.shape) > 0.3)
            still_aired = _draw_bronchi(half, rng, centre, radius)
            loss = np.maximum(loss, rng.uniform(0.85, 1.0) * patch * (1 - still_aired))
    return _resize(loss, air.shape), opacity, tuple(name for name in ZONE_NAMES if name in zones)


def _draw_patch(
    frame: _Frame, rng: np.random.Generator, centre: np.ndarray, radius: float
) -> np.ndarray:
    """A ragged, soft-edged patch around the pixel (row, column)."""
    reach = radius * frame.unit * rng.uniform(0.75, 1.3, 2)
    y, x = np.ogrid[: frame.shape[0], : frame.shape[1]]
    far = np.hypot((y - centre[0]) / reach[0], (x - centre[1]) / reach[1]).astype(np.float32)
    ragged = 1.3 - far + 0.35 * _clouds(rng, frame.shape, 8, 4, 0.7)
    return frame.soften(np.clip(1.4 * ragged, 0, 1), 0.012)


def _draw_bronchi(
    frame: _Frame, rng: np.random.Generator, centre: np.ndarray, radius: float
) -> np.ndarray:
    """Airways from the hilum through a patch: they stay dark in it, the air bronchogram."""
    target = np.linalg.solve(frame.matrix[:, :2], centre[::-1] - frame.matrix[:, 2])
    side = _RIGHT if target[0] < 0 else _LEFT
    hilum = np.array([0.2 * side, 0.44])
    across, down = (target - hilum) * _STRETCH
    heading, length = float(np.arctan2(down, side * across)), float(np.hypot(across, down)) + radius
    tubes = [_wander(hilum, heading + turn, length, side, rng) for turn in (-0.3, 0, 0.3)]
    return 0.3 * frame.stroke(*tubes, width=0.012, blur=0.006)


# Exposure


def _expose(rng: np.random.Generator, frame: _Frame, density: np.ndarray) -> np.ndarray:
    """Return the picture that detector, processing and film room make of the densities."""
    height = frame.shape[0]
    sharp = _blur(density, rng.uniform(0.2, 0.8) * height / 512)
    # Makers' software evens out large differences, so that ribs show over liver and lung alike.
    local = sharp + rng.uniform(0.5, 1.1) * (sharp - frame.soften(sharp, 0.16))
    black, white = rng.uniform(0.05, 0.09), float(np.percentile(local[::8, ::8], 99.5))
    grey = np.clip((local - black) / (white - black), 0, 1.2) ** rng.uniform(0.68, 1.0)
    grey *= rng.uniform(0.77, 0.93)
    # A stream of its own: else the size would decide what is drawn after it.
    noise = rng.spawn(1)[0].standard_normal(frame.shape, np.float32)
    grey += rng.uniform(0.006, 0.014) * (0.6 * noise + 1.2 * _blur(noise, height / 512))
    bright = grey > 0.8  # film and screens saturate slowly
    grey[bright] = 0.8 + 0.2 * np.tanh((grey[bright] - 0.8) / 0.2)
    return np.clip(_frame_film(rng, grey + 0.02), 0, 1).astype(np.float32)


def _frame_film(rng: np.random.Generator, grey: np.ndarray) -> np.ndarray:
    """Sometimes close the collimator around the child, and stick an R at its right side."""
    height, width = grey.shape
    open_field = np.zeros(grey.shape, np.uint8)
    if rng.random() < 0.3:
        left, top, right, bottom = rng.uniform(0, 0.06, 4)
        corner = (round(left * width), round(top * height))
        far = (round((1 - right) * width), round((1 - bottom) * height))
        cv2.rectangle(open_field, corner, far, 255, cv2.FILLED)
        grey = np.where(_blur(open_field, height / 400) > 127, grey, rng.uniform(0, 0.08))
    if rng.random() < 0.7:
        letter = np.zeros(grey.shape, np.uint8)
        place = (round(rng.uniform(0.02, 0.08) * width), round(rng.uniform(0.1, 0.6) * height))
        scale, thick = height / 512 * rng.uniform(0.7, 1.1), max(1, height // 256)
        cv2.putText(letter, "R", place, cv2.FONT_HERSHEY_SIMPLEX, scale, 255, thick, cv2.LINE_AA)
        grey = np.maximum(grey, letter * np.float32(1 / 255))
    return grey
