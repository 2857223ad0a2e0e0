"""What nothing refers to any more goes now and then, not while a visitor waits.

Streamlit would collect after each run of a page, and hold back the last of what it shows until it
is through with everything that the app has loaded: .2 to .4 s (`runner.postScriptGC` is off).
"""

import gc
import time
from functools import cache
from threading import Thread

from streamlit import runtime

_SECONDS = 20.0  # so long may what a visitor left behind stay in memory


def collect_now_and_then() -> None:
    """Collect garbage from now on; only the first call in a server does anything."""
    if runtime.exists():
        _start()


@cache
def _start() -> None:
    Thread(target=_collect, name="garbage", daemon=True).start()


def _collect() -> None:
    while True:
        time.sleep(_SECONDS)
        gc.collect()
