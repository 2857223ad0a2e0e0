"""How long it takes to find the similar cases among five thousand."""

import time
from statistics import median

import numpy as np

from xray_core.diagnosis.similar import KnownCases, find_similar

_CASES, _FEATURES, _RUNS = 5_000, 1_280, 15


def measure() -> None:
    """Print the median seconds."""
    rng = np.random.default_rng(0)
    known = KnownCases(rng.random((_CASES, _FEATURES), np.float32), rng.integers(0, 2, _CASES))
    seconds = []
    for _ in range(_RUNS):
        asked = rng.random(_FEATURES, np.float32)
        start = time.perf_counter()
        find_similar(asked, known)
        seconds.append(time.perf_counter() - start)
    print(f"{'similar cases among 5,000':44} {median(seconds):10.3f} s (at most 0.1)")
