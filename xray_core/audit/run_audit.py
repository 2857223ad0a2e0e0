"""Every check that the index alone can answer, in seconds."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from xray_core.audit.duplicates import find_exact_duplicates, find_near_duplicates
from xray_core.audit.files import (
    find_negatives,
    find_other_pictures,
    find_small_pictures,
    find_unreadable_files,
)
from xray_core.audit.findings import Finding
from xray_core.audit.splits import (
    find_class_imbalance,
    find_patient_leaks,
    find_small_validation,
)
from xray_core.datasets.index import DatasetIndex, Progress
from xray_core.errors import StoppedError

Check = Callable[[DatasetIndex], list[Finding]]

# Name to check; a finding's kind begins with the name of its check.
CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "patient_leaks": find_patient_leaks,
        "exact_duplicates": find_exact_duplicates,
        "near_duplicates": find_near_duplicates,
        "small_validation": find_small_validation,
        "class_imbalance": find_class_imbalance,
        "unreadable_files": find_unreadable_files,
        "no_chest_xray": find_other_pictures,
        "negatives": find_negatives,
        "small_pictures": find_small_pictures,
    }
)

_ORDER = ("problem", "warning", "fine")


def run_audit(
    index: DatasetIndex,
    on_progress: Progress = lambda done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> tuple[Finding, ...]:
    """Return what every check of `CHECKS` found, the worst first.

    Args:
        index: the data set.
        on_progress: told (done, total) checks.
        should_stop: asked between checks.

    Raises:
        StoppedError: it was told to stop.
    """
    findings: list[Finding] = []
    for done, check in enumerate(CHECKS.values()):
        if should_stop():
            raise StoppedError("The audit was stopped. Start it again to see its findings.")
        on_progress(done, len(CHECKS))
        findings += check(index)
    on_progress(len(CHECKS), len(CHECKS))
    return sort_findings(findings)


def sort_findings(findings: list[Finding]) -> tuple[Finding, ...]:
    """Return findings with problems first and what is fine last."""
    return tuple(sorted(findings, key=lambda finding: _ORDER.index(finding.severity)))
