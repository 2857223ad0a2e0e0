"""What a data set looks like as a whole: counts, mean pictures, intensities."""

from collections.abc import Hashable, Mapping

import numpy as np
import pandas as pd

from xray_core.datasets.index import DatasetIndex, read_histograms
from xray_core.datasets.layout import SPLITS
from xray_core.datasets.measure import HISTOGRAM_BINS

# Figures of the index that a chart may show, with what people call them.
FIGURES = {
    "file_bytes": "File size (bytes)",
    "bytes_per_pixel": "Bytes per pixel",
    "width": "Width (pixels)",
    "height": "Height (pixels)",
    "aspect_ratio": "Aspect ratio (width / height)",
    "mean": "Mean brightness (0 to 1)",
    "contrast": "Contrast (standard deviation, 0 to 1)",
    "sharpness": "Sharpness at 224 pixels",
    "border": "Brightness of the border (0 to 1)",
    "chest_score": "Likeness to a chest X-ray (−1 to 1)",
}


def add_ratios(table: pd.DataFrame) -> pd.DataFrame:
    """Return an index's table with ``aspect_ratio`` and ``bytes_per_pixel``.

    >>> table = pd.DataFrame({"width": [200], "height": [100], "file_bytes": [5000]})
    >>> add_ratios(table)[["aspect_ratio", "bytes_per_pixel"]].to_numpy().tolist()
    [[2.0, 0.25]]
    """
    return table.assign(
        aspect_ratio=table["width"] / table["height"],
        bytes_per_pixel=table["file_bytes"] / (table["width"] * table["height"]),
    )


def count_pictures(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each split, label and subtype that occurs, with its ``count``."""
    keys = ["split", "label", "subtype"]
    counts = table.groupby(keys, observed=True).size().reset_index(name="count")
    counts = counts.astype(dict.fromkeys(keys, str))
    order = {split: place for place, split in enumerate(SPLITS)}
    return counts.sort_values(
        keys, key=lambda column: column.map(order) if column.name == "split" else column
    ).reset_index(drop=True)


def average_histograms(table: pd.DataFrame) -> pd.DataFrame:
    """Return the mean share of pixels at each brightness, one row for each label and bin.

    The columns are ``label``, ``brightness`` (the middle of the bin, 0 to 1) and ``share``.
    """
    middles = (np.arange(HISTOGRAM_BINS) + 0.5) / HISTOGRAM_BINS
    parts = []
    for label, rows in table.groupby("label", observed=True):
        bins = read_histograms(rows).mean(axis=0)
        share = bins / max(bins.sum(), 1)
        parts.append(pd.DataFrame({"label": label, "brightness": middles, "share": share}))
    columns = ["label", "brightness", "share"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def average_pictures(
    index: DatasetIndex, table: pd.DataFrame, side: int = 96, most: int = 200
) -> dict[str, np.ndarray]:
    """Return the mean picture of each label, float (side, side) in [0, 1].

    Args:
        index: holds the thumbnails.
        table: readable rows of the index.
        side: of the square that every picture is squeezed into.
        most: pictures of a label that are averaged, drawn with a fixed seed.
    """

    def average(rows: pd.DataFrame) -> np.ndarray:
        drawn = rows.sample(min(most, len(rows)), random_state=0)
        return np.asarray(index.read_squares(drawn, side).mean(axis=0) / 255)

    groups: list[tuple[Hashable, pd.DataFrame]] = list(table.groupby("label", observed=True))
    return {str(label): average(rows) for label, rows in groups}


def compare_pictures(means: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return what sets the mean pictures apart, float (S, S) in [-1, 1], each under a title.

    Two labels have one difference, the second minus the first. Of three or more, each is compared
    with the mean of the others, in which every label counts the same; one alone has none.

    Args:
        means: label to float (S, S) in [0, 1].

    >>> shades = {name: np.full((1, 1), shade) for name, shade in zip("ABC", (0.5, 0.25, 0.75))}
    >>> {title: picture.item() for title, picture in compare_pictures(shades).items()}
    {'A minus the others': 0.0, 'B minus the others': -0.375, 'C minus the others': 0.375}
    """
    if len(means) < 2:
        return {}
    if len(means) == 2:
        (first, one), (second, other) = means.items()
        return {f"{second} minus {first}": other - one}
    return {
        f"{label} minus the others": mean
        - np.mean([other for name, other in means.items() if name != label], axis=0)
        for label, mean in means.items()
    }


def list_brightness(means: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """Return mean pictures and their differences as one table: picture, row, and a column a pixel.

    Args:
        means: label to float (S, S) in [0, 1], at least one.
    """
    pictures = {f"Mean {label}": mean for label, mean in means.items()} | compare_pictures(means)
    return pd.concat(
        [
            pd.DataFrame({"picture": title, "row": range(len(pixels))}).join(pd.DataFrame(pixels))
            for title, pixels in pictures.items()
        ],
        ignore_index=True,
    )
