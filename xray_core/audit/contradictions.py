"""Labels that the default model and the most similar pictures contradict."""

import numpy as np
import pandas as pd

from xray_core.audit.findings import Finding, list_rows, report_fine
from xray_core.audit.inspect_lungs import InspectedLungs
from xray_core.audit.neighbours import share_among_neighbours
from xray_core.datasets.resplit import join_patients

# Label in lower case to what the default model calls it.
MODEL_LABELS = {"normal": 0, "pneumonia": 1, "lung_opacity": 1}

# A convention. Measured on the train folder of Kermany et al. 2018 with the model lungs-only: of 33
# labels swapped on purpose among the 664 pictures that it was not trained on, 26, 29 and 28 were
# found (three draws), with 8, 8 and 8 other pictures.
_FAR_SIDE = 0.1


def find_contradicted_labels(seen: InspectedLungs, checked: str) -> Finding:
    """Return the pictures whose label both the model and most of their neighbours contradict.

    Args:
        seen: what the default model saw.
        checked: how many pictures these are, in words.
    """
    kind = "contradicted_labels"
    labels, known = number_labels(seen.rows)
    if not known.any():
        names = ", ".join(sorted(set(seen.rows["label"].astype(str))))
        return report_fine(
            kind,
            "Labels not compared",
            "The default model tells normal from pneumonia, and no class is named so "
            f"(there is: {names or 'none'}). This check was left out.",
        )
    used = np.flatnonzero(known & ~np.isnan(seen.probability))
    labels, probability = labels[used], seen.probability[used]
    rows = seen.rows.iloc[used]
    share = share_among_neighbours(
        seen.lungs_uint8[used], labels, join_patients(rows["patient"], rows["content_hash"])
    )
    sick = (labels == 0) & (probability > 1 - _FAR_SIDE) & (share > 0.5)
    well = (labels == 1) & (probability < _FAR_SIDE) & (share < 0.5)
    note = (
        " The model was trained on the public training folder of Kermany et al. 2018, whose labels "
        "it therefore rarely contradicts."
    )
    if not (sick | well).any():
        told = f"No label of {checked} is contradicted both by the default model and by most of "
        return report_fine(kind, "No label contradicted", f"{told}the most similar pictures.{note}")
    order = np.flatnonzero(sick | well)
    order = order[np.argsort(-np.abs(labels - probability)[order], kind="stable")]
    return Finding(
        kind,
        "warning",
        "Labels for a second look",
        f"{len(order):,} of {checked} are contradicted both by the default model "
        f"({sick.sum():,} labelled normal with a probability of pneumonia above "
        f"{100 * (1 - _FAR_SIDE):.0f} %, {well.sum():,} labelled pneumonia below "
        f"{100 * _FAR_SIDE:.0f} %) and by most of the pictures of other patients that look most "
        f"alike.{note}",
        "These are candidates, not verdicts: the model errs, too. Let a radiologist look at them "
        "without telling the label.",
        len(order),
        list_rows(
            rows.iloc[order],
            probability=probability[order],
            neighbours_with_pneumonia=share[order],
        ),
    )


def number_labels(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return (the model's label of each row, whether it has one)."""
    numbers = rows["label"].astype(str).str.lower().map(MODEL_LABELS)
    return numbers.fillna(0).to_numpy(int), numbers.notna().to_numpy()
