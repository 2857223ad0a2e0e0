"""Twenty visitors of the real app at once, on two cores, each with an X-ray of their own."""

import os
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from html import unescape
from itertools import count, islice
from pathlib import Path
from threading import Barrier

import psutil
import pytest

from tests.browser.streamlit_client import open_app
from tools.serve_app import serve_app
from xray_core.datasets.synthetic import draw_xray, encode_png
from xray_core.diagnosis.diagnose import load_diagnoser
from xray_core.diagnosis.report import compare_to_threshold
from xray_core.images.decode import decode_xray

VISITORS, CORES = 20, 2
# At its peak the app held 516 MB; what Python and the allocator keep differs between machines.
MOST_MEGABYTES = 750


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the most that was ever held")
def test_every_answer_belongs_to_its_asker(tmp_path: Path):
    diagnoser = load_diagnoser()
    drawn = (encode_png(draw_xray(seed, seed % 2 == 1, size=600)) for seed in count())
    told = ((data, diagnoser.diagnose(decode_xray(data))) for data in drawn)
    # A concern of the gate would hide the answer behind a button.
    chosen = list(islice((pair for pair in told if not pair[1].concerns), VISITORS))
    files, expected = zip(*chosen, strict=True)
    assert len({diagnosis.probability for diagnosis in expected}) == VISITORS
    together = Barrier(VISITORS, timeout=240)

    def visit(number: int) -> str:
        with open_app(address) as client:
            together.wait()
            client.drop(f"visitor-{number}.png", files[number])
            assert not client.failed
            return unescape("".join(client.texts))

    with on_few_cores(), serve_app(log_file=tmp_path / "app.log") as address:
        with ThreadPoolExecutor(VISITORS) as pool:
            cards = list(pool.map(visit, range(VISITORS)))
        port = address.rpartition(":")[2]
        processes = psutil.process_iter(["cmdline"])
        (app,) = [each for each in processes if port in (each.info["cmdline"] or [])]
        cores, peak_megabytes = app.cpu_affinity(), read_peak_megabytes(app.pid)

    for number, (card, diagnosis) in enumerate(zip(cards, expected, strict=True)):
        assert set(re.findall(r"visitor-(\d+)\.png", card)) == {str(number)}
        assert f"<strong>{compare_to_threshold(diagnosis)[0]}</strong>" in card
        assert f'class="{diagnosis.verdict.replace(" ", "-")}"' in card
    assert "Traceback" not in (tmp_path / "app.log").read_text()
    assert len(cores) <= CORES
    assert peak_megabytes < MOST_MEGABYTES


@contextmanager
def on_few_cores() -> Iterator[None]:
    """Hold to two cores what is started meanwhile."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[:CORES])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def read_peak_megabytes(pid: int) -> float:
    """Return the most memory that a process ever held, as the kernel kept count of it."""
    [kilobytes] = re.findall(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(kilobytes) / 1024
