"""Many small pieces of work in as many processes as there are cores."""

import os
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context
from typing import TypeVar

import cv2

Thing = TypeVar("Thing")
Result = TypeVar("Result")

_CHUNK = 64


def map_chunks(
    work: Callable[[Sequence[Thing]], Result],
    things: Sequence[Thing],
    workers: int | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    chunk: int | None = None,
    give_up: Callable[[Sequence[Thing]], Result] | None = None,
) -> Iterator[tuple[int, Result]]:
    """Give what was made of each chunk of things, with the place of its first, in any order.

    Args:
        work: is sent to the processes, and first of all each imports the module that defines it.
        things: sliced when their turn comes, so that a sequence may load them then.
        workers: processes; as many as there are cores if None, none for a handful of things.
        should_stop: asked between chunks.
        chunk: how many things a piece of work has at most; 64 if None.
        give_up: what to make of one thing that ends the process that works on it, as a file can
            that a decoder stumbles over; if None, that ends everything.

    Raises:
        BrokenProcessPool: a process ended, and nothing was said to give up with.
    """
    chunk = chunk or _CHUNK
    starts = iter(range(0, len(things), chunk))
    processes = min(workers or os.cpu_count() or 1, -(-len(things) // chunk))
    if processes <= 1:
        for start in starts:
            if should_stop():
                return
            yield start, work(things[start : start + chunk])
        return
    while True:
        lost = yield from _map_in_pool(work, things, starts, chunk, processes, should_stop)
        if not lost:
            return
        if give_up is None:
            raise BrokenProcessPool("A process ended in the middle of its work.")
        for place in (place for start in lost for place in range(start, start + chunk)):
            if place >= len(things) or should_stop():
                break
            yield place, _try_alone(work, things[place : place + 1], give_up)


def _map_in_pool(
    work: Callable[[Sequence[Thing]], Result],
    things: Sequence[Thing],
    starts: Iterator[int],
    chunk: int,
    processes: int,
    should_stop: Callable[[], bool],
) -> Generator[tuple[int, Result], None, list[int]]:
    """Give what was made of each chunk; return the starts of those lost when a process ended."""
    with _process_pool(processes) as pool:
        running: dict[Future[Result], int] = {}

        def submit(count: int) -> None:
            for start in islice(starts, count):
                running[pool.submit(work, things[start : start + chunk])] = start

        try:
            submit(2 * processes)  # not all at once, so that memory stays flat
            while running and not should_stop():
                done, _ = wait(running, timeout=0.5, return_when=FIRST_COMPLETED)
                for future in done:
                    result = future.result()
                    yield running.pop(future), result
                submit(len(done))
        except BrokenProcessPool:
            return sorted(running.values())
    return []


def _try_alone(
    work: Callable[[Sequence[Thing]], Result],
    thing: Sequence[Thing],
    give_up: Callable[[Sequence[Thing]], Result],
) -> Result:
    """Return what was made of one thing, which may end the process that works on it."""
    with _process_pool(1) as pool:
        try:
            return pool.submit(work, thing).result()
        except BrokenProcessPool:
            return give_up(thing)


@contextmanager
def _process_pool(processes: int) -> Iterator[Executor]:
    # A fork would copy the app's threads and their locks. Every core has a process already.
    pool = ProcessPoolExecutor(processes, get_context("spawn"), cv2.setNumThreads, (1,))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
