"""How often a model's overlay withstands each check, on its own validation pictures.

`python -m tools.measure_trust chest_xray/train lungs-only 50`: a minute or more a picture.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from xray_core.datasets.folder import LabelledImage, list_labelled_images
from xray_core.datasets.split import fingerprint_names, split_by_patient
from xray_core.diagnosis.diagnose import Diagnoser, load_diagnoser
from xray_core.diagnosis.trust.examine import examine_overlay
from xray_core.diagnosis.trust.verdict import Verdict, judge_overlay, shows_something
from xray_core.errors import DatasetError
from xray_core.images.decode import decode_xray
from xray_core.images.xray import to_working_square
from xray_core.model_card import ClassifierCard
from xray_core.training.config import TrainingConfig
from xray_core.training.divide_images import divide_images


def find_validation(train_folder: Path, card: ClassifierCard) -> list[LabelledImage]:
    """Return the pictures that a model was validated on, known by their fingerprint.

    Raises:
        DatasetError: the folder holds other pictures than the model was trained from.
    """
    config = TrainingConfig.model_validate(card.training.settings)
    images = list_labelled_images(train_folder)
    # The default model is older than the way in which patients are held back now.
    for _, validation in (
        divide_images(images, [], config),
        split_by_patient(images, lambda image: image.patient, config.validation_share, config.seed),
    ):
        names = fingerprint_names(str(image.path) for image in validation)
        if names == card.training.split_fingerprint:
            return list(validation)
    raise DatasetError(
        f"Expected the pictures that {card.id} was trained from in {train_folder}, found others."
    )


def draw_sample(images: Sequence[LabelledImage], count: int) -> list[LabelledImage]:
    """Return so many pictures by a seed, half of them of each class, in turn."""
    rng = np.random.default_rng(0)
    halves = [[image for image in images if image.label == label] for label in (0, 1)]
    orders = [rng.permutation(len(half))[: count // 2] for half in halves]
    return [
        halves[label][order[place]]
        for place in range(count // 2)
        for label, order in enumerate(orders)
    ]


def judge(image: LabelledImage, diagnoser: Diagnoser) -> Verdict | None:
    """Return the verdict on the overlay of one picture; None where it shows next to nothing."""
    xray = decode_xray(image.path.read_bytes(), image.path.name)
    diagnosis = diagnoser.diagnose(xray)
    if not shows_something(diagnosis):
        return None
    square, lungs = to_working_square(xray), diagnosis.lungs.both
    return judge_overlay(examine_overlay(diagnoser, square, diagnosis.heatmap, lungs))


def main(train_folder: Path, model_id: str, count: int) -> None:
    """Print each picture's verdict as it comes, and how many withstood each check."""
    diagnoser = load_diagnoser(model_id)
    verdicts: list[Verdict] = []
    for image in draw_sample(find_validation(train_folder, diagnoser.card), count):
        verdict = judge(image, diagnoser)
        print(image.path.name, verdict.sentence if verdict else "shows next to nothing", flush=True)
        verdicts += [verdict] if verdict else []
    print(f"\n{len(verdicts)} of {count} overlays show something. Of these withstood:")
    for findings in zip(*(verdict.findings for verdict in verdicts), strict=True):
        print(f"{sum(each.passed for each in findings):4d}  {findings[0].question}")
    print(f"{sum(verdict.trusted for verdict in verdicts):4d}  all of them")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
