"""`python -m xray_core.training.jobs.dispatcher LOCK`: work on the queue until it is empty."""

import math
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress

from huey.consumer import Consumer

from xray_core.errors import PneumoscopeError
from xray_core.training.jobs.capacity import runs_at_once
from xray_core.training.jobs.dispatcher_process import claim_dispatching
from xray_core.training.jobs.queue import enqueue_forgotten, list_queued, open_queue
from xray_core.training.jobs.run_folder import list_runs
from xray_core.training.jobs.search_judge import SearchJudge
from xray_core.training.jobs.supervise import settle_lost_runs, watch_worker

_LOOK_SECONDS = 0.5
_COUNT_SECONDS = 10.0  # between two counts of a cluster's machines


def main(lock: int | None) -> None:
    """Work on the queue until nothing is left.

    Args:
        lock: the right to dispatch, from `claim_dispatching`; without it nothing is done.
    """
    while lock is not None:
        try:
            _dispatch()
        finally:
            os.close(lock)
        # Whoever queued a run after the last look found the right taken, and left it to us.
        lock = claim_dispatching() if _is_work_left() else None


def _dispatch() -> None:
    # They end with the process: if something goes wrong, the next one adopts their workers.
    adopted = [
        threading.Thread(target=watch_worker, args=found, daemon=True)
        for found in settle_lost_runs()
    ]
    for thread in adopted:
        thread.start()
    enqueue_forgotten()
    judge = SearchJudge()
    # Again, since a run just taken from the queue is not yet said to run: it is seen through all
    # the same, and others may have been queued meanwhile.
    while _is_work_left():
        _work_until_idle(adopted, judge)
    for thread in adopted:
        thread.join()


def _is_work_left() -> bool:
    return bool(list_queued()) or any(run.state.status == "running" for run in list_runs())


def _work_until_idle(adopted: Sequence[threading.Thread], judge: SearchJudge) -> None:
    """Take runs off the queue; those of an earlier dispatcher keep their places until they end."""
    places, consumers, counted = 0, list[Consumer](), -math.inf
    while _is_work_left():
        if time.monotonic() - counted > _COUNT_SECONDS:
            counted = time.monotonic()
            taken = places + sum(thread.is_alive() for thread in adopted)
            if (more := runs_at_once() - taken) > 0:  # a cluster may grow
                consumers.append(_consume(more))
                places += more
        _let_look(judge)
        time.sleep(_LOOK_SECONDS)
    for consumer in consumers:
        consumer.stop(graceful=True)


def _let_look(judge: SearchJudge) -> None:
    """End the hopeless trials of searches; where a full disk takes no wish, after another epoch."""
    with suppress(PneumoscopeError, OSError):
        judge.look(list_runs())


def _consume(places: int) -> Consumer:
    """Start to take so many runs at once off the queue."""
    consumer = open_queue().create_consumer(
        workers=places, periodic=False, initial_delay=0.1, max_delay=0.5
    )
    consumer.start()
    # Asked to end, it ends at once: the next dispatcher adopts the workers that still run.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    return consumer


if __name__ == "__main__":
    main(int(sys.argv[1]))
