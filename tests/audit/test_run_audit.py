"""Every check keeps the same promises, on data sets of every shape."""

import pytest

from tests.audit.small_index import make_table
from xray_core.audit.run_audit import CHECKS, run_audit
from xray_core.errors import StoppedError

SHAPES = {
    "two classes": {"labels": ["NORMAL", "PNEUMONIA"] * 200, "split": ["train", "val"] * 200},
    "one class": {"labels": ["NORMAL"] * 9},
    "three classes, no splits": {"labels": ["A", "B", "C"] * 3, "split": ""},
    "nothing readable": {
        "labels": ["NORMAL", "PNEUMONIA"],
        "error": "Not a picture.",
        "content_hash": "",
    },
    "one picture": {"labels": ["NORMAL"]},
    "everything wrong": {
        "labels": ["NORMAL", "PNEUMONIA", "NORMAL"],
        "split": ["train", "val", "test"],
        "patient": "virus-1",
        "content_hash": "a",
        "width": 50,
        "chest_score": -0.2,
        "negative": True,
    },
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", CHECKS)
def test_every_check_keeps_the_contract(name, shape, tmp_path):
    findings = CHECKS[name](make_table(folder=tmp_path, **SHAPES[shape]))
    assert findings
    for finding in findings:
        assert finding.kind.startswith(name)
        assert finding.sentence.endswith(".")
        assert finding.title
        if finding.severity == "fine":
            assert (finding.count, finding.advice) == (0, "")
        else:
            assert finding.severity in {"problem", "warning"}
            assert finding.advice.endswith(".")
        if "path" in finding.evidence:
            assert {"path", "split", "label", "patient"} <= set(finding.evidence)
            assert len(finding.evidence) >= finding.count


def test_a_clean_set_gets_no_complaint(tmp_path):
    findings = run_audit(make_table(folder=tmp_path, **SHAPES["two classes"]))
    assert {finding.kind for finding in findings} == set(CHECKS)
    assert {finding.severity for finding in findings} == {"fine"}


def test_the_worst_comes_first_and_progress_is_told(tmp_path):
    told = []
    index = make_table(folder=tmp_path, **SHAPES["everything wrong"])
    findings = run_audit(index, lambda done, total: told.append((done, total)))
    ranks = [("problem", "warning", "fine").index(finding.severity) for finding in findings]
    assert ranks == sorted(ranks)
    assert told[-1] == (len(CHECKS), len(CHECKS))


def test_it_can_be_stopped(tmp_path):
    with pytest.raises(StoppedError):
        run_audit(make_table(["NORMAL"], tmp_path), should_stop=lambda: True)
