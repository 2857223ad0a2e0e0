"""How the pictures are divided: patients on both sides, splits too small to choose by, classes."""

import pandas as pd

from xray_core.audit.findings import Finding, count_things, list_rows, report_fine
from xray_core.datasets.index import DatasetIndex
from xray_core.datasets.layout import SPLITS
from xray_core.evaluation.wilson import wilson_interval
from xray_core.numbers import word_number, word_percent

# Good models on these data differ by a few points of accuracy: below an interval this wide, the
# choice between them is mostly chance.
_WIDEST_INTERVAL = 0.10
_TYPICAL_ACCURACY = 0.9

# A convention: from two to one, the constant answer is right two times in three.
_IMBALANCED = 2.0


def find_patient_leaks(index: DatasetIndex) -> list[Finding]:
    """Return the patients with pictures in more than one split.

    A file that tells no patient is one of its own, named by its path.
    """
    kind = "patient_leaks"
    named = index.table[index.table["patient"] != index.table["path"]]
    unknown = len(index.table) - len(named)
    if named.empty:
        return [_report_unnamed(kind, unknown)]
    note = f" {count_things(unknown, 'file name')} told no patient, so theirs cannot be compared."
    note = note if unknown else ""
    splits = named.groupby("patient")["split"].nunique()
    leaked = named[named["patient"].isin(set(splits.index[splits > 1]))]
    if leaked.empty:
        told = f"{count_things(len(splits), 'patient')} were compared: none is in two splits."
        return [report_fine(kind, "Patients in one split only", told + note)]
    patients = leaked["patient"].nunique()
    return [
        Finding(
            kind,
            "problem",
            "Patients in more than one split",
            f"{count_things(patients, 'patient')} of {len(splits):,}, with "
            f"{count_things(len(leaked), 'picture')}, are in more than one split.{note}",
            "A model may recognise the patient instead of the disease, and figures flatter it. "
            "Keep whole patients on one side.",
            patients,
            list_rows(leaked.sort_values(["patient", "split", "path"])),
        )
    ]


def _report_unnamed(kind: str, files: int) -> Finding:
    return Finding(
        kind,
        "warning",
        "File names tell no patient",
        "No file name tells whose picture it is, so nobody can see whether a patient is in more "
        "than one split.",
        "Make sure by the data set's own tables that no two splits share a patient, or name the "
        "files after the patients as Kermany et al. or NIH ChestX-ray14 do.",
        files,
        pd.DataFrame(),
    )


def find_small_validation(index: DatasetIndex) -> list[Finding]:
    """Return whether the validation split can tell models apart.

    The evidence has one row a split: split, pictures, accuracy (.9), and low and high, the 95 %
    interval that so many pictures give at this accuracy.
    """
    kind = "small_validation"
    counts = index.readable["split"].astype(str).value_counts()
    evidence = pd.DataFrame(
        [
            (split, number, _TYPICAL_ACCURACY, *wilson_interval(_TYPICAL_ACCURACY, number))
            for split in SPLITS[1:]
            if (number := int(counts.get(split, 0)))
        ],
        columns=["split", "pictures", "accuracy", "low", "high"],
    )
    if "val" not in counts:
        return [
            Finding(
                kind,
                "warning",
                "No validation split",
                "No folder is named for validation, so there is nothing to choose a threshold or a "
                "stopping point by without touching the test pictures.",
                "Let the dashboard propose a split by patient.",
                0,
                evidence,
            )
        ]
    pictures = int(counts["val"])
    low, high = wilson_interval(_TYPICAL_ACCURACY, pictures)
    sentence = (
        f"On {count_things(pictures, 'validation picture')}, a model that is right 9 times in 10 "
        f"has a 95 % interval from {word_percent(low)} to {word_percent(high)} %."
    )
    if high - low <= _WIDEST_INTERVAL:
        return [report_fine(kind, "Enough validation pictures", sentence, evidence)]
    return [
        Finding(
            kind,
            "problem",
            "Validation split too small to choose by",
            f"{sentence} Whatever is chosen by it is chosen by chance.",
            "Let the dashboard propose a larger split by patient, taken from the training split.",
            pictures,
            evidence,
        )
    ]


def find_class_imbalance(index: DatasetIndex) -> list[Finding]:
    """Return how unequal the classes are.

    The evidence has one row a split and label: split, label, pictures, share (of the split).
    """
    kind = "class_imbalance"
    keys = ["split", "label"]
    table = index.readable[keys].astype(str)
    evidence = table.groupby(keys).size().reset_index(name="pictures")
    evidence["share"] = evidence["pictures"] / evidence.groupby("split")["pictures"].transform(
        "sum"
    )
    counts = table["label"].value_counts()
    if len(counts) < 2:
        told = (
            f"All readable pictures, {len(table):,}, have one label"
            if len(table)
            else "No readable picture"
        )
        return [
            Finding(
                kind,
                "problem",
                "Fewer than two classes",
                f"{told}: there is nothing to tell apart.",
                "Choose a folder with a sub-folder for each class.",
                len(table),
                evidence,
            )
        ]
    ratio = counts.iloc[0] / counts.iloc[-1]
    share = counts.iloc[0] / counts.sum()
    sentence = (
        f"{counts.index[0]} has {count_things(int(counts.iloc[0]), 'picture')}, "
        f"{counts.index[-1]} {counts.iloc[-1]:,}: {word_number(ratio)} to 1. Always answering "
        f"{counts.index[0]} is right in {word_percent(share)} %."
        f"{_tell_shift(evidence, counts.index[0])}"
    )
    if ratio < _IMBALANCED:
        return [report_fine(kind, "Classes of similar size", sentence, evidence)]
    return [
        Finding(
            kind,
            "warning",
            "Classes of unequal size",
            sentence,
            "Compare every accuracy with this one, judge by AUC, sensitivity and specificity, and "
            "weight the classes in training.",
            int(counts.iloc[0] - counts.iloc[-1]),
            evidence,
        )
    ]


def _tell_shift(evidence: pd.DataFrame, label: str) -> str:
    """Return a sentence on the label's share in each split, where there are several."""
    shares = evidence[evidence["label"] == label].set_index("split")["share"]
    parts = [
        f"{word_percent(shares.get(split, 0))} % of {split}" for split in SPLITS if split in shares
    ]
    return f" It makes up {', '.join(parts)}." if len(parts) > 1 else ""
