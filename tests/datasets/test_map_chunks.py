"""Work in several processes: one that ends costs no more than the thing it ended on."""

import os
from concurrent.futures.process import BrokenProcessPool

import pytest

from xray_core.datasets.map_chunks import map_chunks

DEADLY = 7


def double(numbers):
    if DEADLY in numbers:
        os._exit(1)
    return [2 * number for number in numbers]


def give_up(numbers):
    return [None for _ in numbers]


@pytest.mark.slow  # a pool is started anew for each process that ends
def test_what_ends_a_process_is_given_up_and_the_rest_is_done():
    made = {}
    for start, results in map_chunks(double, range(20), 2, chunk=3, give_up=give_up):
        made |= dict(enumerate(results, start))
    assert made == {number: None if number == DEADLY else 2 * number for number in range(20)}


def test_without_a_way_to_give_up_it_is_an_error():
    with pytest.raises(BrokenProcessPool):
        list(map_chunks(double, range(20), 2, chunk=3))
