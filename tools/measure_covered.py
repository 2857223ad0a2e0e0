"""Ask models again, parts covered: ``python -m tools.measure_covered TEST_FOLDER ID...``.

Newer models bring along what they answer on the test pictures with the lungs, and with all but the
lungs, painted over. This adds it to older ones, whose other figures stay as they are. Of the
earlier projects' runs the figures alone: all answers together would take the room of a model.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from xray_core.comparison.predictions import fingerprint_pictures, list_test_sets, load_predictions
from xray_core.datasets.folder import list_labelled_images
from xray_core.diagnosis.diagnose import load_diagnoser
from xray_core.errors import DatasetError
from xray_core.evaluation.covered import COVERS
from xray_core.evaluation.evaluate import measure_covered
from xray_core.evaluation.predict import predict_images, write_predictions
from xray_core.model_changes import record_measurement
from xray_core.model_store import folder_of, predictions_file
from xray_core.training.presets.catalog import PRESETS
from xray_core.training.presets.preset import OWN

_SAME = 1e-3  # between the processors of two machines


def main(test: Path, model_ids: Sequence[str]) -> None:
    """Add the answers, and the figures from them, to the models' folders.

    Args:
        test: holds ``NORMAL`` and ``PNEUMONIA``.

    Raises:
        DatasetError: a model was not judged on these pictures, or answers otherwise now.
    """
    images = list_labelled_images(test)
    fingerprint = fingerprint_pictures(
        pd.Series([image.path.name for image in images]),
        pd.Series([image.label for image in images]),
    )
    for model_id in model_ids:
        diagnoser = load_diagnoser(model_id)
        card = diagnoser.card
        sets = list_test_sets(card)
        named = [x for x in sets if load_predictions(card, x).fingerprint == fingerprint]
        if not named:
            raise DatasetError(f"Expected {model_id} to have been judged on {test}; it was not.")
        file = predictions_file(named[0])
        known = pd.read_csv(folder_of(model_id) / file).set_index("file")
        asked = predict_images(images, diagnoser).set_index("file").loc[known.index]
        if not np.allclose(known["probability"], asked["probability"], atol=_SAME, equal_nan=True):
            raise DatasetError(f"Expected the answers of {model_id} in {file}, got others.")
        columns = [f"probability_{name}" for name in COVERS]
        table = known.join(asked[columns]).reset_index()
        measured = card.measurements[named[0]]
        added = measure_covered(table.dropna(subset=["probability"]))
        updated = measured.model_copy(update={"figures": measured.figures | added})
        preset = PRESETS.get(card.training.preset)
        is_own = preset is None or preset.source == OWN
        record_measurement(card, named[0], updated, write_predictions(table) if is_own else "")
        print(model_id, *(f"{name} {one.value:.3f}" for name, one in added.items()), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
