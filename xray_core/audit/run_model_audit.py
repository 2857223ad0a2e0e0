"""The checks that need the default model on every picture: minutes, not seconds."""

from collections.abc import Callable

import numpy as np

from xray_core.audit.contradictions import find_contradicted_labels, number_labels
from xray_core.audit.draw_sample import draw_patients
from xray_core.audit.findings import Finding, count_things, list_rows, report_fine
from xray_core.audit.inspect_lungs import InspectedLungs, inspect_lungs
from xray_core.audit.run_audit import sort_findings
from xray_core.datasets.index import DatasetIndex, Progress

# Measured on Kermany et al. 2018: 17 of 5,856 pictures have a lung with more of its outline on the
# edge, and the five of them looked at are cut through the tops of the lungs. Cutting 10, 15 or 20 %
# from each side of 250 training pictures puts 88, 95 and 100 % of those above it that lose more
# than a tenth of their lungs.
_MOST_EDGE_PERCENT = 15


def run_model_audit(
    index: DatasetIndex,
    on_progress: Progress = lambda done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
    limit: int | None = None,
) -> tuple[Finding, ...]:
    """Return what the default model and its lung outline say of a data set, the worst first.

    Args:
        index: the data set.
        on_progress: told (done, total) pictures.
        should_stop: asked before each picture.
        limit: most pictures that are looked at, whole patients drawn by a fixed seed; all if None.

    Raises:
        StoppedError: it was told to stop.
    """
    rows = index.readable
    rows = rows if limit is None else draw_patients(rows, limit)
    known = bool(number_labels(rows)[1].any())
    seen = inspect_lungs(index, rows, known, on_progress, should_stop)
    checked = count_things(len(rows), "picture")
    if len(rows) < len(index.readable):
        checked = f"{checked} (a sample of {len(index.readable):,})"
    return sort_findings(
        [
            _find_unjudged(seen, checked),
            _find_cropped_lungs(seen, checked),
            find_contradicted_labels(seen, checked),
        ]
    )


def _find_unjudged(seen: InspectedLungs, checked: str) -> Finding:
    kind, missing = "no_verdict", seen.reason != ""
    if not missing.any():
        return report_fine(kind, "Lungs found", f"Two lungs were found in each of {checked}.")
    rows = seen.rows[missing]
    return Finding(
        kind,
        "warning",
        "Pictures that get no verdict",
        f"No verdict is given on {len(rows):,} of {checked}: another view or body part, turned, "
        "cut off, or lungs too dense to outline. The reason stands beside each.",
        "Look at each. Keep those that only are very ill; take out what is no frontal chest X-ray.",
        len(rows),
        list_rows(
            rows,
            chest_score=rows["chest_score"].to_numpy(),
            reason=seen.reason[missing],
        ),
    )


def _find_cropped_lungs(seen: InspectedLungs, checked: str) -> Finding:
    kind = "cropped_lungs"
    cropped = np.flatnonzero(100 * seen.edge_share > _MOST_EDGE_PERCENT)
    if not len(cropped):
        told = f"No lung found in {checked} has more than {_MOST_EDGE_PERCENT} % of its outline on "
        return report_fine(kind, "Lungs in view", f"{told}the picture's edge.")
    cropped = cropped[np.argsort(-seen.edge_share[cropped], kind="stable")]
    return Finding(
        kind,
        "warning",
        "Lungs cut off by the picture's edge",
        f"{len(cropped):,} of {checked} have a lung with more than {_MOST_EDGE_PERCENT} % of its "
        "outline on the edge: part of it is probably missing.",
        "Get these pictures uncropped, and see whether one class or split has more of them.",
        len(cropped),
        list_rows(seen.rows.iloc[cropped], edge_share=seen.edge_share[cropped]),
    )
