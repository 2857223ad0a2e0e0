"""Write docs/data_facts.md: what the public data set holds, and what the drawn one is worth."""

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from xray_core.audit.findings import Finding
from xray_core.audit.measure_shortcuts import measure_shortcuts
from xray_core.audit.run_audit import run_audit
from xray_core.audit.run_model_audit import run_model_audit
from xray_core.audit.shortcut_report import ShortcutReport
from xray_core.comparison.words import word_figure
from xray_core.datasets.folder import list_labelled_images
from xray_core.datasets.index import DatasetIndex, index_layout
from xray_core.datasets.layout import find_layout
from xray_core.datasets.sources import draw_dataset
from xray_core.datasets.summary import count_pictures
from xray_core.diagnosis.diagnose import load_diagnoser
from xray_core.evaluation.evaluate import measure
from xray_core.evaluation.predict import predict_images
from xray_core.model_card import Measurement
from xray_core.paths import ROOT

FACTS_FILE = ROOT / "docs" / "data_facts.md"

_FIGURES = {
    "auc": "AUC",
    "sensitivity": "Sensitivity",
    "specificity": "Specificity",
    "accuracy": "Accuracy",
}

_INTRODUCTION = """# Data facts

Written by `python -m tools.data_facts FOLDER` from the pictures themselves; nothing here is typed
by hand. The Data page shows the same of any folder: *Findings*, *Ask the models*, *Shortcuts*.

## The public set

Chest X-rays of children aged 1 to 5 years from one hospital (Guangzhou Women and Children's Medical
Center): Kermany, Zhang and Goldbaum 2018, CC BY 4.0.
"""
_CONTRADICTIONS = """
### What the default model adds

Three quarters of these pictures are those that it learnt from, so it contradicts few of them.
"""
_SHORTCUTS = """
### What tells the classes apart without a look at the lungs

AUC, cross-validated by patient, with its 95 % interval: .5 is a coin, 1 is perfect.
"""
_DRAWN = """
## The drawn set

The 400 pictures of *Draw them*: seed 0, half with pneumonia, from mild to severe. The default
model learnt from none of them. What it says of all 400:
"""
_WORTH = """
It ranks drawn pictures clearly better than chance, but its threshold was made for children's
X-rays: most drawn pneumonias stay below it. The drawn set is for lessons, and no test of a model.
"""


def render_facts(
    index: DatasetIndex,
    findings: tuple[Finding, ...],
    asked: tuple[Finding, ...],
    shortcuts: ShortcutReport,
    drawn: Measurement,
) -> str:
    """Return the document.

    Args:
        index: of the public set.
        findings: of `run_audit`.
        asked: of `run_model_audit`.
        shortcuts: of `measure_shortcuts`.
        drawn: the default model on the drawn set.
    """
    figures = [
        f"| {title} | {word_figure(drawn.figures[name])} |" for name, title in _FIGURES.items()
    ]
    blocks = (
        _INTRODUCTION,
        describe_size(index.readable),
        count_classes(index.readable),
        "\n### What the audit finds\n",
        *map(word_finding, findings),
        _CONTRADICTIONS,
        *map(word_finding, asked),
        _SHORTCUTS,
        *(f"- {entry.sentence}" for entry in shortcuts.shortcuts),
        f"\n{shortcuts.note}",
        _DRAWN,
        "| figure | value, with 95 % interval |\n|---|---|",
        *figures,
        _WORTH,
    )
    return "\n".join(blocks).rstrip() + "\n"


def describe_size(rows: pd.DataFrame) -> str:
    """Return what the copy at hand cannot show, if it is a reduced one; else nothing."""
    sizes = rows[["width", "height"]].drop_duplicates().to_numpy()
    if len(sizes) > 1:
        return ""
    ((width, height),) = sizes
    return (
        f"Measured on a copy that is reduced to {width} × {height} pixels: what the size and the\n"
        "proportions of the original files give away is not in it.\n"
    )


def count_classes(rows: pd.DataFrame) -> str:
    """Return a table of how many pictures and patients each split has of each class."""
    counts = count_pictures(rows)
    counts["class"] = (counts["label"] + " " + counts["subtype"]).str.strip()
    table = counts.pivot_table("count", "split", "class", "sum", 0, observed=True, sort=False)
    table["all"] = table.sum(axis=1)
    table["patients"] = rows.groupby("split", observed=True)["patient"].nunique()
    table.loc["all"] = table.sum()
    table.loc["all", "patients"] = rows["patient"].nunique()
    lines = ["| | " + " | ".join(table.columns) + " |", "|---" * (len(table.columns) + 1) + "|"]
    lines += [
        f"| {split} | " + " | ".join(f"{number:,}" for number in numbers) + " |"
        for split, *numbers in table.astype(int).itertuples()
    ]
    return "\n".join(lines)


def word_finding(finding: Finding) -> str:
    """Return a finding as a line of a list."""
    return f"- **{finding.title}.** {finding.sentence}"


def judge_drawn(on_progress: Callable[[int, int], None]) -> Measurement:
    """Return what the default model makes of the 400 pictures of *Draw them*."""
    root, diagnoser = draw_dataset().root, load_diagnoser()
    images = [image for split in ("train", "test") for image in list_labelled_images(root / split)]
    table = predict_images(images, diagnoser, on_progress=on_progress)
    return measure(table, diagnoser.card.calibration.threshold, "the drawn set")


def _tell(done: int, total: int) -> None:
    print(f"\r{done:,} of {total:,} ", end="", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="of the public set")
    layout = find_layout(parser.parse_args().folder)
    with tempfile.TemporaryDirectory() as kept:
        index = index_layout(layout, Path(kept), _tell)
        text = render_facts(
            index,
            run_audit(index, _tell),
            run_model_audit(index, _tell),
            measure_shortcuts(index, _tell),
            judge_drawn(_tell),
        )
    FACTS_FILE.write_text(text, encoding="utf-8")
