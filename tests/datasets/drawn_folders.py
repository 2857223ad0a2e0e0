"""Small folders of pictures for tests of data sets."""

import cv2
import numpy as np


def write_picture(path, seed=0, height=64, width=80, **changes):
    """Write a smooth random picture; the same seed draws the same one."""
    rng = np.random.default_rng(seed)
    coarse = rng.uniform(0, 255, (6, 6)).astype(np.uint8)
    picture = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), picture.astype(np.uint8), *changes.values())
    return path


def write_classes(folder, patients=12, splits=("train", "test"), classes=("NORMAL", "PNEUMONIA")):
    """Write one picture a patient and class in each split, under Kermany's names."""
    number = 0
    for split in splits:
        for label in classes:
            for _ in range(patients):
                number += 1
                name = f"person{number}_virus_{number}.png"
                if label == "NORMAL":
                    name = f"IM-{number:04d}-0001.png"
                write_picture(folder / split / label / name, seed=number)
    return folder


# Files of one shade each, or of two: left half and right half.
KNOWN_SHADES = {
    "train/COVID/a.png": (40, 200),
    "train/NORMAL/IM-0001-0001.png": (40, 40),
    "train/NORMAL/IM-0002-0001.png": (80, 80),
    "train/PNEUMONIA/person1_bacteria_1.png": (200, 200),
    "train/PNEUMONIA/person2_virus_1.png": (240, 240),
    "test/NORMAL/IM-0003-0001.png": (120, 120),
}
KNOWN_COUNTS = [  # split, class, subtype, pictures
    ["train", "COVID", "", 1],
    ["train", "NORMAL", "", 2],
    ["train", "PNEUMONIA", "bacteria", 1],
    ["train", "PNEUMONIA", "virus", 1],
    ["test", "NORMAL", "", 1],
]


def write_known(folder, classes=("COVID", "NORMAL", "PNEUMONIA")):
    """Write pictures whose every figure can be told in advance, 448 pixels wide and 224 high."""
    for path, (left, right) in KNOWN_SHADES.items():
        if path.split("/")[1] in classes:
            picture = np.full((224, 448), left, np.uint8)
            picture[:, 224:] = right
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(folder / path), picture)
    return folder
