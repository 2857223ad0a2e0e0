"""How many runs this machine, or the Ray cluster, carries side by side."""

import os
import subprocess

import psutil

from xray_core.errors import PneumoscopeError
from xray_core.training.jobs.ray_cluster import RUN_CORES, count_places, ray_address

# A network of a few million weights with its pictures; measured with the default model's recipe.
_RUN_BYTES = 4 * 2**30
_CARDS_MEMORY = ("nvidia-smi", "--query-gpu=memory.total", "--format=csv,noheader,nounits")
_ANSWER_SECONDS = 10.0


def runs_at_once() -> int:
    """Return how many runs this machine, or the Ray cluster, carries side by side; at least one."""
    if address := ray_address():
        try:
            return count_places(address)
        except PneumoscopeError:
            return 1  # which will say what is wrong
    by_cores = (os.cpu_count() or 1) // RUN_CORES
    # A run takes a part of every card's memory: it trains on all of them.
    memories = [psutil.virtual_memory().available, *_list_card_bytes()]
    return max(1, min(by_cores, min(memories) // _RUN_BYTES))


def _list_card_bytes() -> list[int]:
    """Return the memory of each graphics card; a small one draws the screen, and does not count."""
    if os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1"):
        return []
    try:
        told = subprocess.run(
            _CARDS_MEMORY, capture_output=True, text=True, timeout=_ANSWER_SECONDS, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    cards = [int(line) * 2**20 for line in told.split() if line.isdigit()]
    return [card for card in cards if card >= _RUN_BYTES]
