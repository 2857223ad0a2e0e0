"""Synthetic chest X-rays of small children, drawn by a program, with known lungs and opacities.

No pixel comes from a real picture. Densities are added up as an X-ray beam adds them, then exposed.
Proportions and shades were tuned until the pictures and their statistics resembled those of Kermany
et al. 2018 and a lung U-Net trained on those found the lungs.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from xray_core.datasets.drawn_chest.bones import draw_bones
from xray_core.datasets.drawn_chest.chest import grow_chest, outline_heart, pose_chest
from xray_core.datasets.drawn_chest.exposure import expose
from xray_core.datasets.drawn_chest.frame import SIDES
from xray_core.datasets.drawn_chest.illness import plant_opacities
from xray_core.datasets.drawn_chest.tissue import draw_air, draw_soft_tissue, draw_vessels
from xray_core.errors import UnknownNameError
from xray_core.lungs.zones import ZONE_NAMES, Lungs


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
    frame = pose_chest(shot, shape)
    chest = grow_chest(child)
    right, left = (frame.fill(chest.lung(side)) for side in SIDES)
    heart = frame.fill(outline_heart(chest, child), blur=0.004)
    air = draw_air(frame, right + left, heart)
    lungs = Lungs(right=right > 0.5, left=left > 0.5)
    opacity = np.zeros(shape, bool)
    planted: tuple[str, ...] = ()
    density = draw_soft_tissue(frame, chest, child) + 0.05 * heart
    density += draw_bones(frame, chest, child)
    vessels = draw_vessels(frame, child)
    if pneumonia:
        loss, opacity, planted = plant_opacities(frame, illness, lungs, air, zones)
        air = air * (1 - loss)
    density += air * (vessels - 0.21)
    pixels = expose(shot, frame, density)
    return SyntheticXRay(pixels, lungs.right, lungs.left, opacity, int(pneumonia), planted)
