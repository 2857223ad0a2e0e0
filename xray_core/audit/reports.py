"""Findings and reports kept beside the index that they are about."""

import json
from pathlib import Path

import pandas as pd
from pydantic import BaseModel, ConfigDict, ValidationError

from xray_core.audit.findings import Finding, Severity
from xray_core.audit.shortcut_report import ShortcutReport
from xray_core.datasets.index import DatasetIndex
from xray_core.model_store import DEFAULT_CLASSIFIER, DEFAULT_LUNGS, SERVING_FILE, read_card

MODEL_AUDIT_FILE = "model_audit.json"
SHORTCUTS_FILE = "shortcuts.json"


class _KeptFinding(BaseModel):
    model_config = ConfigDict(frozen=True)

    kind: str
    severity: Severity
    title: str
    sentence: str
    advice: str
    count: int
    columns: list[str]
    rows: list[list[object]]


class _KeptFindings(BaseModel):
    model_config = ConfigDict(frozen=True)

    key: str
    findings: tuple[_KeptFinding, ...]


class _KeptShortcuts(BaseModel):
    model_config = ConfigDict(frozen=True)

    key: str
    report: ShortcutReport


def save_model_audit(findings: tuple[Finding, ...], index: DatasetIndex) -> None:
    """Keep what `run_model_audit` returned."""
    kept = _KeptFindings(key=_key(index), findings=tuple(_keep(finding) for finding in findings))
    _write(kept, index.folder / MODEL_AUDIT_FILE)


def load_model_audit(index: DatasetIndex) -> tuple[Finding, ...] | None:
    """Return the findings kept for these very files and the models of today, or None."""
    try:
        text = (index.folder / MODEL_AUDIT_FILE).read_text(encoding="utf-8")
        kept = _KeptFindings.model_validate_json(text)
    except (OSError, ValidationError):
        return None
    return tuple(map(_restore, kept.findings)) if kept.key == _key(index) else None


def save_shortcuts(report: ShortcutReport, index: DatasetIndex) -> None:
    """Keep what `measure_shortcuts` returned."""
    _write(_KeptShortcuts(key=_key(index), report=report), index.folder / SHORTCUTS_FILE)


def load_shortcuts(index: DatasetIndex) -> ShortcutReport | None:
    """Return the report kept for these very files and the models of today, or None."""
    try:
        text = (index.folder / SHORTCUTS_FILE).read_text(encoding="utf-8")
        kept = _KeptShortcuts.model_validate_json(text)
    except (OSError, ValidationError):
        return None
    return kept.report if kept.key == _key(index) else None


def _key(index: DatasetIndex) -> str:
    """Return what a report depends on: the files, their labels, and the default models."""
    models = (read_card(model).files[SERVING_FILE] for model in (DEFAULT_CLASSIFIER, DEFAULT_LUNGS))
    return "/".join((index.fingerprint, *models))


def _write(kept: BaseModel, path: Path) -> None:
    """Replace the file in one step: a reader sees the old one or the new one."""
    part = path.with_suffix(".part")
    part.write_text(kept.model_dump_json(), encoding="utf-8")
    part.replace(path)


def _keep(finding: Finding) -> _KeptFinding:
    table = json.loads(finding.evidence.to_json(orient="split", index=False))
    return _KeptFinding(
        kind=finding.kind,
        severity=finding.severity,
        title=finding.title,
        sentence=finding.sentence,
        advice=finding.advice,
        count=finding.count,
        columns=table["columns"],
        rows=table["data"],
    )


def _restore(kept: _KeptFinding) -> Finding:
    return Finding(
        kept.kind,
        kept.severity,
        kept.title,
        kept.sentence,
        kept.advice,
        kept.count,
        pd.DataFrame(kept.rows, columns=kept.columns),
    )
