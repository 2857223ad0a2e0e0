"""How well the classes can be told apart by things that are no disease."""

from collections.abc import Callable

import pandas as pd

from xray_core.audit.cover_lungs import CoveredPictures, cover_pictures
from xray_core.audit.draw_sample import draw_patients
from xray_core.audit.figure_shortcuts import FIGURES, measure_figures
from xray_core.audit.findings import count_things
from xray_core.audit.picture_shortcuts import WAYS, measure_pictures
from xray_core.audit.shortcut_report import ShortcutReport
from xray_core.datasets.index import DatasetIndex, Progress
from xray_core.datasets.resplit import join_patients
from xray_core.errors import StoppedError

MOST_PICTURES = 20_000
MOST_COVERED_PICTURES = 4_000

_FEWEST_PATIENTS = 5  # of a class, so that each fold can have one


def measure_shortcuts(
    index: DatasetIndex,
    on_progress: Progress = lambda done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> ShortcutReport:
    """Return how well figures alone, and pictures without lungs, tell the labels apart.

    Figures are measured on at most 20,000 pictures, pictures on at most 4,000: whole patients,
    drawn by a fixed seed.

    Args:
        index: the data set.
        on_progress: told (done, total) steps, most of them pictures.
        should_stop: asked between steps.

    Raises:
        StoppedError: it was told to stop.
    """
    rows, left_out = _drop_small_classes(draw_patients(index.readable, MOST_PICTURES))
    classes = tuple(sorted(set(rows["label"].astype(str))))
    if len(classes) < 2:
        return ShortcutReport(
            shortcuts=(),
            classes=classes,
            pictures=0,
            covered_pictures=0,
            note=f"Two classes of at least {_FEWEST_PATIENTS} patients each are needed to measure "
            f"what tells them apart.{left_out}",
        )
    candidates = draw_patients(rows, MOST_COVERED_PICTURES)
    steps = _Steps(len(candidates), on_progress, should_stop)
    figures = measure_figures(rows, steps.finish_model)
    covered = cover_pictures(index, candidates, steps.tell_pictures, should_stop)
    seen = candidates[covered.found]
    enough = set(_drop_small_classes(seen)[0]["label"].astype(str)) == set(classes)
    pictures = measure_pictures(covered, seen, steps.finish_model) if enough else []
    steps.finish()
    return ShortcutReport(
        shortcuts=(*figures, *pictures),
        classes=classes,
        pictures=len(rows),
        covered_pictures=len(seen) if enough else 0,
        note=_describe_method(rows, covered, enough, classes) + left_out,
    )


class _Steps:
    """Progress over pictures and models in one count."""

    def __init__(
        self, pictures: int, on_progress: Progress, should_stop: Callable[[], bool]
    ) -> None:
        self._pictures_done, self._models_done = 0, 0
        self._weight = max(1, pictures // _MODELS_IN_ALL_PICTURES)
        self._total = pictures + self._weight * (len(FIGURES) + len(WAYS))
        self._on_progress, self._should_stop = on_progress, should_stop

    def tell_pictures(self, done: int) -> None:
        self._pictures_done = done
        self._on_progress(done + self._weight * self._models_done, self._total)

    def finish_model(self) -> None:
        self._models_done += 1
        self.tell_pictures(self._pictures_done)
        if self._should_stop():
            raise StoppedError("The shortcut test was stopped. Start it again any time.")

    def finish(self) -> None:
        self._on_progress(self._total, self._total)


_MODELS_IN_ALL_PICTURES = 40


def _drop_small_classes(rows: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Return rows of classes with enough patients, and a sentence on those without.

    Patients who share a file count as one, as they do in the folds.
    """
    groups = pd.Series(join_patients(rows["patient"], rows["content_hash"]), rows.index)
    patients = groups.groupby(rows["label"].astype(str)).nunique()
    few = sorted(patients.index[patients < _FEWEST_PATIENTS])
    told = f" Left out, with fewer than {_FEWEST_PATIENTS} patients: {', '.join(few)}."
    return rows[~rows["label"].isin(few)], told if few else ""


def _describe_method(
    rows: pd.DataFrame, covered: CoveredPictures, enough: bool, classes: tuple[str, ...]
) -> str:
    found, missing = int(covered.found.sum()), int((~covered.found).sum())
    told = [
        f"Measured on {count_things(len(rows), 'picture')} of all splits, in five folds that keep "
        "patients whole: every picture is judged by a model that has not seen its patient. The "
        "95 % intervals say how much the AUC would vary with other patients."
    ]
    if enough:
        told.append(f"The small model saw {count_things(found, 'picture')} at 48 pixels.")
    else:
        told.append("Lungs were found in too few pictures to paint them over.")
    if missing:
        told.append(f"{count_things(missing, 'picture')} without two lungs were left out there.")
    if len(classes) > 2:
        told.append(f"AUC is the mean over {len(classes)} classes, each against the rest.")
    return " ".join(told)
