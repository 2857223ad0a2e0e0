"""Looks at test figures are counted, also when several visitors look at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from xray_core.comparison.looks import count_look, read_looks
from xray_core.errors import PneumoscopeError
from xray_core.paths import workspace

pytestmark = pytest.mark.usefixtures("empty_workspace")


def test_no_look_of_several_visitors_is_lost():
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: count_look(["a", "b"], "pictures"), range(100)))
    assert read_looks("ab", "pictures") == {"a": 100, "b": 100}
    assert read_looks("ab", "others") == {"a": 0, "b": 0}


def test_a_workspace_that_cannot_be_written_to_is_told():
    workspace().mkdir(parents=True)
    (workspace() / "comparison").write_text("a file where a folder should be")
    with pytest.raises(PneumoscopeError, match="can be noted"):
        count_look(["a"], "pictures")
