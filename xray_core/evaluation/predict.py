"""A model's answers on a folder of labelled X-rays, and where it looked."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from xray_core.datasets.folder import LabelledImage
from xray_core.datasets.naming import KIND_OF_GERM
from xray_core.diagnosis.diagnose import Diagnoser
from xray_core.diagnosis.diagnosis import Diagnosis
from xray_core.errors import DatasetError, LungsNotFoundError, UnreadableImageError
from xray_core.evaluation.covered import COVERS, ask_again
from xray_core.evaluation.evidence import (
    boxes_to_mask,
    energy_inside,
    peak_inside,
    random_point_baseline,
)
from xray_core.images.decode import decode_xray, read_xray_file
from xray_core.images.xray import WORKING_SIZE, XRay

# Width and height of the frame in which the RSNA radiologists drew their boxes.
_BOX_FRAME = 1024


@dataclass(frozen=True)
class Reference:
    """What people drew on the pictures, to judge where a model looks.

    Attributes:
        lung_masks: file stem to bool (224, 224); empty where nobody drew lungs.
        boxes: file name to bool (224, 224), where radiologists saw an opacity.
    """

    lung_masks: Mapping[str, np.ndarray]
    boxes: Mapping[str, np.ndarray]


NO_REFERENCE = Reference({}, {})


_SHARES = ("evidence_in_", "energy_in_", "random_in_")


def predict_images(
    images: Sequence[LabelledImage],
    diagnoser: Diagnoser,
    reference: Reference = NO_REFERENCE,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> pd.DataFrame:
    """Return one row for each picture.

    Columns: ``file, file_sha256, patient, label, probability, called`` (1 for pneumonia),
    ``evidence_in_lungs`` (by the model's own lung outline), and where a reference is given
    ``energy_in_mask, peak_in_mask, energy_in_box, peak_in_box, random_in_box``; ``error`` says why
    a picture has no answer. Of models that tell kinds of pneumonia apart, also ``kind`` (by the
    file's name; empty where it does not tell) and ``kind_called``, the more probable one.
    """
    rows = []
    for done, image in enumerate(images):
        on_progress(done, len(images))
        row: dict[str, object] = {
            "file": image.path.name,
            "file_sha256": "",
            "patient": image.patient,
            "label": image.label,
        }
        try:
            data = read_xray_file(image.path)
            row["file_sha256"] = hashlib.sha256(data).hexdigest()
            row |= _answer(image, data, diagnoser, reference)
        except (UnreadableImageError, LungsNotFoundError) as error:
            row["error"] = str(error)
        rows.append(row)
    on_progress(len(images), len(images))
    return pd.DataFrame(rows)


def write_predictions(table: pd.DataFrame) -> str:
    """Return a table of answers as CSV: shares with six digits, answers with all.

    Near 1 a network ranks pictures by the last digits of its answers.
    """
    shares = [name for name in table.columns if name.startswith(_SHARES)]
    return table.assign(
        **table[shares].astype(float).map("{:.6g}".format, na_action="ignore")
    ).to_csv(index=False)


def _answer(
    image: LabelledImage, data: bytes, diagnoser: Diagnoser, reference: Reference
) -> dict[str, object]:
    path = image.path
    xray = decode_xray(data, path.name)
    diagnosis = diagnoser.diagnose(xray)
    heat = diagnosis.heatmap
    row: dict[str, object] = {
        "probability": diagnosis.probability,
        "called": int(diagnosis.probability >= diagnosis.threshold),
        "evidence_in_lungs": diagnosis.evidence.in_lungs if diagnosis.evidence else None,
        "error": "",
        **_answer_covered(xray, diagnosis, diagnoser),
    }
    if diagnosis.classes:
        kinds = {name: share for name, share in diagnosis.classes.items() if name != "normal"}
        row |= {
            "kind": KIND_OF_GERM.get(image.subtype, ""),
            "kind_called": max(kinds, key=kinds.__getitem__),
        }
    if path.stem in reference.lung_masks:
        mask = reference.lung_masks[path.stem]
        row |= {
            "energy_in_mask": energy_inside(heat, mask),
            "peak_in_mask": peak_inside(heat, mask),
        }
    if path.name in reference.boxes:
        boxes = reference.boxes[path.name]
        row |= {
            "energy_in_box": energy_inside(heat, boxes),
            "peak_in_box": peak_inside(heat, boxes),
            "random_in_box": random_point_baseline(diagnosis.lungs.both, boxes),
        }
    return row


def _answer_covered(xray: XRay, diagnosis: Diagnosis, diagnoser: Diagnoser) -> dict[str, object]:
    return {
        f"probability_{name}": ask_again(
            diagnoser.classifier, diagnosis, cover(xray, diagnosis.lungs)
        ).probability
        for name, cover in COVERS.items()
    }


def read_boxes(table: Path) -> dict[str, np.ndarray]:
    """Return file name to the union of its boxes, bool (224, 224).

    Args:
        table: a CSV file with columns ``filename, x, y, width, height`` in a 1024 x 1024 frame.

    Raises:
        DatasetError: the columns are others.
    """
    frame = pd.read_csv(table)
    needed = ["x", "y", "width", "height"]
    if not {"filename", *needed} <= set(frame.columns):
        raise DatasetError(
            f"Expected the columns filename, {', '.join(needed)} in {table}, found "
            f"{', '.join(frame.columns)}."
        )
    return {
        str(name): boxes_to_mask(
            group[needed].to_numpy(float), _BOX_FRAME, (WORKING_SIZE, WORKING_SIZE)
        )
        for name, group in frame.dropna(subset=needed).groupby("filename")
    }
