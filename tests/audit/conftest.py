"""Small matrices on one thread: beside other work, two wait for each other twenty times as long."""

from collections.abc import Iterator

import pytest
from threadpoolctl import threadpool_limits


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    import scipy.linalg  # noqa: F401 - libraries loaded later would not be limited

    with threadpool_limits(limits=1):
        yield
