"""How long it takes to draw the synthetic data set."""

import tempfile
import time
from pathlib import Path

from xray_core.datasets.drawn_chest.series import divide_pictures
from xray_core.datasets.synthetic import write_folder


def measure() -> None:
    """Print the seconds that 400 pictures take."""
    with tempfile.TemporaryDirectory() as name:
        start = time.perf_counter()
        write_folder(Path(name) / "drawn", divide_pictures(400), 224, seed=0)
        seconds = time.perf_counter() - start
    print(f"{'draw 400 X-rays of 224 px':44} {seconds:10.1f} s (at most 20)")
