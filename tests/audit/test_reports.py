"""What was kept comes back, and only for the same files."""

import pandas as pd
import pytest

from tests.audit.small_index import make_table
from xray_core.audit.findings import Finding, report_fine
from xray_core.audit.reports import (
    MODEL_AUDIT_FILE,
    SHORTCUTS_FILE,
    load_model_audit,
    load_shortcuts,
    save_model_audit,
    save_shortcuts,
)
from xray_core.audit.shortcut_report import ShortcutReport

EVIDENCE = pd.DataFrame({"path": ["a.png", "b.png"], "patient": ["0001", "2"], "p": [0.5, 0.25]})
FINDINGS = (
    Finding("kind", "warning", "Title", "Sentence.", "Advice.", 2, EVIDENCE),
    report_fine("other", "Title", "Sentence."),
)
REPORT = ShortcutReport(
    shortcuts=(), classes=("A", "B"), pictures=3, covered_pictures=0, note="Too few."
)


@pytest.fixture
def index(tmp_path):
    return make_table(["A", "B"], tmp_path)


def test_nothing_kept_is_none(index):
    assert load_model_audit(index) is None
    assert load_shortcuts(index) is None


def test_findings_come_back_with_their_evidence(index):
    save_model_audit(FINDINGS, index)
    first, second = load_model_audit(index)
    assert (first.kind, first.severity, first.count) == ("kind", "warning", 2)
    pd.testing.assert_frame_equal(first.evidence, EVIDENCE, check_dtype=False)
    assert second.evidence.empty


def test_shortcuts_come_back(index):
    save_shortcuts(REPORT, index)
    assert load_shortcuts(index) == REPORT


def test_reports_on_other_files_are_ignored(index, tmp_path):
    save_model_audit(FINDINGS, index)
    save_shortcuts(REPORT, index)
    other = make_table(["A", "A"], tmp_path)
    assert load_model_audit(other) is None
    assert load_shortcuts(other) is None


@pytest.mark.parametrize("text", ["", "{}", '{"key": 1}', "[1"])
def test_broken_files_are_ignored(index, text):
    for name in (MODEL_AUDIT_FILE, SHORTCUTS_FILE):
        (index.folder / name).write_text(text)
    assert load_model_audit(index) is None
    assert load_shortcuts(index) is None
