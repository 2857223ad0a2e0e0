"""Tiny data sets for the audit: real files of drawn textures, and tables without files."""

from pathlib import Path

import cv2
import numpy as np
import pandas as pd

from xray_core.datasets.index import DatasetIndex, index_layout
from xray_core.datasets.layout import find_layout
from xray_core.datasets.synthetic import draw_xray


def draw_texture(seed: int, side: int = 240) -> np.ndarray:
    """Smooth blobs and fine ones, uint8; another seed is another picture."""
    rng = np.random.default_rng(seed)
    picture = sum(
        cv2.resize(
            rng.normal(0, weight, (cells, cells)), (side, side), interpolation=cv2.INTER_CUBIC
        )
        for cells, weight in ((6, 40), (24, 20), (60, 10))
    )
    return np.clip(128 + picture, 0, 255).astype(np.uint8)


def write_picture(path: Path, pixels: np.ndarray, quality: int = 95) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])


def write_two_children(folder: Path, pictures: int) -> Path:
    """Write two drawn children with lungs in turn, each time otherwise exposed.

    The first half is NORMAL; nothing but the quality of the JPEG tells the classes apart.
    """
    children = [(draw_xray(seed, False, 224).pixels * 200).astype(np.uint8) for seed in (25, 27)]
    rng = np.random.default_rng(0)
    for n in range(pictures):
        noisy = children[n % 2] + rng.integers(0, 20, (224, 224)).astype(np.uint8)
        label, quality = (("NORMAL", 30), ("PNEUMONIA", 95))[n // (pictures // 2)]
        write_picture(folder / label / f"person{n}_virus_{n}.jpeg", noisy, quality)
    return folder


def read_index(folder: Path) -> DatasetIndex:
    return index_layout(find_layout(folder), folder.parent / f"{folder.name}_index", workers=1)


def make_table(labels: list[str], folder: Path, **columns: object) -> DatasetIndex:
    """An index of pictures that were never drawn: 300 x 300, one a patient, all alike and good."""
    count = len(labels)
    numbers = np.arange(count)
    hashes = np.random.default_rng(1).integers(0, 2**63, count).astype(np.uint64)
    table = pd.DataFrame(
        {
            "path": [f"train/{label}/person{n}_virus_{n}.jpeg" for n, label in enumerate(labels)],
            "split": ["train"] * count,
            "label": labels,
            "patient": [f"virus-{n}" for n in numbers],
            "subtype": ["virus"] * count,
            "file_bytes": np.full(count, 10_000),
            "changed_ns": numbers,
            "content_hash": [f"{n:032x}" for n in numbers],
            "error": [""] * count,
            "width": np.full(count, 300),
            "height": np.full(count, 300),
            "mean": np.full(count, 0.5),
            "contrast": np.full(count, 0.2),
            "sharpness": np.full(count, 0.1),
            "border": np.full(count, 0.1),
            "chest_score": np.full(count, 0.7),
            "negative": np.zeros(count, bool),
            "perceptual_hash": hashes,
        }
    ).assign(**columns)
    categories = dict.fromkeys(("split", "label", "subtype", "error"), "category")
    return DatasetIndex(folder, folder, table.astype(categories))
