"""`make bench`: our way beside the plain way, in one run on this machine.

`make bench ARGS="answers index"` measures some parts only.

Every figure is the median of several runs, ours and the other's in turn, so that a slow moment of
the machine meets both. The pictures are drawn by the project's own program.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module

# Modules of this folder, each with its `measure`.
_PARTS = "answers", "index", "drawing", "training", "compare", "screening", "similar", "page"


def main(wanted: Sequence[str]) -> None:
    """Print one line for each comparison.

    Several parts get a process each: with TensorFlow loaded, a page takes three times as long.

    Args:
        wanted: parts to measure; all if empty.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if unknown := set(wanted) - set(_PARTS):
        sys.exit(f"Expected parts among {', '.join(_PARTS)}, got {', '.join(sorted(unknown))}.")
    if len(wanted) == 1:
        import_module(f"benchmarks.{wanted[0]}").measure()
        return
    for part in wanted or _PARTS:
        subprocess.run([sys.executable, "-m", "benchmarks", part], check=True)
        print(flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
