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
